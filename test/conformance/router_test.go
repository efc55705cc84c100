package conformance

import (
	"fmt"
	"strings"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

func name(id string) zmq.Option { return zmq.RoutingID.Of([]byte(id)) }

func TestRouterIDs(t *testing.T) {
	each(t, func(b *bed) {
		router, addr := b.bound(zmq.Router)
		long := strings.Repeat("n", 255)
		for _, id := range []string{"alice", "b", long} {
			d := b.connected(zmq.Dealer, addr, name(id))
			b.send(d, "hello")
			m := b.recv(router)
			if m[0] != id {
				b.Errorf("the id is %q, want %q", m[0], id)
			}
			b.send(router, id, "welcome", id)
			b.want(d, "welcome", id)
		}
		seen := map[string]bool{}
		for range 3 {
			d := b.connected(zmq.Dealer, addr)
			b.send(d, "hello")
			id := b.recv(router)[0]
			if len(id) != 5 || id[0] != 0 || seen[id] {
				b.Errorf("an invented id is %q", id)
			}
			seen[id] = true
		}
		_, err := b.own.New(zmq.Dealer, name(""))
		b.is(err, zmq.ErrInvalid)
		_, err = b.own.New(zmq.Dealer, name(long+"n"))
		b.is(err, zmq.ErrInvalid)
	})
}

// TestRouterKeptID: the id frame stays what it was, whatever comes after it.
func TestRouterKeptID(t *testing.T) {
	each(t, func(b *bed) {
		router, addr := b.bound(zmq.Router, zmq.RouterHandover.Of(true))
		first := b.connected(zmq.Dealer, addr, name("same"))
		b.send(first, "1")
		m, err := router.Recv(b.ctx)
		b.ok(err)
		second := b.connected(zmq.Dealer, addr, name("same"))
		b.send(second, "2")
		b.want(router, "same", "2")
		if string(m.Frame(0)) != "same" {
			b.Errorf("the frame has become %q", m.Frame(0))
		}
	})
}

func TestRouterMandatory(t *testing.T) {
	each(t, func(b *bed) {
		router, addr := b.bound(zmq.Router) // mandatory by default
		b.is(router.Send(b.ctx, []byte("nobody"), []byte("x")), zmq.ErrNoRoute)
		_, err := router.TrySend([]byte("nobody"), []byte("x"))
		b.is(err, zmq.ErrNoRoute)
		b.ok(router.Set(zmq.RouterMandatory.Of(false)))
		b.send(router, "nobody", "x")
		b.ok(router.Set(zmq.RouterMandatory.Of(true)))
		d := b.connected(zmq.Dealer, addr, name("d"))
		b.ok(router.WaitConnected(b.ctx, 1))
		b.send(router, "d", "x")
		b.want(d, "x")
		b.send(router, "d") // an id alone is swallowed
		b.ok(d.Close())
		b.await("the peer is gone", func() bool { return router.Stats().Peers == 0 })
		b.is(router.Send(b.ctx, []byte("d"), []byte("x")), zmq.ErrNoRoute)
	})
}

// fill sends to a peer until there is no room.
func fill(b *bed, s *zmq.Socket, frames ...string) (n int) {
	b.Helper()
	for {
		sent, err := s.TrySend(raw(frames...)...)
		b.ok(err)
		if !sent {
			return n
		}
		if n++; n > 1_000_000 {
			b.Fatal("the mark does not hold")
		}
	}
}

func TestRouterFullPeer(t *testing.T) {
	each(t, func(b *bed) {
		marks := []zmq.Option{zmq.SendHWM.Of(3), zmq.RecvHWM.Of(3), zmq.SendBuffer.Of(32 << 10), zmq.RecvBuffer.Of(32 << 10)}
		router, addr := b.bound(zmq.Router, marks...)
		full := b.connected(zmq.Dealer, addr, append(marks, name("full"))...)
		free := b.connected(zmq.Dealer, addr, append(marks, name("free"))...)
		b.ok(router.WaitConnected(b.ctx, 2))
		body := strings.Repeat("x", 30000)
		n := fill(b, router, "full", body)
		b.ok(router.Set(zmq.SendTimeout.Of(0))) // the default
		for {
			err := router.Send(b.ctx, []byte("full"), []byte(body))
			if err != nil {
				b.is(err, zmq.ErrAgain)
				break
			}
			n++
		}
		b.send(router, "free", "quick")
		b.want(free, "quick")
		// Not mandatory: no error, but counted.
		b.ok(router.Set(zmq.RouterMandatory.Of(false)))
		for router.Stats().Dropped == 0 {
			b.send(router, "full", body)
			n++
		}
		for range n - 1 {
			b.want(full, body)
		}
		b.send(router, "full", "end")
		b.want(full, "end")
	})
}

// TestRouterWaitsForItsPeer: senders that wait for different peers each wake
// when theirs has room.
func TestRouterWaitsForItsPeer(t *testing.T) {
	b := lay(t, "inproc")
	one := []zmq.Option{zmq.SendHWM.Of(1), zmq.RecvHWM.Of(1)}
	router, addr := b.bound(zmq.Router, one...)
	peers := map[string]*zmq.Socket{}
	for _, id := range []string{"a", "b", "c"} {
		peers[id] = b.connected(zmq.Dealer, addr, append(one, name(id))...)
		fill(b, router, id, "x")
	}
	for _, first := range []string{"c", "b", "a"} {
		waits := map[string]func(){}
		for id := range peers {
			waits[id] = b.spawn(func() {
				if err := router.Send(b.ctx, []byte(id), []byte("y")); err != nil {
					b.Error(id, err)
				}
			})
		}
		// Whichever order they wait in, the one with room must go on.
		b.await("the senders wait", func() bool { return waiting("waitRoomLocked") >= 3 })
		b.want(peers[first], "x")
		waits[first]()
		for id, p := range peers {
			if id != first {
				b.want(p, "x")
				waits[id]()
			}
		}
		for id, p := range peers { // full of x again
			for {
				if _, ok, _ := p.TryRecv(); !ok {
					break
				}
			}
			fill(b, router, id, "x")
		}
	}
}

func TestRouterHandover(t *testing.T) {
	each(t, func(b *bed) {
		router, addr := b.bound(zmq.Router)
		old := b.connected(zmq.Dealer, addr, name("id"))
		b.send(old, "old")
		b.want(router, "id", "old")
		// Without handover the newcomer is kept out.
		rival := b.socket(zmq.Dealer, name("id"))
		b.ok(rival.Connect(addr))
		_, err := rival.TrySend([]byte("rival"))
		b.ok(err)
		waiting := func() (n int) {
			for p := range router.Peers() {
				if p.Waiting {
					n++
				}
			}
			return n
		}
		if !strings.HasPrefix(addr, "inproc:") { // where it is refused
			b.await("the rival waits", func() bool { return waiting() == 1 })
		}
		b.send(router, "id", "for the old one")
		b.want(old, "for the old one")
		b.silent(router)
		b.ok(rival.Set(zmq.Linger.Of(0)))
		rival.Close()
		b.await("the rival is gone", func() bool { return waiting() == 0 })

		b.ok(router.Set(zmq.RouterHandover.Of(true)))
		heir := b.socket(zmq.Dealer, name("id"))
		b.ok(heir.Connect(addr))
		b.send(heir, "heir")
		b.want(router, "id", "heir")
		b.send(router, "id", "for the heir")
		b.want(heir, "for the heir")
		b.silent(old)
	})
}

func TestProbeRouter(t *testing.T) {
	each(t, func(b *bed) {
		router, addr := b.bound(zmq.Router)
		d := b.connected(zmq.Dealer, addr, name("d"), zmq.ProbeRouter.Of(true))
		b.want(router, "d", "")
		b.send(router, "d", "found you")
		b.want(d, "found you")
		b.connected(zmq.Req, addr, name("q"), zmq.ProbeRouter.Of(true))
		b.want(router, "q", "")
		b.connected(zmq.Router, addr, name("r"), zmq.ProbeRouter.Of(true))
		b.want(router, "r", "")
	})
}

func TestConnectRoutingID(t *testing.T) {
	each(t, func(b *bed) {
		router := b.socket(zmq.Router)
		for i := range 2 {
			id := fmt.Sprint("chosen", i)
			d, addr := b.bound(zmq.Dealer, name("its own"))
			b.ok(router.Set(zmq.ConnectRoutingID.Of([]byte(id))))
			b.ok(router.Connect(addr))
			b.send(router, id, "hi")
			b.want(d, "hi")
			b.send(d, "hi")
			b.want(router, id, "hi")
		}
		b.ok(router.Set(zmq.ConnectRoutingID.Of([]byte("chosen0"))))
		if err := router.Connect(b.free()); err == nil && b.scheme != "inproc" {
			b.Error("a name was given twice")
		}
	})
}
