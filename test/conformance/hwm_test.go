package conformance

import (
	"fmt"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// TestMarksInproc: over inproc a direction holds the sender's mark and the
// receiver's together, as in libzmq, and any number if either is 0.
func TestMarksInproc(t *testing.T) {
	for _, k := range []kind{{a: zmq.Push, z: zmq.Pull}, {a: zmq.Pair, z: zmq.Pair}, {a: zmq.Dealer, z: zmq.Dealer}} {
		for _, c := range []struct{ send, recv, want int }{{1000, 1000, 2000}, {1, 1, 2}, {5, 3, 8}, {0, 4, -1}, {4, 0, -1}, {0, 0, -1}, {1, 100, 101}} {
			for _, binds := range []string{"sender", "receiver"} {
				for _, late := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s/%d+%d/%s binds/late=%t", k.a, c.send, c.recv, binds, late), func(t *testing.T) {
						b := lay(t, "inproc")
						from := b.socket(k.a, zmq.SendHWM.Of(c.send), zmq.RecvHWM.Of(c.send))
						to := b.socket(k.z, zmq.RecvHWM.Of(c.recv), zmq.SendHWM.Of(c.recv))
						binder, dialer := from, to
						if binds == "receiver" {
							binder, dialer = to, from
						}
						addr := b.free()
						if late {
							b.ok(dialer.Connect(addr))
						}
						_, err := binder.Bind(addr)
						b.ok(err)
						if !late {
							b.ok(dialer.Connect(addr))
						}
						marks(b, from, to, c.want)
					})
				}
			}
		}
	}
}

func marks(b *bed, from, to *zmq.Socket, want int) {
	b.Helper()
	if want < 0 {
		for i := range 5000 {
			if ok, err := from.TrySend([]byte(fmt.Sprint(i))); !ok {
				b.Fatalf("no room for message %d: %v", i, err)
			}
		}
		for i := range 5000 {
			b.want(to, fmt.Sprint(i))
		}
		return
	}
	n := 0
	fill := func() (k int) {
		for {
			ok, err := from.TrySend([]byte(fmt.Sprint(n)))
			b.ok(err)
			if !ok {
				return k
			}
			n++
			k++
		}
	}
	if got := fill(); got != want {
		b.Fatalf("%d messages were queued, want %d", got, want)
	}
	for i := range want {
		b.want(to, fmt.Sprint(i))
	}
	b.silent(to)
	// Room comes back in multiples of the low-water mark.
	low := (want + 1) / 2
	if got := fill(); got != want/low*low {
		b.Fatalf("%d messages were queued again, want %d", got, want/low*low)
	}
}

// TestMarksUnbound: with no peer yet only the connector's own mark counts.
func TestMarksUnbound(t *testing.T) {
	each(t, func(b *bed) {
		for _, hwm := range []int{1, 7, 1000} {
			push := b.socket(zmq.Push, zmq.SendHWM.Of(hwm))
			addr := b.free()
			b.ok(push.Connect(addr))
			if n := fill(b, push, "x"); n != hwm {
				b.Errorf("%d messages were queued, want %d", n, hwm)
			}
			pull := b.socket(zmq.Pull)
			_, err := pull.Bind(addr)
			b.ok(err)
			for range hwm {
				b.want(pull, "x")
			}
			b.silent(pull)
		}
	})
}

// TestMarksNoPeer: a socket without any peer has room for nothing, or for
// everything if it drops.
func TestMarksNoPeer(t *testing.T) {
	b := lay(t, "inproc")
	for _, k := range []zmq.Type{zmq.Push, zmq.Dealer, zmq.Req, zmq.Pair} {
		if ok, err := b.socket(k).TrySend([]byte("x")); ok || err != nil {
			t.Errorf("%s: %t, %v", k, ok, err)
		}
	}
	for _, k := range []zmq.Type{zmq.Pub, zmq.XPub, zmq.XSub} {
		if ok, err := b.socket(k).TrySend([]byte("x")); !ok || err != nil {
			t.Errorf("%s: %t, %v", k, ok, err)
		}
	}
}

// TestMarksInBytes: the second bound of the Go API.
func TestMarksInBytes(t *testing.T) {
	b := lay(t, "inproc")
	push, pull := b.pair(zmq.Push, zmq.Pull, zmq.SendHWM.Of(0), zmq.RecvHWM.Of(0),
		zmq.SendHWMBytes.Of(10_000), zmq.RecvHWMBytes.Of(10_000))
	for range 5 {
		n := 0
		for {
			ok, err := push.TrySend(make([]byte, 998))
			b.ok(err)
			if !ok {
				break
			}
			n++
		}
		if n != 20 {
			t.Errorf("%d messages of 1000 bytes with their headers were queued, want 20", n)
		}
		for range n {
			_, err := pull.Recv(b.ctx)
			b.ok(err)
		}
	}
	// A message larger than the mark goes when the queue is empty.
	b.ok(push.Send(b.ctx, make([]byte, 100_000)))
	if ok, _ := push.TrySend([]byte("x")); ok {
		t.Error("there was room beside it")
	}
	_, err := pull.Recv(b.ctx)
	b.ok(err)
	b.send(push, "x")
	b.want(pull, "x")
}

// TestMarksBounded: over a connection the queues are bounded too, whatever the
// system's buffers hold beside them.
func TestMarksBounded(t *testing.T) {
	eachWire(t, func(b *bed) {
		push, pull := b.pair(zmq.Push, zmq.Pull, zmq.SendHWM.Of(10), zmq.RecvHWM.Of(10),
			zmq.SendBuffer.Of(32<<10), zmq.RecvBuffer.Of(32<<10))
		body := filled(50_000, 1)
		n := 0
		for b.ctx.Err() == nil {
			ok, err := push.TrySend(body)
			b.ok(err)
			if ok {
				n++
				continue
			}
			st := push.Stats()
			if st.SendQueue > 20 { // as much again is in the writer's hand
				b.Fatalf("%d messages are queued", st.SendQueue)
			}
			if pull.Stats().RecvQueue >= 10 { // both ends are full
				break
			}
		}
		if st := pull.Stats(); st.RecvQueue > 20 {
			b.Errorf("%d messages are queued to be received", st.RecvQueue)
		}
		for range n {
			m, err := pull.Recv(b.ctx)
			b.ok(err)
			same(b, m, [][]byte{body})
		}
	})
}

// TestMarksLive: a changed mark acts on the connections that are there.
func TestMarksLive(t *testing.T) {
	eachWire(t, func(b *bed) {
		push := b.socket(zmq.Push, zmq.SendHWM.Of(2))
		b.ok(push.Connect(b.free()))
		if n := fill(b, push, "x"); n != 2 {
			b.Errorf("%d messages were queued, want 2", n)
		}
		sent := b.spawn(func() {
			if err := push.Send(b.ctx, []byte("waits for the change")); err != nil {
				b.Error(err)
			}
		})
		b.await("the sender waits", func() bool { return waiting("waitRoomLocked") > 0 })
		b.ok(push.Set(zmq.SendHWM.Of(5)))
		sent()
		if n := fill(b, push, "x"); n != 2 {
			b.Errorf("%d more messages were queued, want 2", n)
		}
	})
}
