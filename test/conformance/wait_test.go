package conformance

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// TestTimeouts: each kind of waiting ends in its own way.
func TestTimeouts(t *testing.T) {
	each(t, func(b *bed) {
		pull, _ := b.bound(zmq.Pull, zmq.RecvTimeout.Of(time.Millisecond))
		_, err := pull.Recv(b.ctx)
		b.is(err, zmq.ErrAgain)
		b.is(err, os.ErrDeadlineExceeded)
		var e *zmq.Error
		if !errors.As(err, &e) || !e.Timeout() || e.Op != "recv" {
			b.Errorf("the error is %#v", err)
		}
		push, _ := b.bound(zmq.Push, zmq.SendTimeout.Of(time.Millisecond))
		b.is(push.Send(b.ctx, []byte("x")), zmq.ErrAgain)

		// 0 is not to wait at all, changed on a live socket too.
		b.ok(pull.Set(zmq.RecvTimeout.Of(0)))
		_, err = pull.Recv(b.ctx)
		b.is(err, zmq.ErrAgain)
		b.ok(push.Set(zmq.SendTimeout.Of(0)))
		b.is(push.Send(b.ctx, []byte("x")), zmq.ErrAgain)

		// Without end only the context ends it.
		b.ok(pull.Set(zmq.RecvTimeout.Of(-1)))
		b.ok(push.Set(zmq.SendTimeout.Of(-1)))
		_, err = pull.Recv(b.quiet())
		b.is(err, context.DeadlineExceeded)
		b.is(push.Send(b.quiet(), []byte("x")), context.DeadlineExceeded)
	})
}

func TestContext(t *testing.T) {
	each(t, func(b *bed) {
		pull, _ := b.bound(zmq.Pull)
		push, _ := b.bound(zmq.Push)
		cause := errors.New("had enough")
		ctx, cancel := context.WithCancelCause(b.ctx)
		errs := make(chan error, 2)
		b.spawn(func() { _, err := pull.Recv(ctx); errs <- err })
		b.spawn(func() { errs <- push.Send(ctx, []byte("x")) })
		cancel(cause)
		for range cap(errs) {
			err := <-errs
			b.is(err, context.Canceled)
		}
		// A context that is over is not begun with, even if there is work.
		_, err := pull.Recv(ctx)
		b.is(err, context.Canceled)
		b.is(push.Send(ctx, []byte("x")), context.Canceled)
		b.is(pull.WaitConnected(ctx, 1), context.Canceled)

		// Nothing was lost or sent by what was cancelled.
		d := b.connected(zmq.Push, b.bind(pull))
		b.send(d, "still works")
		b.want(pull, "still works")
	})
}

// TestCancelLosesNothing: a Recv that is cancelled takes no message with it.
func TestCancelLosesNothing(t *testing.T) {
	each(t, func(b *bed) {
		push, pull := b.pair(zmq.Push, zmq.Pull)
		const n = 500
		b.spawn(func() {
			for i := range n {
				if err := push.Send(b.ctx, []byte(fmt.Sprint(i))); err != nil {
					b.Error(err)
				}
			}
		})
		for i := 0; i < n; {
			ctx, cancel := context.WithCancel(b.ctx)
			b.spawn(cancel)
			m, err := pull.Recv(ctx)
			cancel()
			if err != nil {
				b.is(err, context.Canceled)
				continue
			}
			if string(m.Bytes()) != fmt.Sprint(i) {
				b.Fatalf("received %s as number %d", m, i)
			}
			i++
		}
	})
}

func TestTry(t *testing.T) {
	each(t, func(b *bed) {
		push, addr := b.bound(zmq.Push)
		ok, err := push.TrySend([]byte("x"))
		if ok || err != nil {
			b.Errorf("sent to nobody: %t, %v", ok, err)
		}
		pull := b.connected(zmq.Pull, addr)
		b.silent(pull)
		b.await("there is room", func() bool {
			ok, err := push.TrySend([]byte("y"))
			b.ok(err)
			return ok
		})
		b.await("it is there", func() bool {
			m, ok, err := pull.TryRecv()
			b.ok(err)
			if ok && string(m.Bytes()) != "y" {
				b.Errorf("received %q", m)
			}
			return ok
		})
		b.silent(pull)
		b.ok(push.Close())
		_, err = push.TrySend([]byte("z"))
		b.is(err, zmq.ErrClosed)
	})
}

