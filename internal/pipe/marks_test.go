package pipe

import (
	"fmt"
	"testing"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// A pipe takes as many messages as its mark, and room comes back whenever the
// reader's count reaches a multiple of (mark+1)/2.
func TestCreditComesInLowWaterMarks(t *testing.T) {
	for _, hwm := range []int{1, 2, 3, 4, 5, 7, 10, 1000} {
		t.Run(fmt.Sprint(hwm), func(t *testing.T) {
			p := newPair(t, Marks{Send: hwm}, false)
			if n := p.fill(); n != hwm {
				t.Fatalf("took %d messages", n)
			}
			lwm := (hwm + 1) / 2
			sent, read := hwm, 0
			for range 5 * hwm {
				if _, ok := p.recv(); !ok {
					t.Fatalf("nothing after %d", read)
				}
				read++
				room := 0
				if read%lwm == 0 {
					room = hwm - (sent - read)
				}
				if n := p.fill(); n != room {
					t.Fatalf("after %d read, room for %d; want %d", read, n, room)
				}
				sent += room
			}
		})
	}
}

func TestTakeBatchCreditsAsTheSameReader(t *testing.T) {
	for _, hwm := range []int{1, 3, 10, 101} {
		p := newPair(t, Marks{Send: hwm}, true)
		lwm := (hwm + 1) / 2
		taken := 0
		var b Batch
		for k := 1; k <= 3*hwm; k++ {
			n := 0
			for n < min(k, hwm) && p.a.Send(numbered(n)) {
				n++
			}
			any, _ := p.b.TakeBatch(&b, 1<<20)
			if any != (n > 0) || b.Msgs != n {
				t.Fatalf("hwm %d: took %d of %d", hwm, b.Msgs, n)
			}
			b.Free()
			taken += n
			if n := p.a.out.under().msgs; int(n) != taken%lwm {
				t.Fatalf("hwm %d: %d not credited after %d; want %d", hwm, n, taken, taken%lwm)
			}
		}
	}
}

func TestNoMarkIsNoBound(t *testing.T) {
	p := newPair(t, Marks{}, false)
	for i := range 5000 {
		if !p.a.Send(numbered(i)) {
			t.Fatalf("no room for %d", i)
		}
	}
	p.wantRecv("m0", "m1")
}

func TestSendForceIgnoresTheMark(t *testing.T) {
	p := newPair(t, Marks{Send: 2}, false)
	p.fill()
	if !p.a.SendForce(message("more")) {
		t.Fatal("refused")
	}
	p.wantRecv("m0", "m1", "more")
	p.wantNone()
	p.b.CloseIn()
	if p.a.SendForce(message("x")) {
		t.Error("sent to nobody")
	}
}

// Byte marks bound too, count what goes over the wire, and never drift: however
// long a pipe lives, it takes the same amount once it is empty.
func TestByteMarks(t *testing.T) {
	for _, size := range []int{0, 1, 255, 256, 300, 9000, 70000} {
		const mark = 40000
		wire := len(zmtp.AppendFrame(nil, 0, make([]byte, size)))
		fits := (mark + wire - 1) / wire
		rounds := 50
		if size < 2 {
			rounds = 3
		}
		m := &msg.Message{Frames: [][]byte{make([]byte, size)}}
		for _, recycle := range []bool{false, true} {
			p := newPair(t, Marks{SendBytes: mark, RecvBytes: mark}, recycle)
			var b Batch
			for round := range rounds {
				n := 0
				for p.a.Send(m) {
					n++
				}
				if n == 0 || n > fits {
					t.Fatalf("size %d, recycle %v, round %d: took %d, %d fit", size, recycle, round, n, fits)
				}
				if recycle {
					for {
						any, _ := p.b.TakeBatch(&b, 1)
						if !any {
							break
						}
						b.Free()
					}
				} else {
					for p.b.Recv(&msg.Message{}) {
					}
				}
				if !p.a.CanSend() {
					t.Fatalf("size %d, recycle %v: stalled in round %d", size, recycle, round)
				}
			}
		}
		// The other way: an engine publishes, a socket receives.
		p := newPair(t, Marks{SendBytes: mark, RecvBytes: mark}, true)
		for round := range rounds {
			n := 0
			for p.b.Room() {
				p.b.Publish(run(m))
				n++
			}
			if n == 0 || n > fits {
				t.Fatalf("size %d, round %d: published %d, %d fit", size, round, n, fits)
			}
			for p.a.Recv(&msg.Message{}) {
			}
			if !p.b.Room() {
				t.Fatalf("size %d: the reader stalled in round %d", size, round)
			}
		}
	}
}

// Credit in messages keeps its rhythm when bytes are credited in between.
func TestByteCreditLeavesTheCountAlone(t *testing.T) {
	p := newPair(t, Marks{Send: 10, SendBytes: 1 << 20}, false)
	body := big(60000, "x")
	for range 10 {
		p.a.Send(message(body))
	}
	for i := 1; i <= 10; i++ {
		p.wantRecv(body)
		if n := p.a.out.under().msgs; int(n) != 10-i/5*5 {
			t.Fatalf("%d uncredited after %d were received", n, i)
		}
	}
}

func TestRaisingMarksWakesWhoeverWaits(t *testing.T) {
	p := newPair(t, Marks{Send: 2, Recv: 2}, true)
	p.fill()
	for p.b.Room() {
		p.b.Publish(run(message("in")))
	}
	p.wa.woken(t, 1, 0)
	p.wb.woken(t, 1, 0)
	p.a.SetMarks(Marks{Send: 3, Recv: 3})
	p.wa.woken(t, 0, 1)
	p.wb.woken(t, 0, 1)
	if n := p.fill(); n != 1 {
		t.Errorf("room for %d more; want 1", n)
	}
	if !p.b.Room() {
		t.Error("no room for input")
	}
	p.a.SetMarks(Marks{})
	if !p.a.CanSend() || !p.b.Room() {
		t.Error("no room without marks")
	}
}

// What the reader has consumed and not yet credited under a high mark must not
// stop the writer under a low one.
func TestLoweringMarksNeverStalls(t *testing.T) {
	for _, recycle := range []bool{false, true} {
		p := newPair(t, Marks{Send: 1000, Recv: 1000}, recycle)
		var b Batch
		for i := range 400 {
			p.a.Send(numbered(i))
			p.b.Publish(run(numbered(i)))
		}
		drain := func() {
			for p.a.Recv(&msg.Message{}) {
			}
			if !recycle {
				for p.b.Recv(&msg.Message{}) {
				}
				return
			}
			for any := true; any; {
				any, _ = p.b.TakeBatch(&b, 1<<20)
				b.Free()
			}
		}
		drain()
		p.a.SetMarks(Marks{Send: 2, Recv: 2})
		for round := range 20 {
			n := p.fill()
			k := 0
			for p.b.Room() {
				p.b.Publish(run(numbered(k)))
				k++
			}
			if n < 1 || n > 2 || k < 1 || k > 2 {
				t.Fatalf("recycle %v, round %d: room for %d out, %d in", recycle, round, n, k)
			}
			drain()
		}
	}
}

func TestWakesOnlyWhoAsked(t *testing.T) {
	p := newPair(t, Marks{Send: 4}, false)
	p.a.Send(numbered(0)) // b has not looked yet: it waits from the start
	p.wb.woken(t, 1, 0)
	p.a.Send(numbered(1))
	p.a.Send(numbered(2))
	p.wb.woken(t, 0, 0)
	p.wantRecv("m0", "m1", "m2")
	p.a.Send(numbered(3))
	p.wb.woken(t, 0, 0) // it has not found the pipe empty yet
	p.wantRecv("m3")
	p.wantNone()
	p.a.Send(numbered(4))
	p.wb.woken(t, 1, 0)
	p.wa.woken(t, 0, 0)

	p.fill()
	p.wa.woken(t, 0, 0)
	for range 8 {
		p.recv()
	}
	p.wa.woken(t, 0, 1) // once, though credit came twice
	p.fill()
	if p.a.CanSend() {
		t.Fatal("room in a full pipe")
	}
	for range 4 {
		p.recv()
	}
	p.wa.woken(t, 0, 1)
}

func TestEndsAreTold(t *testing.T) {
	p := newPair(t, Marks{Send: 1}, false)
	p.a.Send(numbered(0))
	p.wb.woken(t, 1, 0)
	if p.a.Send(numbered(1)) {
		t.Fatal("too much room")
	}
	if p.b.Ended() {
		t.Error("ended too soon")
	}
	p.a.CloseOut()
	p.wb.woken(t, 0, 0) // it does not wait
	if !p.a.Closed() || p.b.Closed() || p.b.Ended() {
		t.Error("closed on the wrong side")
	}
	if p.a.Send(numbered(2)) || p.a.SendForce(numbered(2)) || p.a.CanSend() {
		t.Error("sent after the end")
	}
	p.wantRecv("m0")
	p.wantNone()
	if !p.b.Ended() {
		t.Error("not ended")
	}
	p.a.CloseOut()
	p.wb.woken(t, 0, 0)

	p = newPair(t, Marks{Send: 1}, false)
	p.a.CloseOut()
	p.wb.woken(t, 1, 0)

	p = newPair(t, Marks{Send: 1}, false)
	p.fill()
	p.b.CloseIn()
	p.wa.woken(t, 0, 1)
	p.b.CloseIn()
	p.wa.woken(t, 0, 0)
	if p.a.Send(numbered(0)) || p.a.CanSend() || p.a.Queued() != 0 {
		t.Error("a pipe without a reader takes messages")
	}
}

func TestPublishToTheGone(t *testing.T) {
	p := newPair(t, Marks{Recv: 1}, true)
	if !p.b.Publish(run(numbered(0))) || p.b.Room() {
		t.Fatal("not published, or no mark")
	}
	p.a.CloseIn()
	p.wb.woken(t, 0, 1)
	if !p.b.Room() {
		t.Error("waits for room that cannot come")
	}
	r := run(numbered(1))
	if p.b.Publish(r) || r.Len() != 0 || r.Msgs != 0 || r.Bytes != 0 {
		t.Error("published to the gone, or the run was not emptied")
	}
}
