//go:build unix

package interop

import (
	"context"
	"fmt"
	"sync"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// TestTwoServers has a REQ ask two REPs in turn.
func TestTwoServers(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		req, rep := one.socket(t, zmq.Req), [2]sock{two.socket(t, zmq.Rep), two.socket(t, zmq.Rep)}
		for _, r := range rep {
			join(t, req, r, "tcp", true)
		}
		for i := range 10 {
			text := fmt.Sprint("request ", i)
			pass(t, req, rep[i%2], text)
			pass(t, rep[i%2], req, "reply to "+text)
		}
	})
}

// TestTwoWorkers has a PUSH and a DEALER send to two peers in turn.
func TestTwoWorkers(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		for _, types := range [][2]zmq.Type{{zmq.Push, zmq.Pull}, {zmq.Dealer, zmq.Dealer}} {
			a, b := one.socket(t, types[0]), [2]sock{two.socket(t, types[1]), two.socket(t, types[1])}
			for _, w := range b {
				join(t, a, w, "ipc", true)
			}
			for i := range 20 {
				pass(t, a, b[i%2], fmt.Sprint(i))
			}
		}
	})
}

// TestFairIn has two peers send at once: nothing is lost, each in its order.
func TestFairIn(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		pull := one.socket(t, zmq.Pull)
		ep := bound(t, pull, "tcp")
		const n = 300
		for i := range 2 {
			push := two.socket(t, zmq.Push)
			must(t, push.connect(ep))
			if got := push.number(i*1000, n, longMs); got != n {
				t.Fatal(got)
			}
		}
		next := [2]int{0, 1000}
		for range 2 * n {
			m, f := pull.recv(longMs)
			must(t, f)
			var k int
			fmt.Sscan(m[0], &k)
			if next[k/1000] != k {
				t.Fatalf("received %d, expected one of %v", k, next)
			}
			next[k/1000]++
		}
	})
}

// TestStates checks that the turns of REQ and REP are kept, over a connection.
func TestStates(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		req, rep := one.socket(t, zmq.Req), two.socket(t, zmq.Rep)
		join(t, req, rep, "tcp", true)
		state := func(f string) {
			t.Helper()
			if f != "EFSM" {
				t.Fatalf("out of turn: %q", f)
			}
		}
		recv := func(s sock) string {
			_, f := s.recv(0)
			return f
		}
		for range 2 {
			state(recv(req))
			state(rep.send(0, "x"))
			must(t, req.send(longMs, "q"))
			state(req.send(0, "x"))
			expect(t, rep, "q")
			state(recv(rep))
			must(t, rep.send(longMs, "r"))
			state(rep.send(0, "x"))
			expect(t, req, "r")
		}
	})
}

// TestRelaxed has a REQ ask again before the reply, with numbered requests: it
// takes the right reply.
func TestRelaxed(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		req, router := one.socket(t, zmq.Req), two.socket(t, zmq.Router)
		must(t, req.num("REQ_RELAXED", 1), req.num("REQ_CORRELATE", 1))
		join(t, req, router, "tcp", true)
		var asked [3][]string
		for i := range asked {
			must(t, req.send(longMs, fmt.Sprint("q", i)))
			m, f := router.recv(longMs)
			must(t, f)
			if len(m) != 4 || len(m[1]) != 4 || m[2] != "" || m[3] != fmt.Sprint("q", i) {
				t.Fatalf("a numbered request arrived as %s", show(m))
			}
			asked[i] = m
		}
		if asked[0][1] == asked[1][1] {
			t.Fatal("two requests have one number")
		}
		for i := range asked {
			reply := append([]string{}, asked[i]...)
			reply[3] = fmt.Sprint("r", i)
			must(t, router.send(longMs, reply...))
		}
		expect(t, req, "r2")
		// Relaxed alone has no numbers.
		plain := one.socket(t, zmq.Req)
		must(t, plain.num("REQ_RELAXED", 1))
		join(t, plain, router, "tcp", true)
		must(t, plain.send(longMs, "one"), plain.send(longMs, "two"))
		for _, q := range []string{"one", "two"} {
			m, f := router.recv(longMs)
			must(t, f)
			if len(m) != 3 || m[2] != q {
				t.Fatalf("received %s", show(m))
			}
		}
	})
}

// TestRequests has many goroutines ask a libzmq REP and a libzmq ROUTER that
// answers out of order.
func TestRequests(t *testing.T) {
	lib, we := startLib(t), newOurs(t)
	req := we.socket(t, zmq.Req).(*ourSock)
	router := lib.socket(t, zmq.Router)
	join(t, req, router, "tcp", true)
	const n = 20
	var wg sync.WaitGroup
	ctx, cancel := context.WithTimeout(context.Background(), long)
	defer cancel()
	for i := range n {
		wg.Go(func() { // owned by the test, which waits below
			m, err := req.Request(ctx, fmt.Append(nil, i))
			if err != nil || string(m.Bytes()) != fmt.Sprint("reply ", i) {
				t.Errorf("request %d: %q, %v", i, m, err)
			}
		})
	}
	var got [][]string
	for range n {
		m, f := router.recv(longMs)
		must(t, f)
		got = append(got, m)
	}
	for i := n - 1; i >= 0; i-- {
		m := got[i]
		m[len(m)-1] = "reply " + m[len(m)-1]
		must(t, router.send(longMs, m...))
	}
	wg.Wait()
}

