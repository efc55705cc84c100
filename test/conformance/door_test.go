package conformance

import (
	"fmt"
	"runtime"
	"slices"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// full is a PAIR or a ROUTER whose place, or id "x", its first peer has.
func (b *bed) full(k kind, options ...zmq.Option) (s, first *zmq.Socket, addr string) {
	b.Helper()
	s, addr = b.bound(k.a, options...)
	first = b.connected(k.z, addr, name("x"))
	b.send(first, "first")
	b.recv(s)
	return s, first, addr
}

var crowded = []kind{{a: zmq.Pair, z: zmq.Pair}, {a: zmq.Router, z: zmq.Dealer}, {a: zmq.Router, z: zmq.Req}}

// body is a message without a routing id, and an envelope.
func body(m []string) string { return m[len(m)-1] }

// Fault B3: a second peer of a PAIR, and one whose routing id is taken, was
// refused again and again, and each time what it had sent was lost. It waits now,
// and nothing is lost: neither if its place becomes free, nor if it never does.
func TestWaitingPeerLosesNothing(t *testing.T) {
	eachWire(t, func(b *bed) {
		for _, k := range crowded {
			s, first, addr := b.full(k, zmq.RecvHWM.Of(20))
			events := b.events(s, zmq.EventWaiting, zmq.EventAdmitted, zmq.EventDisconnected, zmq.EventHandshakeFailed)
			second := b.socket(k.z, name("x"))
			lost := b.events(second, zmq.EventDisconnected)
			b.ok(second.Connect(addr))
			ev := b.next(events)
			if ev.Kind != zmq.EventWaiting || ev.Err == nil || ev.Remote == "" || ev.Peer.Conn == 0 {
				b.Fatalf("event %+v, want that it waits", ev)
			}
			n := 100
			if k.z == zmq.Req {
				n = 1
			}
			for i := range n {
				b.send(second, fmt.Sprint(i))
			}
			b.silent(s)
			if k.z != zmq.Req {
				b.send(first, "still")
				if m := b.recv(s); body(m) != "still" {
					b.Errorf("received %q", m)
				}
			}
			if st := s.Stats(); st.Peers != 1 {
				b.Errorf("%d peers, want 1", st.Peers)
			}
			b.ok(first.Close())
			for i := range n {
				if m := b.recv(s); body(m) != fmt.Sprint(i) {
					b.Fatalf("%s received %q as number %d", k.a, m, i)
				}
			}
			for kinds := []zmq.EventKind{zmq.EventDisconnected, zmq.EventAdmitted}; len(kinds) > 0; {
				ev := b.next(events)
				i := slices.Index(kinds, ev.Kind)
				if i < 0 {
					b.Fatalf("event %+v", ev)
				}
				kinds = slices.Delete(kinds, i, i+1)
			}
			b.ok(s.WaitConnected(b.ctx, 1))
			reply := map[zmq.Type][]string{zmq.Pair: {"re"}, zmq.Router: {"x", "", "re"}}[k.a]
			if k.z == zmq.Dealer {
				reply = []string{"x", "re"}
			}
			b.send(s, reply...)
			b.want(second, "re")
			if len(lost) > 0 || second.Stats().Dropped+s.Stats().Dropped > 0 {
				b.Errorf("%v; %d, %d messages dropped", lost, second.Stats().Dropped, s.Stats().Dropped)
			}
			b.ok(second.Close())
			b.ok(s.Close())
		}
	})
}

// Fault B3: what a peer that waits has sent costs no more than RCVHWM allows, also
// while the socket waits for a message, and holds up no close.
func TestWaitingPeerIsBounded(t *testing.T) {
	eachWire(t, func(b *bed) {
		for _, k := range crowded[:2] {
			small := []zmq.Option{zmq.RecvHWM.Of(3), zmq.SendHWM.Of(3), zmq.SendBuffer.Of(4096), zmq.RecvBuffer.Of(4096)}
			s, first, addr := b.full(k, small...)
			recv := b.spawn(func() {
				if _, err := s.Recv(b.ctx); err != nil {
					b.Error(err)
				}
			})
			told := b.events(s, zmq.EventWaiting, zmq.EventMessagesDropped)
			second := b.socket(k.z, append(small, name("x"), zmq.Linger.Of(0))...)
			b.ok(second.Connect(addr))
			b.next(told)
			big := make([]byte, 50_000)
			for sent := 0; second.Send(b.quiet(), big) == nil; sent++ { // it must come to an end
				if sent > 500 {
					b.Fatal("it may send without end")
				}
			}
			b.await("what it sent waits", func() bool {
				for p := range s.Peers() {
					if p.Waiting && p.RecvQueue > 0 {
						return true
					}
				}
				return false
			})
			b.send(first, "last")
			recv()
			b.ok(s.Close())
		}
	})
}

// Fault B3: if a peer leaves that waits, what it had sent is counted as dropped, and
// told.
func TestWaitingPeerLeaves(t *testing.T) {
	eachWire(t, func(b *bed) {
		for _, k := range crowded[:2] {
			s, first, addr := b.full(k)
			told := b.events(s, zmq.EventWaiting, zmq.EventMessagesDropped)
			second := b.connected(k.z, addr, name("x"))
			for range 5 {
				b.send(second, "unheard")
			}
			b.next(told)
			b.ok(second.Close())
			ev := b.next(told)
			if ev.Kind != zmq.EventMessagesDropped || ev.Dropped != 5 || s.Stats().Dropped != 5 {
				b.Errorf("event %+v; %d dropped", ev, s.Stats().Dropped)
			}
			b.send(first, "last")
			if m := b.recv(s); body(m) != "last" {
				b.Errorf("received %q", m)
			}
		}
	})
}

// Fault B3: a peer that waits is not read from once its pipe is full, and yet its end
// is noticed, so that those who come and go do not pile up.
func TestWaitingPeerLeavesAFullPipe(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems do not tell that a peer has ended its half")
	}
	eachWire(t, func(b *bed) {
		s, _, addr := b.full(crowded[0], zmq.RecvHWM.Of(1))
		told := b.events(s, zmq.EventWaiting, zmq.EventMessagesDropped)
		second := b.connected(zmq.Pair, addr)
		for range 10 {
			b.send(second, string(make([]byte, 10_000)))
		}
		b.next(told)
		second.Close()
		if ev := b.next(told); ev.Kind != zmq.EventMessagesDropped || ev.Dropped == 0 {
			b.Errorf("event %+v", ev)
		}
		b.await("it is gone", func() bool { return len(slices.Collect(s.Peers())) == 1 })
	})
}

