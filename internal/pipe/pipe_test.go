package pipe

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"github.com/zeroth-mq/zmq/internal/msg"
)

// sizes cross every boundary that the queue knows.
var sizes = []int{
	0, 1, 254, 255, 256, 257, 4000, smallChunk - 10, smallChunk - 9, smallChunk - 8, smallChunk,
	msg.LargeFrame - 1, msg.LargeFrame, msg.LargeFrame + 1, bigChunk - 9, bigChunk, bigChunk + 1, 200_000,
}

func TestFramesOfEverySize(t *testing.T) {
	for _, recycle := range []bool{false, true} {
		p := newPair(t, Marks{}, recycle)
		var want []string
		for i, n := range sizes {
			for j, k := range sizes {
				c := string(rune('a' + (i+j)%26))
				m := message(big(n, c), "", big(k, c))
				p.a.Send(m)
				want = append(want, text(m))
			}
		}
		if got := p.a.Queued(); got != len(want) {
			t.Fatalf("%d queued; want %d", got, len(want))
		}
		if !recycle {
			p.wantRecv(want...)
			p.wantNone()
			continue
		}
		var b Batch
		var got []string
		for {
			any, done := p.b.TakeBatch(&b, 100_000)
			if done {
				t.Fatal("done")
			}
			if !any {
				break
			}
			list := texts(&b)
			if len(list) != b.Msgs {
				t.Fatalf("%d messages in a batch of %d", len(list), b.Msgs)
			}
			got = append(got, list...)
			b.Free()
		}
		if !reflect.DeepEqual(got, want) {
			t.Error("not what was sent")
		}
	}
}

// A batch ends at the first message boundary past the bytes asked for, give or
// take the chunk it is in, and is never less than a message.
func TestBatchesAreWholeAndBounded(t *testing.T) {
	for _, most := range []int{1, 100, 10_000, 128 << 10} {
		p := newPair(t, Marks{}, true)
		var want []string
		for i := range 3000 {
			m := message(fmt.Sprint(i), big(i%700, "x"))
			if i%100 == 0 {
				m = message(fmt.Sprint(i), big(20_000, "y"), "", big(9000, "z"), "end")
			}
			p.a.Send(m)
			want = append(want, text(m))
		}
		var b Batch
		var got []string
		for {
			if any, _ := p.b.TakeBatch(&b, most); !any {
				break
			}
			size := 0
			for _, buf := range b.Bufs {
				size += len(buf)
			}
			if size != b.Bytes {
				t.Fatalf("%d bytes in a batch of %d", size, b.Bytes)
			}
			if lim := most + bigChunk + 40_000; size > lim {
				t.Fatalf("a batch of %d bytes where %d were asked for", size, most)
			}
			got = append(got, texts(&b)...)
			b.Free()
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("most %d: not what was sent", most)
		}
	}
}

func TestDoneOnlyAfterTheLast(t *testing.T) {
	p := newPair(t, Marks{}, true)
	var b Batch
	if any, done := p.b.TakeBatch(&b, 1); any || done {
		t.Fatal("something in a new pipe")
	}
	p.a.Send(numbered(0))
	p.a.CloseOut()
	if any, done := p.b.TakeBatch(&b, 1); !any || done {
		t.Fatalf("any %v, done %v", any, done)
	}
	if any, done := p.b.TakeBatch(&b, 1); any || !done {
		t.Fatalf("any %v, done %v", any, done)
	}
}

func TestUnread(t *testing.T) {
	all := []*msg.Message{
		message("a"), message("b", "c"), message(big(10_000, "d"), "", big(300, "e")),
		message(""), message(big(255, "f")), message("g", big(9000, "h")),
	}
	var want []string
	for _, m := range all {
		want = append(want, text(m))
	}
	want = append(want, "later")
	for n := 0; n <= len(all); n++ {
		p := newPair(t, Marks{Send: 4}, true)
		for _, m := range all {
			p.a.SendForce(m)
		}
		var b Batch
		p.b.TakeBatch(&b, 1<<20)
		if b.Msgs != len(all) {
			t.Fatalf("took %d", b.Msgs)
		}
		p.b.Unread(&b, n)
		p.a.SendForce(message("later"))
		if got := p.a.Queued(); got != len(want)-n {
			t.Errorf("%d queued after putting back all but %d", got, n)
		}
		p.b.TakeBatch(&b, 1<<20)
		if got := texts(&b); !reflect.DeepEqual(got, want[n:]) {
			t.Errorf("got %.200q after putting back all but %d", got, n)
		}
		if b.Msgs != len(want)-n {
			t.Errorf("counted %d", b.Msgs)
		}
		// The credit came to zero again, whatever went to and fro.
		if n := p.a.out.under().msgs; n >= 2 || !p.a.CanSend() {
			t.Errorf("%d messages left on the count", n)
		}
	}
	p := newPair(t, Marks{}, true)
	p.a.Send(message("x"))
	var b Batch
	p.b.TakeBatch(&b, 1)
	p.b.CloseIn()
	p.b.Unread(&b, 0)
	if p.a.Queued() != 0 {
		t.Error("put back into a dead queue")
	}
}