// TestRouterIDs checks names, unknown names, and names that are taken.
func TestRouterIDs(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		router := one.socket(t, zmq.Router)
		must(t, router.num("ROUTER_MANDATORY", 1))
		ep := bound(t, router, "tcp")
		var bob sock
		for _, id := range []string{"a", blob(255), "bob"} {
			d := two.socket(t, zmq.Dealer)
			must(t, d.text("ROUTING_ID", id), d.connect(ep), d.send(longMs, "hello"))
			expect(t, router, id, "hello")
			must(t, router.send(longMs, id, "you are ", id))
			expect(t, d, "you are ", id)
			bob = d
		}
		if f := router.send(0, "nobody", "x"); f != "EHOSTUNREACH" {
			t.Fatalf("to an unknown id: %q", f)
		}
		must(t, router.num("ROUTER_MANDATORY", 0))
		must(t, router.send(0, "nobody", "x"))

		// A name that is taken: the newcomer is not heard, and the old one is.
		late, carol := two.socket(t, zmq.Dealer), two.socket(t, zmq.Dealer)
		must(t, late.text("ROUTING_ID", "bob"), late.connect(ep), late.send(longMs, "I am bob too"))
		must(t, carol.text("ROUTING_ID", "carol"), carol.connect(ep), carol.send(longMs, "I am not"))
		expect(t, router, "carol", "I am not")
		must(t, router.send(longMs, "bob", "still"))
		expect(t, bob, "still")
		must(t, carol.send(longMs, "on"))
		expect(t, router, "carol", "on")
	})
}

// TestHandover has newcomers take over a name. Those that had it stay connected
// (fault B21), and so do not come back for it.
func TestHandover(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		router := one.socket(t, zmq.Router)
		must(t, router.num("ROUTER_HANDOVER", 1))
		ep := bound(t, router, "tcp")
		for i := range 3 {
			d := two.socket(t, zmq.Dealer)
			text := fmt.Sprint("I am bob ", i)
			must(t, d.text("ROUTING_ID", "bob"), d.connect(ep), d.send(longMs, text))
			expect(t, router, "bob", text)
			must(t, router.send(longMs, "bob", "so you are"))
			expect(t, d, "so you are")
		}
	})
}

// TestProbe checks PROBE_ROUTER and CONNECT_ROUTING_ID.
func TestProbe(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		for _, typ := range []zmq.Type{zmq.Dealer, zmq.Router} {
			prober, router := one.socket(t, typ), two.socket(t, zmq.Router)
			must(t, prober.num("PROBE_ROUTER", 1), prober.text("ROUTING_ID", "prober"))
			join(t, prober, router, "tcp", true)
			expect(t, router, "prober", "")
			must(t, router.send(longMs, "prober", "found"))
			m, f := prober.recv(longMs)
			must(t, f)
			if m[len(m)-1] != "found" {
				t.Fatalf("received %s", show(m))
			}
		}
		a, b := one.socket(t, zmq.Router), two.socket(t, zmq.Router)
		must(t, a.text("CONNECT_ROUTING_ID", "named"), a.num("ROUTER_MANDATORY", 1), b.text("ROUTING_ID", "own name"))
		must(t, a.connect(bound(t, b, "tcp")), a.send(0, "named", "at once"))
		m, f := b.recv(longMs)
		must(t, f)
		if m[1] != "at once" {
			t.Fatalf("received %s", show(m))
		}
		must(t, b.send(longMs, m[0], "back"))
		expect(t, a, "named", "back")
	})
}

// TestLongEnvelope goes through two hops of ROUTER and DEALER by hand.
func TestLongEnvelope(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		req, rep := one.socket(t, zmq.Req), two.socket(t, zmq.Rep)
		r1, d1 := two.socket(t, zmq.Router), two.socket(t, zmq.Dealer)
		r2, d2 := one.socket(t, zmq.Router), one.socket(t, zmq.Dealer)
		join(t, req, r1, "tcp", true)
		join(t, d1, r2, "ipc", true)
		join(t, d2, rep, "tcp", true)
		hop := func(from, to sock) {
			t.Helper()
			m, f := from.recv(longMs)
			must(t, f, to.send(longMs, m...))
		}
		for i := range 5 {
			q := []string{fmt.Sprint(i), "", blob(300)}
			must(t, req.send(longMs, q...))
			hop(r1, d1)
			hop(r2, d2)
			expect(t, rep, q...)
			must(t, rep.send(longMs, q...))
			hop(d2, r2)
			hop(d1, r1)
			expect(t, req, q...)
		}
	})
}

// TestPairExclusive checks that a second PAIR peer gets nowhere.
func TestPairExclusive(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		a, b := one.socket(t, zmq.Pair), two.socket(t, zmq.Pair)
		ep := bound(t, a, "tcp")
		must(t, b.connect(ep))
		pass(t, b, a, "first")
		late := two.socket(t, zmq.Pair)
		must(t, late.connect(ep))
		late.send(0, "second")
		pass(t, b, a, "first again")
		pass(t, a, b, "only you")
	})
}

// Fault B3: what libzmq's sockets send that have to wait at ours is there when the
// place is free. (At libzmq it would be lost.)
func TestDoor(t *testing.T) {
	needLib(t)
	for _, k := range []struct{ at, from zmq.Type }{{zmq.Pair, zmq.Pair}, {zmq.Router, zmq.Dealer}} {
		one, two := newOurs(t), startLib(t)
		a := one.socket(t, k.at)
		ep := bound(t, a, "tcp")
		var first sock
		for i := range 3 {
			s := two.socket(t, k.from)
			must(t, s.text("ROUTING_ID", "id"), s.connect(ep))
			for n := range 10 {
				must(t, s.send(longMs, fmt.Sprint(i, " ", n)))
			}
			if i > 0 {
				first.close() // and the place is free for the next
			}
			for n := range 10 {
				m, f := a.recv(longMs)
				must(t, f)
				if m[len(m)-1] != fmt.Sprint(i, " ", n) {
					t.Fatalf("%s received %s", k.at, show(m))
				}
			}
			first = s
		}
	}
}