// Fault B21: with ROUTER_HANDOVER two live peers of one id took it from each other
// for ever, because the older one lost its connection and connected again. The
// newest has the id, and gets what is sent to it; the other one stays connected, is
// told of, and has the id back once the newest has gone.
func TestHandoverIsFinal(t *testing.T) {
	eachWire(t, func(b *bed) {
		router, addr := b.bound(zmq.Router, zmq.RouterHandover.Of(true))
		events := b.events(router, zmq.EventWaiting, zmq.EventAdmitted, zmq.EventDisconnected)
		old := b.connected(zmq.Dealer, addr, name("id"))
		lost := b.events(old, zmq.EventDisconnected)
		b.send(old, "old")
		b.want(router, "id", "old")
		heir := b.connected(zmq.Dealer, addr, name("id"))
		if ev := b.next(events); ev.Kind != zmq.EventWaiting || ev.Err == nil || ev.Remote == "" {
			b.Fatalf("event %+v, want that the older one waits", ev)
		}
		for i := range 30 {
			b.send(old, "while it waits", fmt.Sprint(i))
			b.send(heir, fmt.Sprint(i))
			b.want(router, "id", fmt.Sprint(i))
			b.send(router, "id", fmt.Sprint(i))
			b.want(heir, fmt.Sprint(i))
		}
		b.silent(old)
		b.ok(heir.Close())
		for i := range 30 {
			b.want(router, "id", "while it waits", fmt.Sprint(i))
		}
		b.send(router, "id", "back")
		b.want(old, "back")
		if len(lost) > 0 {
			b.Error("the older one lost its connection")
		}
	})
}

// Fault B3: peers that a socket connects to wait for their place as well, and have it
// when the endpoint before them is disconnected, or given up (fault B1).
func TestConnectedPeerWaits(t *testing.T) {
	eachWire(t, func(b *bed) {
		for _, k := range []kind{{a: zmq.Pair, z: zmq.Pair}, {a: zmq.Dealer, z: zmq.Router}} {
			for _, given := range []bool{false, true} {
				s := b.socket(k.z, zmq.ReconnectInterval.Of(-1))
				events := b.events(s, zmq.EventWaiting, zmq.EventAdmitted)
				first, one := b.bound(k.a, name("x"))
				b.ok(s.Connect(one))
				b.ok(s.WaitConnected(b.ctx, 1))
				second, two := b.bound(k.a, name("x"))
				b.ok(s.Connect(two))
				if ev := b.next(events); ev.Kind != zmq.EventWaiting || ev.Endpoint != two {
					b.Fatalf("event %+v", ev)
				}
				b.send(second, "I am here")
				b.silent(s)
				if given {
					b.ok(first.Close())
				} else {
					b.ok(s.Disconnect(one))
				}
				if ev := b.next(events); ev.Kind != zmq.EventAdmitted || ev.Endpoint != two {
					b.Fatalf("event %+v", ev)
				}
				if m := b.recv(s); body(m) != "I am here" {
					b.Errorf("received %q", m)
				}
				reply := []string{"x", "so you are"}
				if k.z == zmq.Pair {
					reply = reply[1:]
				}
				b.send(s, reply...)
				b.want(second, "so you are")
				b.ok(s.Close())
			}
		}
	})
}
