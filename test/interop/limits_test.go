//go:build unix

package interop

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// Numbers of libzmq's monitor events.
const (
	evDisconnected = 0x0200
	evSucceeded    = 0x1000
)

// watch collects the events of one of our sockets. Closing the socket ends it.
func watch(s sock) <-chan zmq.Event {
	events := make(chan zmq.Event, 1000)
	seq := s.(*ourSock).Monitor().Events(context.Background())
	// Ends when the socket closes, which its maker waits for.
	go func() {
		defer close(events)
		for ev := range seq {
			events <- ev
		}
	}()
	return events
}

func await(t *testing.T, events <-chan zmq.Event, kinds ...zmq.EventKind) zmq.Event {
	t.Helper()
	end := time.After(long)
	for {
		select {
		case ev := <-events:
			if slices.Contains(kinds, ev.Kind) {
				return ev
			}
		case <-end:
			t.Fatalf("waited in vain for %v", kinds)
		}
	}
}

// TestMetadata checks what each side is told of the other.
func TestMetadata(t *testing.T) {
	lib, we := startLib(t), newOurs(t)
	for _, scheme := range []string{"tcp", "ipc"} {
		for _, typ := range []zmq.Type{zmq.Dealer, zmq.Req, zmq.Router} {
			t.Run(fmt.Sprint(scheme, " ", typ), func(t *testing.T) {
				a := we.socket(t, typ).(*ourSock)
				b := lib.socket(t, zmq.Router).(*procSock)
				must(t, a.text("ROUTING_ID", "our id"), b.text("ROUTING_ID", "their id"))
				must(t, a.text("METADATA", "X-colour:red"), b.text("METADATA", "X-shape:round"))
				must(t, a.num("PROBE_ROUTER", 1))
				join(t, a, b, scheme, true)
				if _, f := b.recv(longMs); f != "" {
					t.Fatal(f)
				}
				address := "127.0.0.1"
				if scheme == "ipc" {
					address = fmt.Sprintf("localhost:%d:%d:%d", os.Getuid(), os.Getgid(), os.Getpid())
				}
				for name, want := range map[string]string{
					"Socket-Type": typ.String(), "Identity": "our id", "X-colour": "red", "Peer-Address": address,
				} {
					if got, f := b.gets(name); f != "" || got != want {
						t.Errorf("libzmq sees %s %q %s, want %q", name, got, f, want)
					}
				}
				if _, f := b.gets("X-missing"); f != "EINVAL" {
					t.Errorf("libzmq sees a property that was not sent: %q", f)
				}
				must(t, b.send(longMs, "our id", "", "hello"))
				if typ == zmq.Req {
					return // it did not ask
				}
				m, f := a.message(longMs)
				must(t, f)
				p := m.Peer()
				for name, want := range map[string]string{
					"Socket-Type": "ROUTER", "Identity": "their id", "X-shape": "round",
				} {
					if got, ok := p.Property(name); !ok || got != want {
						t.Errorf("we see %s %q, want %q", name, got, want)
					}
				}
				if p.SocketType != "ROUTER" || string(p.RoutingID) != "their id" || p.Version != "3.1" || p.Mechanism != "NULL" {
					t.Errorf("the peer is %+v", p)
				}
			})
		}
	}
}

// TestRefused has types meet that do not go together, and mechanisms.
func TestRefused(t *testing.T) {
	lib, we := startLib(t), newOurs(t)
	for _, c := range [][2]zmq.Type{
		{zmq.Push, zmq.Push}, {zmq.Pull, zmq.Sub}, {zmq.Req, zmq.Dealer}, {zmq.Pub, zmq.Pull},
		{zmq.Pair, zmq.Dealer}, {zmq.Rep, zmq.Router}, {zmq.Sub, zmq.XSub}, {zmq.XPub, zmq.Router},
	} {
		t.Run(fmt.Sprintf("%v-%v", c[0], c[1]), func(t *testing.T) {
			a, b := we.socket(t, c[0]), lib.socket(t, c[1]).(*procSock)
			events := watch(a)
			b.monitor()
			join(t, b, a, "tcp", true)
			b.event(evDisconnected)
			// Whoever looks first hangs up; the other may see only that.
			ev := await(t, events, zmq.EventProtocolError, zmq.EventHandshakeFailed)
			if fault(ev.Err) == "" {
				t.Fatal("no cause")
			}
			a.close()
			b.close()
		})
	}
	t.Run("mechanism", func(t *testing.T) {
		a, b := we.socket(t, zmq.Pull), lib.socket(t, zmq.Push).(*procSock)
		events := watch(a)
		must(t, b.text("PLAIN_USERNAME", "u"), b.text("PLAIN_PASSWORD", "p"))
		b.monitor()
		join(t, b, a, "tcp", true)
		await(t, events, zmq.EventProtocolError, zmq.EventHandshakeFailed)
		b.event(evDisconnected)
		// Those that do go together are not held up.
		sound := lib.socket(t, zmq.Push)
		must(t, sound.connect(a.endpoint()))
		pass(t, sound, a, "sound")
		a.close()
		b.close()
	})
}

