package conformance

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

func TestReqState(t *testing.T) {
	each(t, func(b *bed) {
		rep, req := b.pair(zmq.Rep, zmq.Req)
		_, err := req.Recv(b.ctx)
		b.is(err, zmq.ErrState)
		b.is(rep.Send(b.ctx, []byte("x")), zmq.ErrState)
		for range 3 {
			b.send(req, "q")
			b.is(req.Send(b.ctx, []byte("again")), zmq.ErrState)
			_, err := req.TrySend([]byte("again"))
			b.is(err, zmq.ErrState)
			b.want(rep, "q")
			_, err = rep.Recv(b.ctx)
			b.is(err, zmq.ErrState)
			_, _, err = rep.TryRecv()
			b.is(err, zmq.ErrState)
			b.send(rep, "a")
			b.is(rep.Send(b.ctx, []byte("again")), zmq.ErrState)
			b.want(req, "a")
			_, err = req.Recv(b.ctx)
			b.is(err, zmq.ErrState)
		}
	})
}

// TestReqWaitsForPeer: a request is not lost before there is a peer.
func TestReqWaitsForPeer(t *testing.T) {
	each(t, func(b *bed) {
		req := b.socket(zmq.Req)
		sent, err := req.TrySend([]byte("early"))
		b.ok(err)
		if sent {
			b.Fatal("a request was sent to nobody")
		}
		addr := b.bind(req)
		wait := b.spawn(func() {
			if err := req.Send(b.ctx, []byte("q")); err != nil {
				b.Error(err)
			}
		})
		rep := b.connected(zmq.Rep, addr)
		b.want(rep, "q")
		wait()
		b.send(rep, "a")
		b.want(req, "a")
	})
}

// TestReqIgnoresOthers: what comes from a peer that was not asked, or without
// the envelope, is no reply.
func TestReqIgnoresOthers(t *testing.T) {
	each(t, func(b *bed) {
		req := b.socket(zmq.Req, zmq.RoutingID.Of([]byte("me")))
		first, addr1 := b.bound(zmq.Router)
		other, addr2 := b.bound(zmq.Router)
		b.ok(req.Connect(addr1))
		b.ok(req.WaitConnected(b.ctx, 1))
		b.ok(first.WaitConnected(b.ctx, 1))
		b.send(req, "q")
		b.want(first, "me", "", "q")
		b.ok(req.Connect(addr2))
		b.ok(other.WaitConnected(b.ctx, 1))
		b.send(other, "me", "", "wrong peer")
		b.send(first, "me", "", "right")
		b.want(req, "right")
		// The wrong one, once it is here, goes with the next request and is not
		// taken for its reply.
		b.await("both are here", func() bool { return req.Stats().Received == 2 })
		b.send(req, "q2")
		b.want(first, "me", "", "q2")
		b.send(first, "me", "", "right too")
		b.want(req, "right too")
		b.send(req, "q3")
		b.want(other, "me", "", "q3")
		b.send(other, "me", "", "right as well")
		b.want(req, "right as well")
	})
}

func TestReqRelaxedCorrelate(t *testing.T) {
	each(t, func(b *bed) {
		router, addr := b.bound(zmq.Router)
		req := b.connected(zmq.Req, addr, zmq.ReqRelaxed.Of(true), zmq.ReqCorrelate.Of(true))
		b.send(req, "one")
		one := b.recv(router)
		b.send(req, "two")
		two := b.recv(router)
		if len(one) != 4 || len(one[1]) != 4 || one[1] == two[1] || one[2] != "" || one[3] != "one" || two[3] != "two" {
			b.Fatalf("received %q and %q", one, two)
		}
		b.send(router, one[0], one[1], "", "late")
		b.send(router, two[0], two[1], "", "due")
		b.want(req, "due")
		_, err := req.Recv(b.ctx)
		b.is(err, zmq.ErrState)
	})
}

