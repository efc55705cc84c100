package conformance

import (
	"fmt"
	"slices"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// TestReconnectDelivers: what was queued for a peer that went away and came
// back arrives, once and in order.
func TestReconnectDelivers(t *testing.T) {
	eachWire(t, func(b *bed) {
		addr := b.free()
		push := b.socket(zmq.Push)
		b.ok(push.Connect(addr))
		next := 0
		for round := range 5 {
			for range 50 { // nobody is there
				b.send(push, fmt.Sprint(next))
				next++
			}
			pull := b.socket(zmq.Pull)
			_, err := pull.Bind(addr)
			b.ok(err)
			for i := next - 50; i < next; i++ {
				b.want(pull, fmt.Sprint(i))
			}
			b.send(push, "live", fmt.Sprint(round))
			b.want(pull, "live", fmt.Sprint(round))
			b.ok(pull.Close())
			b.await("the connection is gone", func() bool { return push.Stats().Peers == 0 })
		}
	})
}

// TestReconnectOtherSide: the bound side forgets a peer with its connection,
// and greets it as a new one.
func TestReconnectOtherSide(t *testing.T) {
	eachWire(t, func(b *bed) {
		router, addr := b.bound(zmq.Router)
		for round := range 5 {
			d := b.connected(zmq.Dealer, addr, name("d"))
			b.send(d, fmt.Sprint(round))
			b.want(router, "d", fmt.Sprint(round))
			b.send(router, "d", "re", fmt.Sprint(round))
			b.want(d, "re", fmt.Sprint(round))
			b.ok(d.Close())
			b.await("the connection is gone", func() bool { return router.Stats().Peers == 0 })
		}
	})
}

// TestInputSurvives: what a peer sent before it went is still received.
func TestInputSurvives(t *testing.T) {
	each(t, func(b *bed) {
		for _, k := range []kind{{a: zmq.Pull, z: zmq.Push}, {a: zmq.Dealer, z: zmq.Dealer}, {a: zmq.Pair, z: zmq.Pair}, {a: zmq.Router, z: zmq.Dealer}} {
			to, addr := b.bound(k.a)
			from := b.connected(k.z, addr)
			b.ok(to.WaitConnected(b.ctx, 1))
			for i := range 100 {
				b.send(from, fmt.Sprint(i))
			}
			b.ok(from.Close())
			b.await("it is gone", func() bool { return to.Stats().Peers == 0 })
			for i := range 100 {
				if m := b.recv(to); m[len(m)-1] != fmt.Sprint(i) {
					b.Fatalf("%s received %q as number %d", k.a, m, i)
				}
			}
			b.silent(to)
		}
	})
}

// TestReqAcrossReconnect: a request that was not sent yet goes to the peer that
// comes back; the strict turns hold all along.
func TestReqAcrossReconnect(t *testing.T) {
	eachWire(t, func(b *bed) {
		addr := b.free()
		req := b.socket(zmq.Req)
		b.ok(req.Connect(addr))
		for i := range 4 {
			b.send(req, fmt.Sprint(i))
			rep := b.socket(zmq.Rep)
			_, err := rep.Bind(addr)
			b.ok(err)
			b.want(rep, fmt.Sprint(i))
			b.send(rep, "re", fmt.Sprint(i))
			b.want(req, "re", fmt.Sprint(i))
			b.ok(rep.Close())
			b.await("the connection is gone", func() bool { return req.Stats().Peers == 0 })
		}
	})
}

// TestPairReplaced: when its peer goes a PAIR takes the next.
func TestPairReplaced(t *testing.T) {
	each(t, func(b *bed) {
		p, addr := b.bound(zmq.Pair)
		for i := range 4 {
			q := b.connected(zmq.Pair, addr)
			b.ok(p.WaitConnected(b.ctx, 1))
			b.send(q, fmt.Sprint(i))
			b.want(p, fmt.Sprint(i))
			b.send(p, fmt.Sprint(i))
			b.want(q, fmt.Sprint(i))
			// A third one gets nothing and disturbs nothing.
			waits := b.events(p, zmq.EventWaiting)
			x := b.socket(zmq.Pair, zmq.Linger.Of(0))
			b.ok(x.Connect(addr))
			x.TrySend([]byte("intruder"))
			if b.scheme != "inproc" { // else it may still be on its way when q leaves
				b.next(waits)
			}
			b.send(p, "still you")
			b.want(q, "still you")
			x.Close()
			if b.scheme != "inproc" {
				b.await("it waits no more", func() bool { return len(slices.Collect(p.Peers())) == 1 })
			}
			b.ok(q.Close())
			b.await("it is gone", func() bool { return p.Stats().Peers == 0 })
		}
	})
}

// TestManyEndpoints: any number of binds and connects, of every transport, on
// one socket.
func TestManyEndpoints(t *testing.T) {
	b := lay(t, "tcp")
	pull := b.socket(zmq.Pull)
	var addrs []string
	for _, scheme := range schemes {
		b.scheme = scheme
		addrs = append(addrs, b.bind(pull), b.bind(pull))
	}
	bound, connected := pull.Endpoints()
	if !slices.Equal(bound, addrs) || len(connected) != 0 {
		t.Errorf("bound %v, connected %v; want %v", bound, connected, addrs)
	}
	push := b.socket(zmq.Push)
	for _, addr := range addrs {
		b.ok(push.Connect(addr))
	}
	b.ok(pull.WaitConnected(b.ctx, len(addrs)))
	for i := range 60 {
		b.send(push, fmt.Sprint(i))
	}
	seen := map[string]bool{}
	for range 60 {
		seen[b.recv(pull)[0]] = true
	}
	if len(seen) != 60 {
		t.Errorf("%d different messages of 60", len(seen))
	}
	if _, connected := push.Endpoints(); !slices.Equal(connected, addrs) {
		t.Errorf("connected %v, want %v", connected, addrs)
	}
}

// TestSameTwice: connecting twice to one place is one connection for some types
// and two for others.
func TestSameTwice(t *testing.T) {
	eachWire(t, func(b *bed) {
		for _, c := range []struct {
			a, z zmq.Type
			want int
		}{{zmq.Pub, zmq.Sub, 1}, {zmq.Rep, zmq.Req, 1}, {zmq.Router, zmq.Dealer, 1}, {zmq.Pull, zmq.Push, 2}, {zmq.Push, zmq.Pull, 2}} {
			_, addr := b.bound(c.a)
			z := b.socket(c.z)
			b.ok(z.Connect(addr))
			b.ok(z.Connect(addr))
			b.ok(z.WaitConnected(b.ctx, c.want))
			if _, list := z.Endpoints(); len(list) != c.want {
				b.Errorf("%s is connected to %v, want %d", c.z, list, c.want)
			}
		}
	})
}