// TestMessages: the loop ends with the context, and with the socket.
func TestMessages(t *testing.T) {
	each(t, func(b *bed) {
		push, pull := b.pair(zmq.Push, zmq.Pull)
		for i := range 10 {
			b.send(push, fmt.Sprint(i))
		}
		n := 0
		for m, err := range pull.Messages(b.ctx) {
			b.ok(err)
			if string(m.Bytes()) != fmt.Sprint(n) {
				b.Fatalf("received %s as number %d", m, n)
			}
			if n++; n == 5 {
				break
			}
		}
		b.want(pull, "5")
		for range 4 {
			b.recv(pull)
		}
		var last error
		for m, err := range pull.Messages(b.quiet()) {
			last = err
			if m.Len() != 0 {
				b.Errorf("received %q", text(m))
			}
		}
		b.is(last, context.DeadlineExceeded)
		b.spawn(func() { pull.Close() })
		for _, err := range pull.Messages(b.ctx) {
			last = err
		}
		b.is(last, zmq.ErrClosed)
	})
}

// TestManySenders: every message of many goroutines arrives once, in the order
// of its sender, whole.
func TestManySenders(t *testing.T) {
	each(t, func(b *bed) {
		for _, hwm := range []int{1, 1000, 0} {
			push, pull := b.pair(zmq.Push, zmq.Pull, zmq.SendHWM.Of(hwm), zmq.RecvHWM.Of(hwm))
			const senders, each, receivers = 20, 100, 4
			var wg sync.WaitGroup
			for i := range senders {
				wg.Go(func() { // owned by the test
					for j := range each {
						if err := push.Send(b.ctx, []byte{byte(i)}, []byte{byte(i), byte(j)}); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			got := make(chan zmq.Message, senders*each)
			for range receivers {
				wg.Go(func() {
					for range senders * each / receivers {
						m, err := pull.Recv(b.ctx)
						if err != nil {
							b.Error(err)
							return
						}
						got <- m
					}
				})
			}
			wg.Wait()
			close(got)
			seen := map[[2]byte]bool{}
			for m := range got {
				key := [2]byte(m.Last())
				if m.Len() != 2 || m.Frame(0)[0] != key[0] || seen[key] {
					b.Fatalf("received %v, twice: %t", text(m), seen[key])
				}
				seen[key] = true
			}
			if len(seen) != senders*each {
				b.Errorf("%d messages of %d", len(seen), senders*each)
			}
		}
	})
}

// TestEverythingAtOnce calls all methods of one socket from many goroutines,
// Close among them.
func TestEverythingAtOnce(t *testing.T) {
	each(t, func(b *bed) {
		for _, k := range []zmq.Type{zmq.Pair, zmq.Dealer, zmq.Router, zmq.XPub, zmq.Sub, zmq.Req, zmq.Rep} {
			peers := map[zmq.Type]zmq.Type{zmq.XPub: zmq.Sub, zmq.Sub: zmq.Pub, zmq.Req: zmq.Rep, zmq.Rep: zmq.Req, zmq.Router: zmq.Dealer}
			z, ok := peers[k]
			if !ok {
				z = k
			}
			s, addr := b.bound(k, zmq.Linger.Of(0))
			p := b.connected(z, addr, zmq.Linger.Of(0))
			var wg sync.WaitGroup
			for _, f := range []func(i int){
				func(int) { s.TrySend([]byte("x"), []byte("y")) },
				func(int) { s.TryRecv() },
				func(int) { p.TrySend([]byte("x"), []byte("y")) },
				func(int) { p.TryRecv() },
				func(int) { s.Stats() },
				func(int) {
					for range s.Peers() {
						break
					}
				},
				func(i int) { s.Set(zmq.SendHWM.Of(i), zmq.RecvHWM.Of(i)) },
				func(int) { zmq.Get(s, zmq.RecvHWM) },
				func(i int) { s.Subscribe(fmt.Sprint(i)); s.Unsubscribe(fmt.Sprint(i)) },
				func(int) { s.Endpoints() },
				func(int) {
					if a, err := s.Bind(b.wild()); err == nil {
						s.Unbind(a)
					}
				},
				func(i int) {
					if i%10 == 0 && p.Connect(addr) == nil {
						p.Disconnect(addr)
					}
				},
			} {
				wg.Go(func() { // owned by the test
					for i := range 50 {
						f(i)
					}
				})
			}
			wg.Go(func() {
				b.await("some of it has happened", func() bool { return s.Stats().Peers >= 0 })
				s.Close()
			})
			wg.Wait()
			_, _, err := s.TryRecv()
			b.is(err, zmq.ErrClosed)
			p.Close()
		}
	})
}

// TestErrors: what the edge refuses, and how it says so.
func TestErrors(t *testing.T) {
	b := lay(t, "tcp")
	s := b.socket(zmq.Push)
	for _, c := range []struct {
		endpoint   string
		bind, conn error
	}{
		{"", zmq.ErrInvalid, zmq.ErrInvalid},
		{"tcp", zmq.ErrInvalid, zmq.ErrInvalid},
		{"tcp://", zmq.ErrInvalid, zmq.ErrInvalid},
		{"://x", zmq.ErrInvalid, zmq.ErrInvalid},
		{"TCP://127.0.0.1:*", zmq.ErrNoTransport, zmq.ErrNoTransport},
		{"carrier-pigeon://x", zmq.ErrNoTransport, zmq.ErrNoTransport},
		{"tcp://127.0.0.1", zmq.ErrInvalid, zmq.ErrInvalid},
		{"tcp://127.0.0.1:port", zmq.ErrInvalid, zmq.ErrInvalid},
		{"inproc://", zmq.ErrInvalid, zmq.ErrInvalid},
		{"ipc:///no/such/directory/x", os.ErrNotExist, nil},
	} {
		_, err := s.Bind(c.endpoint)
		if !errors.Is(err, c.bind) {
			t.Errorf("bind %q: %v, want %v", c.endpoint, err, c.bind)
		}
		if err := s.Connect(c.endpoint); !errors.Is(err, c.conn) {
			t.Errorf("connect %q: %v, want %v", c.endpoint, err, c.conn)
		}
	}
	addr := b.bind(s)
	_, err := b.socket(zmq.Push).Bind(addr)
	b.is(err, zmq.ErrAddressInUse)
	var e *zmq.Error
	if !errors.As(err, &e) || e.Op != "bind" || e.Endpoint != addr || e.Type != zmq.Push {
		t.Errorf("the error is %#v", err)
	}
	b.is(s.Unbind("tcp://127.0.0.1:1"), zmq.ErrNoEndpoint)
	b.is(s.Disconnect("inproc://nobody"), os.ErrNotExist)
	_, err = b.own.New(zmq.Type(99))
	b.is(err, zmq.ErrInvalid)
	_, err = b.own.New(zmq.Push, zmq.SendHWM.Of(-1))
	b.is(err, zmq.ErrInvalid)
	b.is(s.Set(zmq.Opt[int]("NO_SUCH").Of(1)), zmq.ErrInvalid)
	b.ok(s.Close())
	b.is(s.Connect(addr), net.ErrClosed)
	_, err = s.Bind(addr)
	b.is(err, zmq.ErrClosed)
	b.is(s.Set(zmq.SendHWM.Of(1)), zmq.ErrClosed)
	b.is(s.WaitConnected(b.ctx, 1), zmq.ErrClosed)
}