// TestRepDropsReply: a reply to someone who is gone is dropped, and the next
// request served.
func TestRepDropsReply(t *testing.T) {
	each(t, func(b *bed) {
		rep, addr := b.bound(zmq.Rep)
		gone := b.connected(zmq.Req, addr)
		b.send(gone, "q")
		b.want(rep, "q")
		b.ok(gone.Close())
		b.await("it is gone", func() bool { return rep.Stats().Peers == 0 })
		b.send(rep, "a")
		req := b.connected(zmq.Req, addr)
		b.send(req, "q2")
		b.want(rep, "q2")
		b.send(rep, "a2")
		b.want(req, "a2")
	})
}

// TestRepDropsUnaddressed: a message without an envelope is no request.
func TestRepDropsUnaddressed(t *testing.T) {
	each(t, func(b *bed) {
		rep, dealer := b.pair(zmq.Rep, zmq.Dealer)
		b.send(dealer, "no delimiter")
		b.send(dealer, "x", "y")
		b.send(dealer, "")
		b.send(dealer, "", "good")
		b.want(rep, "good")
		b.send(rep, "a")
		b.want(dealer, "", "a")
	})
}

// TestEnvelopes sends requests through a chain of queue devices.
func TestEnvelopes(t *testing.T) {
	each(t, func(b *bed) {
		for depth := range 5 {
			rep, addr := b.bound(zmq.Rep)
			for range depth {
				front, at := b.bound(zmq.Router)
				back := b.connected(zmq.Dealer, addr)
				b.spawn(func() { zmq.Proxy(b.ctx, front, back, nil) })
				addr = at
			}
			var clients []*zmq.Socket
			for range 3 {
				clients = append(clients, b.connected(zmq.Req, addr))
			}
			b.spawn(func() {
				for m, err := range rep.Messages(b.ctx) {
					if err != nil || rep.Send(b.ctx, append(m.Frames(), []byte("done"))...) != nil {
						return
					}
				}
			})
			for i := range 5 {
				for j, c := range clients {
					b.send(c, fmt.Sprint(i), "", fmt.Sprint(j))
				}
				for j, c := range clients {
					b.want(c, fmt.Sprint(i), "", fmt.Sprint(j), "done")
				}
			}
		}
		b.own.Close()
	})
}

// TestRequests: any number at once, each gets its own reply.
func TestRequests(t *testing.T) {
	each(t, func(b *bed) {
		for _, hwm := range []int{1000, 1, 0} {
			b.Run(fmt.Sprint(hwm), func(t *testing.T) {
				b := lay(t, b.scheme)
				router, addr := b.bound(zmq.Router, zmq.SendHWM.Of(hwm), zmq.RecvHWM.Of(hwm))
				req := b.connected(zmq.Req, addr, zmq.SendHWM.Of(hwm), zmq.RecvHWM.Of(hwm))
				b.spawn(func() { // answers in a mixed order
					var held []zmq.Message
					for m, err := range router.Messages(b.ctx) {
						if err != nil {
							return
						}
						held = append(held, m)
						if len(held) < 2 && string(m.Bytes()) == "" {
							continue
						}
						for len(held) > 0 {
							m := held[len(held)-1]
							held = held[:len(held)-1]
							if router.Send(b.ctx, m.Frames()...) != nil {
								return
							}
						}
					}
				})
				var wg sync.WaitGroup
				for i := range 100 {
					wg.Go(func() { // owned by the test
						for j := range 5 {
							want := fmt.Sprint(i, j)
							m, err := req.Request(b.ctx, []byte(want))
							if err != nil {
								b.Error(err)
								return
							}
							if string(m.Bytes()) != want {
								b.Errorf("asked %s, was told %s", want, m)
							}
						}
					})
				}
				wg.Wait()
				b.own.Close()
			})
		}
	})
}

