//go:build unix

package interop

import (
	"fmt"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// A starter starts the process that a test kills.
type starter struct {
	name  string
	start func(*testing.T) *proc
}

var (
	libProc = starter{"libzmq", startLib}
	ourProc = starter{"zeroth", startOurs}
)

// restarts runs f with either library's process killed and the other's alive.
func restarts(t *testing.T, f func(t *testing.T, stays side, dies starter)) {
	t.Helper()
	needLib(t)
	t.Run("libzmq dies", func(t *testing.T) {
		t.Parallel()
		f(t, newOurs(t), libProc)
	})
	t.Run("zeroth dies", func(t *testing.T) {
		t.Parallel()
		f(t, startLib(t), ourProc)
	})
}

// lossWatch reports when a socket of either library has lost its connection.
func lossWatch(t *testing.T, s sock) (lost func()) {
	t.Helper()
	if p, ok := s.(*procSock); ok {
		p.monitor()
		return func() { p.event(evDisconnected) }
	}
	events := watch(s)
	return func() {
		t.Helper()
		await(t, events, zmq.EventDisconnected)
	}
}

// numbers receives the numbers from..to-1, in order and each once.
func numbers(t *testing.T, s sock, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		expect(t, s, fmt.Sprint(i))
	}
}

// TestReceiverRestarts kills the bound receiver and starts it anew. What is
// sent after the loss is noticed waits and arrives, in order, once.
func TestReceiverRestarts(t *testing.T) {
	restarts(t, func(t *testing.T, stays side, dies starter) {
		for _, types := range [][2]zmq.Type{{zmq.Push, zmq.Pull}, {zmq.Dealer, zmq.Dealer}, {zmq.Pair, zmq.Pair}} {
			ep := freePort(t)
			from := stays.socket(t, types[0])
			from.num("RECONNECT_IVL", 10)
			lost := lossWatch(t, from)
			must(t, from.connect(ep))
			at := 0
			for range 3 {
				p := dies.start(t)
				to := p.socket(t, types[1])
				must(t, to.bind(ep))
				numbers(t, to, at-at%100, at) // queued while there was nobody
				if n := from.number(at, 50, longMs); n != 50 {
					t.Fatal(n)
				}
				numbers(t, to, at, at+50)
				p.kill()
				lost()
				at = at - at%100 + 100
				if n := from.number(at, 50, longMs); n != 50 {
					t.Fatal(n)
				}
				at += 50
			}
			from.num("LINGER", 0)
			from.close()
		}
	})
}

// TestSenderRestarts kills the connecting sender: its successor is received
// from, and what the first had sent is not lost.
func TestSenderRestarts(t *testing.T) {
	restarts(t, func(t *testing.T, stays side, dies starter) {
		pull := stays.socket(t, zmq.Pull)
		ep := bound(t, pull, "tcp")
		for i := range 3 {
			p := dies.start(t)
			push := p.socket(t, zmq.Push)
			must(t, push.connect(ep))
			push.number(100*i, 60, longMs)
			numbers(t, pull, 100*i, 100*i+60)
			p.kill()
		}
	})
}

// TestSubscriberSurvives kills the publisher: its successor is told every topic
// again.
func TestSubscriberSurvives(t *testing.T) {
	restarts(t, func(t *testing.T, stays side, dies starter) {
		ep := freePort(t)
		sub := stays.socket(t, zmq.Sub)
		sub.num("RECONNECT_IVL", 10)
		lost := lossWatch(t, sub)
		must(t, sub.text("SUBSCRIBE", "a"), sub.text("SUBSCRIBE", "b"), sub.text("SUBSCRIBE", "gone"), sub.connect(ep))
		for i := range 3 {
			p := dies.start(t)
			pub := p.socket(t, zmq.XPub)
			must(t, pub.bind(ep))
			want := []string{"\x01a", "\x01b"}
			if i == 0 {
				want = append(want, "\x01gone")
			}
			if i == 2 {
				want = append(want, "\x01late")
			}
			wantSorted(t, heard(t, pub, sub, len(want)), want...)
			for _, topic := range []string{"c", "gone!", "a", "b"} {
				must(t, pub.send(longMs, topic, fmt.Sprint(i)))
			}
			if i == 0 {
				expect(t, sub, "gone!", "0")
				must(t, sub.text("UNSUBSCRIBE", "gone"))
			}
			expect(t, sub, "a", fmt.Sprint(i))
			expect(t, sub, "b", fmt.Sprint(i))
			p.kill()
			lost()
			if i == 1 {
				must(t, sub.text("SUBSCRIBE", "late")) // while there is nobody
			}
		}
	})
}

