package conformance

import (
	"slices"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// leaves binds s1 of a type, has s2 connect, and closes s1.
func (b *bed) leaves(at, zt zmq.Type, options ...zmq.Option) (s2 *zmq.Socket, addr string, over <-chan zmq.Event) {
	b.Helper()
	s1, addr := b.bound(at)
	s2 = b.socket(zt, options...)
	if zt == zmq.Sub {
		b.ok(s2.Subscribe(""))
	}
	if zt == zmq.XSub {
		b.send(s2, "\x01")
	}
	over = b.events(s2, zmq.EventDisconnected, zmq.EventClosed)
	b.ok(s2.Connect(addr))
	b.ok(s2.WaitConnected(b.ctx, 1))
	b.ok(s1.Close())
	return s2, addr, over
}

// Fault B1: an endpoint that is to make no other connection ended only in part.
// Its name stayed, so that connecting to it again did nothing for the types that
// connect to an endpoint once. When the event of its end is out it is gone, and
// connecting again connects.
func TestEndedEndpointConnectsAgain(t *testing.T) {
	for name, option := range map[string]zmq.Option{
		"RECONNECT_IVL -1": zmq.ReconnectInterval.Of(-1), "RECONNECT_STOP refused": zmq.ReconnectStop.Of(zmq.StopOnRefusal),
	} {
		t.Run(name, func(t *testing.T) {
			over(t, []string{"tcp"}, func(b *bed) {
				for _, k := range []kind{
					{a: zmq.Pub, z: zmq.Sub}, {a: zmq.XPub, z: zmq.XSub}, {a: zmq.Push, z: zmq.Pull},
					{a: zmq.Sub, z: zmq.Pub}, {a: zmq.Pull, z: zmq.Push}, {a: zmq.Rep, z: zmq.Req}, {a: zmq.Req, z: zmq.Rep},
					{a: zmq.Dealer, z: zmq.Dealer}, {a: zmq.Dealer, z: zmq.Router}, {a: zmq.Pair, z: zmq.Pair},
				} {
					s2, addr, ended := b.leaves(k.a, k.z, option)
					b.next(ended)
					if name != "RECONNECT_IVL -1" {
						b.next(ended)
					}
					if _, list := s2.Endpoints(); len(list) != 0 {
						b.Errorf("%s: still connected to %v", k.z, list)
					}
					b.is(s2.Disconnect(addr), zmq.ErrNoEndpoint)
					s1 := b.socket(k.a)
					_, err := s1.Bind(addr)
					b.ok(err)
					b.ok(s2.Connect(addr))
					b.ok(s2.WaitConnected(b.ctx, 1))
					b.ok(s1.Close())
					b.ok(s2.Close())
				}
			})
		})
	}
}

// Fault B1: the pipe of such an endpoint stayed, and messages went into it that
// were never to be sent. It ends with its last connection: the other peers get
// all, and what waited in it is counted as dropped, and told.
func TestEndedEndpointGetsNothing(t *testing.T) {
	eachWire(t, func(b *bed) {
		never := zmq.ReconnectInterval.Of(-1)
		for _, k := range []kind{{a: zmq.Pull, z: zmq.Push}, {a: zmq.Dealer, z: zmq.Dealer}} {
			push, _, gone := b.leaves(k.a, k.z, never)
			other := b.socket(k.a)
			b.ok(push.Connect(b.bind(other)))
			b.ok(push.WaitConnected(b.ctx, 1))
			b.next(gone)
			for i := range 10 {
				b.send(push, string(rune('a'+i)))
			}
			for i := range 10 {
				b.want(other, string(rune('a'+i)))
			}
		}

		// PAIR is free for another peer.
		p, _, gone := b.leaves(zmq.Pair, zmq.Pair, never)
		b.next(gone)
		if _, err := p.TrySend([]byte("x")); err != nil {
			b.Fatal(err)
		}
		q := b.socket(zmq.Pair)
		b.ok(p.Connect(b.bind(q)))
		b.send(p, "to the next")
		b.want(q, "to the next")

		// And a first attempt that fails is the last.
		w := b.socket(zmq.Push, never)
		ended := b.events(w, zmq.EventClosed)
		addr := b.free()
		b.ok(w.Connect(addr))
		b.next(ended)
		if ok, err := w.TrySend([]byte("x")); ok || err != nil {
			b.Errorf("TrySend to nobody: %v, %v", ok, err)
		}
		// What is queued while there may still be a peer is counted when there is none.
		full, conn := b.pair(zmq.Pull, zmq.Push, never, zmq.RecvHWM.Of(1), zmq.SendHWM.Of(10), zmq.SendBuffer.Of(4096), zmq.RecvBuffer.Of(4096))
		dropped := b.events(conn, zmq.EventMessagesDropped)
		big := make([]byte, 1<<20) // more than buffers and a reader ahead can take
		b.await("no room", func() bool {
			ok, err := conn.TrySend(big)
			b.ok(err)
			if ok {
				time.Sleep(time.Millisecond)
			}
			return !ok
		})
		b.ok(full.Close())
		ev := b.next(dropped)
		st := conn.Stats()
		if ev.Dropped == 0 || uint64(ev.Dropped) != st.Dropped || st.SendQueue != 0 || ev.Err == nil || ev.Endpoint == "" || ev.Remote == "" {
			b.Errorf("event %+v; counted %d dropped, %d queued", ev, st.Dropped, st.SendQueue)
		}
	})
}

// Fault B4: a ROUTER that connects gave the first process behind its endpoint's id
// to every later one. Another one has its own id, what waited for the first is
// dropped and told, and what that had sent is received under its name.
func TestRouterFollowsThePeer(t *testing.T) {
	eachWire(t, func(b *bed) {
		addr := b.free()
		router := b.socket(zmq.Router, zmq.RouterMandatory.Of(true))
		dropped := b.events(router, zmq.EventMessagesDropped)
		b.ok(router.Connect(addr))
		come := func(options ...zmq.Option) *zmq.Socket {
			p := b.socket(zmq.Dealer, options...)
			_, err := p.Bind(addr)
			b.ok(err)
			b.ok(router.WaitConnected(b.ctx, 1))
			return p
		}
		leave := func(p *zmq.Socket) {
			b.ok(p.Close())
			b.await("it is gone", func() bool { return router.Stats().Peers == 0 })
		}
		one := come(name("one"))
		b.send(one, "I am one")
		b.want(router, "one", "I am one")
		b.send(one, "unread")
		leave(one)
		b.send(router, "one", "for one, when it is back")
		one = come(name("one"))
		b.want(one, "for one, when it is back")
		b.send(one, "unread too")
		leave(one)

		b.send(router, "one", "SECRET")
		two := come(name("two"))
		ev := b.next(dropped)
		if ev.Dropped != 1 || router.Stats().Dropped != 1 {
			b.Errorf("event %+v, %d dropped", ev, router.Stats().Dropped)
		}
		b.is(router.Send(b.ctx, raw("one", "x")...), zmq.ErrNoRoute)
		b.send(two, "I am two")
		for _, want := range [][]string{{"one", "unread"}, {"one", "unread too"}, {"two", "I am two"}} {
			m, err := router.Recv(b.ctx)
			b.ok(err)
			if !slices.Equal(text(m), want) || string(m.Peer().RoutingID) != want[0] {
				b.Errorf("received %q of %q, want %q", text(m), m.Peer().RoutingID, want)
			}
		}
		b.send(router, "two", "for two")
		b.want(two, "for two")
		leave(two)

		// Of those without an id nobody can tell; the name goes on.
		none := come()
		b.is(router.Send(b.ctx, raw("two", "x")...), zmq.ErrNoRoute)
		b.send(none, "who am I?")
		id := b.recv(router)[0]
		leave(none)
		b.send(router, id, "still the same, perhaps")
		none = come()
		b.want(none, "still the same, perhaps")
		leave(none)
		three := come(name("three"))
		b.send(router, "three", "x")
		b.want(three, "x")
		b.is(router.Send(b.ctx, raw(id, "x")...), zmq.ErrNoRoute)
		if len(dropped) > 0 {
			b.Errorf("dropped: %+v", <-dropped)
		}

		// The types that do not know their peers go on sending to the endpoint.
		addr = b.free()
		dealer := b.socket(zmq.Dealer, zmq.HiccupMessage.Of([]byte("gone")))
		b.ok(dealer.Connect(addr))
		for _, id := range []string{"a", "b"} {
			b.send(dealer, "for the next one")
			r := b.socket(zmq.Router, name(id))
			_, err := r.Bind(addr)
			b.ok(err)
			if m := b.recv(r); body(m) != "for the next one" {
				b.Errorf("received %q", m)
			}
			b.ok(r.Close())
			b.await("it is gone", func() bool { return dealer.Stats().Peers == 0 })
		}
		for _, id := range []string{"a", "b"} { // what is received says whose it was
			if m, err := dealer.Recv(b.ctx); err != nil || string(m.Bytes()) != "gone" || string(m.Peer().RoutingID) != id {
				b.Errorf("received %v of %q, %v; want that %s is gone", m, m.Peer().RoutingID, err, id)
			}
		}
	})
}