// TestMaxMsgSize has one side send more than the other accepts.
func TestMaxMsgSize(t *testing.T) {
	lib, we := startLib(t), newOurs(t)
	t.Run("ours", func(t *testing.T) {
		a, b := we.socket(t, zmq.Pull), lib.socket(t, zmq.Push)
		must(t, a.num("MAXMSGSIZE", 1000))
		events := watch(a)
		join(t, b, a, "tcp", true)
		pass(t, b, a, blob(1000), blob(1000))
		must(t, b.send(longMs, blob(1001)))
		await(t, events, zmq.EventDisconnected)
		// It connects again and goes on.
		eventually(t, "the next message", func() bool {
			b.send(0, "next")
			_, f := a.recv(20)
			return f == ""
		})
		a.close()
	})
	t.Run("libzmq's", func(t *testing.T) {
		a, b := we.socket(t, zmq.Push), lib.socket(t, zmq.Pull)
		must(t, b.num("MAXMSGSIZE", 1000))
		events := watch(a)
		join(t, a, b, "tcp", true)
		pass(t, a, b, blob(1000), blob(1000))
		must(t, a.send(longMs, blob(1001)))
		await(t, events, zmq.EventDisconnected)
		eventually(t, "the next message", func() bool {
			a.send(0, "next")
			_, f := b.recv(20)
			return f == ""
		})
		a.close()
	})
}

// TestHWM fills the way to a peer that does not receive: the sender is told,
// and all it was allowed to send arrives.
func TestHWM(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		push, pull := one.socket(t, zmq.Push), two.socket(t, zmq.Pull)
		must(t, push.num("SNDHWM", 10), pull.num("RCVHWM", 10))
		must(t, push.num("SNDBUF", 4096), pull.num("RCVBUF", 4096))
		join(t, push, pull, "tcp", true)
		pass(t, push, pull, "ready")
		const body = 50_000
		n := push.flood(1000, 200, blob(body))
		if n == 1000 {
			t.Fatal("nothing held the sender up")
		}
		for range n {
			expect(t, pull, blob(body))
		}
		pass(t, push, pull, "end")
	})
}

// TestSlowSubscriber fills the way to one subscriber; the other misses nothing.
func TestSlowSubscriber(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		pub, slow, quick := one.socket(t, zmq.XPub), two.socket(t, zmq.Sub), two.socket(t, zmq.Sub)
		must(t, pub.num("SNDHWM", 100), pub.num("XPUB_VERBOSE", 1), slow.num("RCVHWM", 2), slow.num("RCVBUF", 4096))
		ep := bound(t, pub, "tcp")
		for _, s := range []sock{slow, quick} {
			must(t, s.text("SUBSCRIBE", ""), s.connect(ep))
			wantHeard(t, pub, s, "\x01")
		}
		const n = 500
		for i := range n {
			pass(t, pub, quick, fmt.Sprint(i), blob(20_000))
		}
		// What the slow one got is a beginning, without a hole until it was full.
		seen := 0
		for {
			m, f := slow.recv(300)
			if f != "" {
				break
			}
			if len(m) != 2 || m[1] != blob(20_000) {
				t.Fatalf("received %s", show(m))
			}
			seen++
		}
		if seen == 0 || seen == n {
			t.Fatalf("the slow one received %d of %d", seen, n)
		}
		pass(t, pub, quick, "end")
	})
}