// A batch that was written, or put back, is empty: an engine that ends puts back
// what it has in hand, whatever has become of that. Else what is long gone counts
// against the mark for ever, and the sender waits for ever.
func TestUnreadOfNothing(t *testing.T) {
	for name, spend := range map[string]func(p *pair, b *Batch){
		"written":  func(_ *pair, b *Batch) { b.Free() },
		"dropped":  func(_ *pair, b *Batch) { b.Drop() },
		"put back": func(p *pair, b *Batch) { p.b.Unread(b, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, Marks{Send: 4}, true)
			var b Batch
			p.a.Send(message("x"))
			p.b.TakeBatch(&b, 1<<20)
			spend(p, &b)
			queued := p.a.Queued()
			under := p.a.out.under().msgs
			p.b.Unread(&b, b.Whole(0))
			if now := p.a.out.under().msgs; p.a.Queued() != queued || now != under {
				t.Errorf("%d messages are queued and %d count, %d and %d before nothing was put back", p.a.Queued(), now, queued, under)
			}
		})
	}
}

// Whole counts the messages that end within a number of bytes, wherever the
// kernel stopped.
func TestWholeAtEveryByte(t *testing.T) {
	p := newPair(t, Marks{}, true)
	var ends []int
	at := 0
	for _, m := range []*msg.Message{
		message("a"), message("b", "c"), message(big(256, "d"), big(9000, "e")), message(""), message(big(255, "f")),
	} {
		p.a.Send(m)
		at += len(encode(nil, m))
		ends = append(ends, at)
	}
	var b Batch
	p.b.TakeBatch(&b, 1<<20)
	if b.Bytes != at {
		t.Fatalf("%d bytes; want %d", b.Bytes, at)
	}
	for n := -3; n <= at; n++ {
		want := 0
		for want < len(ends) && ends[want] <= n {
			want++
		}
		if got := b.Whole(n); got != want {
			t.Fatalf("Whole(%d) = %d; want %d", n, got, want)
		}
	}
}

func TestConflate(t *testing.T) {
	for _, size := range []int{3, 5000, 10_000} {
		p := newPair(t, Marks{Send: 1, Recv: 1, ConflateSend: true, ConflateRecv: true}, false)
		for i := range 100 {
			if !p.a.Send(message(fmt.Sprint(i), big(size, "x"))) {
				t.Fatal("no room in a conflating pipe")
			}
		}
		if !p.b.CanRecv() {
			t.Fatal("nothing")
		}
		p.a.Send(message("last", big(size, "y"))) // newer than what was seen
		p.wantRecv("last|" + big(size, "y"))
		if p.b.CanRecv() {
			t.Fatal("more than one")
		}
		p.wb.in.Store(0)
		p.a.Send(message("again"))
		p.wb.woken(t, 1, 0)
		p.wantRecv("again")
		p.wantNone()
	}
}

func TestConflatingEngine(t *testing.T) {
	p := newPair(t, Marks{ConflateSend: true, ConflateRecv: true}, true)
	for i := range 10 {
		p.a.Send(numbered(i))
	}
	var b Batch
	p.b.TakeBatch(&b, 1<<20)
	if got := texts(&b); len(got) != 1 || got[0] != "m9" {
		t.Fatalf("took %q", got)
	}
	// Put back where there is nothing newer, dropped where there is.
	p.b.Unread(&b, 0)
	p.b.TakeBatch(&b, 1<<20)
	if got := texts(&b); len(got) != 1 || got[0] != "m9" {
		t.Fatalf("took %q after Unread", got)
	}
	p.a.Send(message("new"))
	p.b.Unread(&b, 0)
	p.b.TakeBatch(&b, 1<<20)
	if got := texts(&b); len(got) != 1 || got[0] != "new" {
		t.Fatalf("took %q; want the newer", got)
	}
	// Inbound: only the last message of a run, all its frames.
	r := &Run{}
	r.Add(encode(encode(nil, message("a")), message("b", "c")), 2, nil)
	r.Add([]byte{3, 0, 0, 0, 0, 0, 0, 0x27, 0x10}, 0, nil)
	r.Add(bytes.Repeat([]byte("d"), 10_000), 0, nil)
	r.Add(encode(nil, message("e")), 1, nil)
	p.b.Publish(r)
	if !p.a.CanRecv() {
		t.Fatal("nothing")
	}
	var m msg.Message
	if !p.a.Recv(&m) || text(&m) != big(10_000, "d")+"|e" {
		t.Fatalf("received %.30q", text(&m))
	}
	if p.a.Recv(&m) || !p.b.Room() {
		t.Error("more than one, or no room")
	}
}

