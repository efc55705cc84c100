package pipe

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/zeroth-mq/zmq/internal/msg"
)

// Fault B11: what is withdrawn is gone from the queue, with its room, wherever it
// lies there, and all references to it; what lies beside it stays.
func TestWithdraw(t *testing.T) {
	large := big(msg.LargeFrame, "L")
	kinds := []func(id string) *msg.Message{
		func(id string) *msg.Message { return message(id) },
		func(id string) *msg.Message { return message(id, "", "body") },
		func(id string) *msg.Message { return message(id, "", large) },
		func(id string) *msg.Message { return message(id, large, "", large, "end") },
		func(id string) *msg.Message { return message(id, big(9000, "x")) },
	}
	for _, engine := range []bool{true, false} {
		for i := range 5 * 5 * 5 {
			p := newPair(t, Marks{Send: 3}, engine)
			p.b.SetPeer(new(msg.Peer))
			var want []string
			for k, n := range []int{i % 5, i / 5 % 5, i / 25} {
				m := kinds[n](fmt.Sprint(k))
				p.a.Send(m)
				want = append(want, text(m))
			}
			if p.a.CanSend() {
				t.Fatal("room in a full queue")
			}
			gone := i % 3
			if p.a.Withdraw([]byte("none")) || !p.a.Withdraw(fmt.Append(nil, gone)) || p.a.Withdraw(fmt.Append(nil, gone)) {
				t.Fatal("withdrawn, or not")
			}
			p.wa.woken(t, 0, 1)
			if !p.a.CanSend() {
				t.Error("no room where a message was withdrawn")
			}
			want = append(want[:gone], want[gone+1:]...)
			if engine {
				var b Batch
				p.b.TakeBatch(&b, 1<<20)
				if got := texts(&b); !reflect.DeepEqual(got, want) || b.Msgs != 2 {
					t.Fatalf("%d of %d: %.300q", gone, i, got)
				}
				b.Free()
				continue
			}
			var m msg.Message
			for _, w := range want {
				if !p.b.Recv(&m) || text(&m) != w {
					t.Fatalf("%d of %d: %.300q", gone, i, text(&m))
				}
				m.Chunk.Release() // panics if the reference is not there
			}
		}
	}
}

// Fault B11: what an engine has in hand goes out, but not again after a connection
// on which it did not.
func TestWithdrawInHand(t *testing.T) {
	for _, whole := range []int{0, 1, 2, 3} {
		p := newPair(t, Marks{}, true)
		for i := range 3 {
			p.a.Send(numbered(i))
		}
		var b Batch
		p.b.TakeBatch(&b, 1<<20)
		p.a.Send(numbered(3))
		if p.a.Withdraw([]byte("m1")) {
			t.Fatal("taken back out of a hand")
		}
		p.b.Unread(&b, whole)
		var want []string
		for i := whole; i < 4; i++ {
			if i != 1 {
				want = append(want, text(numbered(i)))
			}
		}
		p.b.TakeBatch(&b, 1<<20)
		if got := texts(&b); !reflect.DeepEqual(got, want) {
			t.Errorf("after %d: %q, want %q", whole, got, want)
		}
		if d := p.a.Depth(); d.SendMsgs != len(want) {
			t.Errorf("after %d: %d messages wait, want %d", whole, d.SendMsgs, len(want))
		}
	}
}

// Both a writer that failed and the engine that ends give back what was taken and not
// written. The second time there is nothing: room that was taken back twice was lost
// for as long as the pipe lived, until nothing could be sent.
func TestGivenBackOnce(t *testing.T) {
	for _, whole := range []int{0, 1, 2} {
		p := newPair(t, Marks{Send: 2}, true)
		for i := range 2 {
			p.a.Send(numbered(i))
		}
		var b Batch
		p.b.TakeBatch(&b, 1<<20)
		p.b.Unread(&b, whole)
		p.b.Unread(&b, b.Whole(0))
		d := p.a.Depth()
		if want := 2 - whole; d.SendMsgs != want || p.a.Queued() != want || want == 0 && d.SendBytes != 0 {
			t.Errorf("%d sent: %d (%d bytes) wait, %d queued, want %d", whole, d.SendMsgs, d.SendBytes, p.a.Queued(), want)
		}
		p.b.TakeBatch(&b, 1<<20)
		b.Free()
		p.b.Unread(&b, b.Whole(0))
		p.b.TakeBatch(&b, 1<<20)
		for i := range 2 {
			if !p.a.Send(numbered(i)) {
				t.Errorf("%d sent: no room for message %d of 2 in an empty queue", whole, i+1)
			}
		}
	}
}
