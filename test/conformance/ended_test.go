package conformance

import (
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
		"RECONNECT_IVL -1": zmq.ReconnectInterval.Of(-1), "RECONNECT_STOP refused": zmq.ReconnectStop.Of(1),
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
		full, conn := b.pair(zmq.Pull, zmq.Push, never, zmq.RecvHWM.Of(1), zmq.SendHWM.Of(5), zmq.SendBuffer.Of(4096), zmq.RecvBuffer.Of(4096))
		dropped := b.events(conn, zmq.EventMessagesDropped)
		big := make([]byte, 100_000)
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