// TestHeartbeat keeps a quiet connection up, and finds out a peer that is
// suspended.
func TestHeartbeat(t *testing.T) {
	t.Run("ours", func(t *testing.T) {
		t.Parallel()
		lib, we := startLib(t), newOurs(t)
		a, b := we.socket(t, zmq.Dealer), lib.socket(t, zmq.Dealer)
		must(t, a.num("HEARTBEAT_IVL", 50), a.num("HEARTBEAT_TIMEOUT", 1500), a.num("RECONNECT_IVL", 10))
		events := watch(a)
		join(t, a, b, "tcp", true)
		first := await(t, events, zmq.EventHandshakeDone).Peer.Conn
		time.Sleep(300 * time.Millisecond) // quiet, but for the heartbeat
		pass(t, a, b, "one")
		lib.pause()
		ev := await(t, events, zmq.EventDisconnected)
		lib.resume()
		if ev.Peer.Conn != first {
			t.Fatal("the connection did not last while it was quiet")
		}
		await(t, events, zmq.EventHandshakeDone)
		pass(t, a, b, "two")
		pass(t, b, a, "three")
		a.close()
	})
	t.Run("libzmq's", func(t *testing.T) {
		t.Parallel()
		lib, we := startLib(t), startOurs(t)
		a, b := lib.socket(t, zmq.Dealer).(*procSock), we.socket(t, zmq.Dealer)
		must(t, a.num("HEARTBEAT_IVL", 50), a.num("HEARTBEAT_TIMEOUT", 1500), a.num("RECONNECT_IVL", 10))
		a.monitor()
		join(t, a, b, "tcp", true)
		a.event(evSucceeded)
		pass(t, a, b, "one")
		we.pause()
		a.event(evDisconnected)
		we.resume()
		a.event(evSucceeded)
		pass(t, a, b, "two")
		pass(t, b, a, "three")
	})
	t.Run("TTL", func(t *testing.T) {
		t.Parallel()
		// libzmq asks us to give it up; we do when it is suspended.
		lib, we := startLib(t), newOurs(t)
		a, b := lib.socket(t, zmq.Dealer), we.socket(t, zmq.Dealer)
		must(t, a.num("HEARTBEAT_IVL", 50), a.num("HEARTBEAT_TTL", 1500), b.num("HEARTBEAT_IVL", 0))
		events := watch(b)
		join(t, a, b, "tcp", true)
		pass(t, a, b, "one")
		// Only a PING that has come sets the clock: let some more come until
		// one has.
		eventually(t, "the end of the connection", func() bool {
			time.Sleep(100 * time.Millisecond)
			lib.pause()
			defer lib.resume()
			limit := time.After(3 * time.Second)
			for {
				select {
				case ev := <-events:
					if ev.Kind == zmq.EventDisconnected {
						return true
					}
				case <-limit:
					return false
				}
			}
		})
		eventually(t, "the next connection", func() bool {
			a.send(0, "two")
			_, f := b.recv(20)
			return f == ""
		})
		b.close()
	})
}

// TestConflate keeps the newest message only.
func TestConflate(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		push, pull := one.socket(t, zmq.Push), two.socket(t, zmq.Pull)
		must(t, pull.num("CONFLATE", 1))
		join(t, push, pull, "tcp", true)
		for i := range 1000 {
			must(t, push.send(longMs, fmt.Sprint(i)))
		}
		eventually(t, "the newest", func() bool {
			m, _ := pull.recv(20)
			return len(m) == 1 && m[0] == "999"
		})
		if m, f := pull.recv(50); f != "EAGAIN" {
			t.Fatalf("after the newest came %s", show(m))
		}
	})
}

// TestImmediate queues nothing for a peer that is not there.
func TestImmediate(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		push, pull := one.socket(t, zmq.Push), two.socket(t, zmq.Pull)
		ep := freePort(t)
		must(t, push.num("IMMEDIATE", 1), push.num("RECONNECT_IVL", 10), push.connect(ep))
		if f := push.send(50, "x"); f != "EAGAIN" {
			t.Fatalf("sent to nobody: %q", f)
		}
		must(t, pull.bind(ep))
		pass(t, push, pull, "y")
	})
}