// TestRequestCancel: a request that was given up leaves nothing behind.
func TestRequestCancel(t *testing.T) {
	each(t, func(b *bed) {
		router, addr := b.bound(zmq.Router)
		req := b.connected(zmq.Req, addr)
		ctx, cancel := context.WithCancel(b.ctx)
		var err error
		wait := b.spawn(func() { _, err = req.Request(ctx, []byte("slow")) })
		late := b.recv(router)
		cancel()
		wait()
		b.is(err, context.Canceled)
		b.send(router, late[0], late[1], "", "late")
		m, err := func() (zmq.Message, error) {
			b.spawn(func() {
				m := b.recv(router)
				b.send(router, m[0], m[1], "", "good")
			})
			return req.Request(b.ctx, []byte("next"))
		}()
		b.ok(err)
		if string(m.Bytes()) != "good" {
			b.Errorf("received %q", m)
		}
		_, err = req.Request(ctx, []byte("x"))
		b.is(err, context.Canceled)
		_, err = router.Request(b.ctx, []byte("x"))
		b.is(err, zmq.ErrUnsupported)
	})
}

// TestRequestClose: closing ends requests under way.
func TestRequestClose(t *testing.T) {
	each(t, func(b *bed) {
		rep, req := b.pair(zmq.Rep, zmq.Req)
		errs := make(chan error, 10)
		for range cap(errs) {
			b.spawn(func() {
				_, err := req.Request(b.ctx, []byte("q"))
				errs <- err
			})
		}
		b.want(rep, "q")
		req.Close()
		for range cap(errs) {
			b.is(<-errs, zmq.ErrClosed)
		}
	})
}

// TestRequestBesideSend: numbered requests do not disturb the strict turns, and
// a reply of either kind finds the call that waits for it.
func TestRequestBesideSend(t *testing.T) {
	each(t, func(b *bed) {
		router, addr := b.bound(zmq.Router)
		req := b.connected(zmq.Req, addr)
		for range 20 {
			var answer zmq.Message
			var err error
			asked := b.spawn(func() { answer, err = req.Request(b.ctx, []byte("numbered")) })
			numbered := b.recv(router)
			b.send(req, "strict")
			strict := b.recv(router)
			if len(numbered) != 4 || len(strict) != 3 {
				b.Fatalf("received %q and %q", numbered, strict)
			}
			got := make(chan []string, 1)
			wait := b.spawn(func() {
				m, err := req.Recv(b.ctx)
				if err != nil {
					b.Error(err)
				}
				got <- text(m)
			})
			// The strict one is answered while the other still waits.
			b.send(router, strict[0], "", "strict reply")
			wait()
			if m := <-got; len(m) != 1 || m[0] != "strict reply" {
				b.Fatalf("received %q", m)
			}
			b.send(router, numbered[0], numbered[1], "", "numbered reply")
			asked()
			b.ok(err)
			if string(answer.Bytes()) != "numbered reply" {
				b.Fatalf("received %q", answer)
			}
		}
	})
}

// TestRepliesTogether: two replies in one batch wake both who wait.
func TestRepliesTogether(t *testing.T) {
	each(t, func(b *bed) {
		router, addr := b.bound(zmq.Router)
		req := b.connected(zmq.Req, addr)
		for i := range 50 {
			errs := make(chan error, 2)
			b.spawn(func() { _, err := req.Request(b.ctx, []byte("n")); errs <- err })
			numbered := b.recv(router)
			b.send(req, "s")
			strict := b.recv(router)
			b.spawn(func() { _, err := req.Recv(b.ctx); errs <- err })
			first, second := []string{numbered[0], numbered[1], "", "n"}, []string{strict[0], "", "s"}
			if i%2 == 1 {
				first, second = second, first
			}
			b.send(router, first...)
			b.send(router, second...)
			for range cap(errs) {
				b.ok(<-errs)
			}
		}
	})
}

// TestRequestTimeout: no peer, no request.
func TestRequestTimeout(t *testing.T) {
	b := lay(t, "tcp")
	req := b.socket(zmq.Req, zmq.SendTimeout.Of(1e6))
	_, err := req.Request(b.ctx, []byte("q"))
	b.is(err, zmq.ErrAgain)
	var e *zmq.Error
	if !errors.As(err, &e) || !e.Timeout() || e.Op != "request" || e.Type != zmq.Req {
		t.Errorf("the error is %#v", err)
	}
}