func TestDropInput(t *testing.T) {
	p := newPair(t, Marks{Recv: 4}, true)
	p.b.Publish(run(numbered(0), numbered(1), numbered(2)))
	var m msg.Message
	p.a.Recv(&m) // the other two are in its cursor
	p.b.Publish(run(numbered(3), numbered(4)))
	if p.b.Room() {
		t.Fatal("room in a full pipe")
	}
	p.wb.woken(t, 0, 0)
	p.a.DropInput()
	p.wb.woken(t, 0, 1)
	if p.a.CanRecv() || !p.b.Room() {
		t.Error("not empty")
	}
	if d := p.a.Depth(); d.RecvMsgs != 0 || d.RecvBytes != 0 {
		t.Errorf("depth %+v", d)
	}
	p.b.Publish(run(numbered(5)))
	if !p.a.Recv(&m) || text(&m) != "m5" {
		t.Error("nothing received after dropping")
	}
}

func TestDropOutput(t *testing.T) {
	p := newPair(t, Marks{Send: 10, SendBytes: 100_000}, true)
	p.a.Send(numbered(0))
	var b Batch
	p.b.TakeBatch(&b, 1) // one message is taken and not credited
	for i := range 3 {
		p.a.Send(message(fmt.Sprint(i), big(20_000, "x")))
	}
	p.a.Send(message("tail"))
	if n := p.a.DropOutput(); n != 4 {
		t.Fatalf("dropped %d; want 4", n)
	}
	if d := p.a.Depth(); d.SendMsgs != 1 || d.SendBytes != 4 {
		t.Errorf("depth %+v; want the one message of 4 bytes that was taken", d)
	}
	if any, _ := p.b.TakeBatch(&b, 1); any {
		t.Error("something is left")
	}
	p.fill()
	p.wa.out.Store(0)
	if n := p.a.DropOutput(); n != 9 {
		t.Errorf("dropped %d; want 9", n)
	}
	p.wa.woken(t, 0, 1)
	p.a.Send(message("next"))
	p.b.TakeBatch(&b, 1)
	if got := texts(&b); len(got) != 1 || got[0] != "next" {
		t.Errorf("took %q", got)
	}
}

// Frames that were received stay as they are, whatever is sent afterwards.
func TestReceivedFramesStay(t *testing.T) {
	p := newPair(t, Marks{}, false)
	var kept [][]byte
	var m msg.Message
	for i := range 2000 {
		p.a.Send(message(big(i%50, string(rune('a'+i%26)))))
		if i%3 == 0 {
			for p.b.Recv(&m) {
				kept = append(kept, m.Frames[0])
			}
		}
	}
	for p.b.Recv(&m) {
		kept = append(kept, m.Frames[0])
	}
	for i, f := range kept {
		if string(f) != big(i%50, string(rune('a'+i%26))) {
			t.Fatalf("frame %d is %q now", i, f)
		}
		if len(f) != cap(f) {
			t.Fatalf("frame %d could be appended to in place", i)
		}
	}
}

// The caller's buffers are its own again after Send; shared ones are kept as
// they are.
func TestSendCopies(t *testing.T) {
	for _, recycle := range []bool{false, true} {
		p := newPair(t, Marks{}, recycle)
		for _, n := range []int{10, msg.LargeFrame} {
			m := message(big(n, "x"))
			p.a.Send(m)
			copy(m.Frames[0], "overwritten")
		}
		shared := &msg.Message{Frames: [][]byte{[]byte(big(msg.LargeFrame, "s"))}, Shared: true}
		p.a.Send(shared)
		var b Batch
		p.b.TakeBatch(&b, 1<<20)
		want := []string{big(10, "x"), big(msg.LargeFrame, "x"), big(msg.LargeFrame, "s")}
		if got := texts(&b); !reflect.DeepEqual(got, want) {
			t.Error("the queue holds the caller's bytes")
		}
		if &b.Bufs[len(b.Bufs)-1][0] != &shared.Frames[0][0] {
			t.Error("a shared frame was copied")
		}
		b.Free()
		if string(shared.Frames[0]) != big(msg.LargeFrame, "s") {
			t.Error("a shared frame was written to")
		}
	}
}