// TestSubscriberDies kills a subscriber: the publisher hears that nobody wants
// its topics any more.
func TestSubscriberDies(t *testing.T) {
	restarts(t, func(t *testing.T, stays side, dies starter) {
		pub := stays.socket(t, zmq.XPub)
		ep := bound(t, pub, "tcp")
		for range 2 {
			p := dies.start(t)
			sub := p.socket(t, zmq.Sub)
			must(t, sub.text("SUBSCRIBE", "a"), sub.text("SUBSCRIBE", "b"), sub.connect(ep))
			wantSorted(t, heard(t, pub, sub, 2), "\x01a", "\x01b")
			pass(t, pub, sub, "a")
			p.kill()
			wantSorted(t, heard(t, pub, nil, 2), "\x00a", "\x00b")
		}
	})
}

// TestDealerRestarts kills a named DEALER: the ROUTER reaches its successor
// under the same name.
func TestDealerRestarts(t *testing.T) {
	restarts(t, func(t *testing.T, stays side, dies starter) {
		router := stays.socket(t, zmq.Router)
		must(t, router.num("ROUTER_MANDATORY", 1))
		lost := lossWatch(t, router)
		ep := bound(t, router, "tcp")
		for i := range 3 {
			p := dies.start(t)
			d := p.socket(t, zmq.Dealer)
			must(t, d.text("ROUTING_ID", "d"), d.connect(ep), d.send(longMs, fmt.Sprint(i)))
			expect(t, router, "d", fmt.Sprint(i))
			must(t, router.send(longMs, "d", "yes"))
			expect(t, d, "yes")
			p.kill()
			lost()
			eventually(t, "the name to go", func() bool {
				router.drain(0) // libzmq frees it within a later call
				return router.send(0, "d", "are you there?") == "EHOSTUNREACH"
			})
		}
	})
}

// TestServerRestarts kills a REP between two requests.
func TestServerRestarts(t *testing.T) {
	restarts(t, func(t *testing.T, stays side, dies starter) {
		ep := freePort(t)
		req := stays.socket(t, zmq.Req)
		req.num("RECONNECT_IVL", 10)
		must(t, req.num("REQ_RELAXED", 1), req.num("REQ_CORRELATE", 1))
		lost := lossWatch(t, req)
		must(t, req.connect(ep))
		for range 3 {
			p := dies.start(t)
			rep := p.socket(t, zmq.Rep)
			must(t, rep.bind(ep))
			must(t, req.send(longMs, "q"))
			expect(t, rep, "q")
			must(t, rep.send(longMs, "r"))
			expect(t, req, "r")
			// The one that dies with a request in hand answers no more; the
			// next request reaches its successor.
			must(t, req.send(longMs, "lost"))
			expect(t, rep, "lost")
			p.kill()
			lost()
		}
	})
}

// TestPausedPeer suspends a receiver for a while: it misses nothing, and receives
// nothing twice.
func TestPausedPeer(t *testing.T) {
	restarts(t, func(t *testing.T, stays side, dies starter) {
		p := dies.start(t)
		push, pull := stays.socket(t, zmq.Push), p.socket(t, zmq.Pull)
		join(t, push, pull, "tcp", true)
		pass(t, push, pull, "ready")
		p.pause()
		if n := push.number(0, 500, longMs); n != 500 {
			t.Fatal(n)
		}
		p.resume()
		numbers(t, pull, 0, 500)
	})
}
