package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/plain"
)

var _ = scenario("endpoints", func(t *tape) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	taken := "tcp://" + l.Addr().String()
	t.hides(l.Addr().String(), "TAKEN")
	s := zmq4.NewPull(ctx, quiet, zmq4.WithDialerMaxRetries(1), zmq4.WithDialerRetry(time.Millisecond))
	for _, ep := range []string{"", "tcp", "tcp://a://b", "zmq://x", "tcp://x", "tcp://127.0.0.1:x", "ipc:///nowhere/s", "udp://127.0.0.1:0"} {
		t.is(fmt.Sprintf("Listen(%q)", ep))(s.Listen(ep))
	}
	t.is("Listen where somebody is")(s.Listen(taken))
	for _, ep := range []string{"", "tcp", "tcp://a://b", "zmq://x", "tcp://x", "tcp://127.0.0.1:1", "tcp://127.0.0.1:0", "ipc:///nowhere/s", "inproc://nobody"} {
		t.is(fmt.Sprintf("Dial(%q)", ep))(s.Dial(ep))
	}
	for _, ep := range []string{"tcp://127.0.0.1:0", "tcp://*:*", "tcp://:0", "tcp://localhost:0", "ipc://a", "ipc://./b", "ipc://@goz-calls", "inproc://a"} {
		x := zmq4.NewPull(ctx, quiet)
		t.is(fmt.Sprintf("Listen(%q)", ep))(x.Listen(ep))
		t.is(fmt.Sprintf("Addr of %q", ep))(x.Addr())
		must(x.Close())
	}
	a := zmq4.NewPull(ctx, quiet)
	must(a.Listen("inproc://twice"))
	t.is("inproc twice")(s.Listen("inproc://twice"))
	t.is("an incompatible type")(zmq4.NewSub(ctx, quiet).Dial("inproc://twice"))
	must(a.Listen(free("tcp")))
	t.is("an incompatible type over tcp")(zmq4.NewSub(ctx, quiet).Dial(where("tcp", a)))
})

var _ = scenario("exchange", func(t *tape) {
	for _, scheme := range []string{"tcp", "ipc", "inproc"} {
		for _, p := range []struct{ a, b int }{{0, 0}, {7, 8}, {5, 5}, {4, 3}, {6, 5}} {
			x, y := joined(scheme, types[p.a].make, types[p.b].make, zmq4.WithID(zmq4.SocketIdentity("me")))
			name := func(call string) string {
				return fmt.Sprintf("%s %s to %s %s", scheme, types[p.b].name, types[p.a].name, call)
			}
			t.is(name("Send"))(y.Send(msg("a", "", "b")))
			t.is(name("Recv"))(x.Recv())
			t.is(name("SendMulti"))(y.SendMulti(msg("c", "d")))
			t.is(name("Recv"))(x.Recv())
			if types[p.b].name != zmq4.Push {
				reply := msg("r", "")
				if types[p.a].name == zmq4.Router {
					reply = msg("me", "r", "")
				}
				t.is(name("Send back"))(x.Send(reply))
				t.is(name("Recv back"))(y.Recv())
			}
		}
	}
})

var _ = scenario("directions", func(t *tape) {
	for _, typ := range types {
		s := typ.make(ctx, quiet, zmq4.WithTimeout(50*time.Millisecond))
		t.runs(string(typ.name)+" Send without a peer", func() []any { return []any{s.Send(msg("a"))} })
		t.runs(string(typ.name)+" SendMulti without a peer", func() []any { return []any{s.SendMulti(msg("a"))} })
		t.runs(string(typ.name)+" Recv without a peer", func() []any {
			m, err := s.Recv()
			return []any{m, err}
		})
	}
})

var _ = scenario("closed", func(t *tape) {
	for _, typ := range types {
		name := func(call string) string { return string(typ.name) + " " + call }
		first := typ.make(ctx, quiet, zmq4.WithTimeout(50*time.Millisecond))
		must(first.Listen(free("tcp")))
		t.is(name("Close"))(first.Close())
		t.is(name("Close again"))(first.Close())
		t.runs(name("Send"), func() []any { return []any{first.Send(msg("a"))} })
		t.runs(name("Recv"), func() []any {
			m, err := first.Recv()
			return []any{m, err}
		})
		never := typ.make(ctx)
		t.is(name("Close of one that did nothing"))(never.Close())
		s := typ.make(ctx, quiet)
		must(s.Listen(free("tcp")))
		time.AfterFunc(100*time.Millisecond, func() { s.Close() })
		t.runs(name("Recv that Close ends"), func() []any {
			m, err := s.Recv()
			return []any{m, err}
		})
		short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
		late := typ.make(short, quiet)
		t.runs(name("Recv that a deadline ends"), func() []any {
			m, err := late.Recv()
			return []any{m, err}
		})
		t.is(name("Close after that"))(late.Close())
		cancel()
	}
})

var _ = scenario("loss", func(t *tape) {
	for _, scheme := range []string{"tcp", "ipc"} {
		for _, p := range []struct{ a, b int }{{0, 0}, {8, 7}, {5, 5}, {1, 2}, {9, 10}} {
			x, y := joined(scheme, types[p.a].make, types[p.b].make)
			name := func(call string) string { return fmt.Sprintf("%s %s %s", scheme, types[p.b].name, call) }
			settle()
			must(x.Close())
			t.runs(name("Recv when the peer that it dialled has gone"), func() []any {
				m, err := y.Recv()
				return []any{m, err}
			})
			t.runs(name("Recv again"), func() []any {
				m, err := y.Recv()
				return []any{m, err}
			})
		}
		rep, req := joined(scheme, zmq4.NewRep, zmq4.NewReq)
		must(req.Send(msg("a")))
		t.is(scheme + " REP Recv")(rep.Recv())
		must(rep.Close())
		t.runs(scheme+" REQ Recv when the peer has gone", func() []any {
			m, err := req.Recv()
			return []any{m, err}
		})
		router, dealer := joined(scheme, zmq4.NewRouter, zmq4.NewDealer, zmq4.WithID(zmq4.SocketIdentity("d")))
		must(dealer.Send(msg("a")))
		t.is(scheme + " ROUTER Recv")(router.Recv())
		must(dealer.Close())
		settle()
		t.is(scheme + " ROUTER Send to one that has gone")(router.Send(msg("d", "a")))
	}
})

var _ = scenario("lax", func(t *tape) {
	rep, req := joined("tcp", zmq4.NewRep, zmq4.NewReq)
	t.runs("REP Send before Recv", func() []any { return []any{rep.Send(msg("x"))} })
	t.runs("REQ Recv before Send", func() []any {
		m, err := req.Recv()
		return []any{m, err}
	})
	t.is("REQ Send")(req.Send(msg("a")))
	t.is("REQ Send again")(req.Send(msg("b")))
	t.is("REP Recv")(rep.Recv())
	t.is("REP Recv again")(rep.Recv())
	t.is("REP Send")(rep.Send(msg("r")))
	t.is("REQ Recv")(req.Recv())
	t.is("REQ Send after that")(req.Send(msg("c")))
	t.is("REP Recv after that")(rep.Recv())
	t.is("REP Send after that")(rep.Send(msg("s", "")))
	t.is("REQ Recv after that")(req.Recv())

	router, asks := joined("tcp", zmq4.NewRouter, zmq4.NewReq, zmq4.WithID(zmq4.SocketIdentity("q")))
	t.is("REQ asks a ROUTER")(asks.Send(msg("go")))
	t.is("ROUTER Recv")(router.Recv())
	for _, f := range []string{"1", "2", "end"} {
		t.is("ROUTER Send " + f)(router.Send(msg("q", "", f)))
	}
	for range 3 {
		t.is("REQ Recv of many")(asks.Recv())
	}
	t.is("ROUTER Send to nobody")(router.Send(msg("nobody", "x")))
	t.is("ROUTER Send of an id alone")(router.Send(msg("nobody")))
	t.runs("ROUTER Send of nothing", func() []any { return []any{router.Send(zmq4.Msg{})} })

	rep, dealer := joined("tcp", zmq4.NewRep, zmq4.NewDealer)
	must(dealer.Send(msg("hop", "", "body")))
	t.is("REP Recv behind a hop")(rep.Recv())
	must(rep.Send(msg("r")))
	t.is("DEALER Recv")(dealer.Recv())
	must(dealer.Send(msg("", "ends", "")))
	t.is("REP Recv of a request that ends in an empty frame")(rep.Recv())
	must(dealer.Send(msg("none")))
	t.runs("REP Recv of no request", func() []any {
		m, err := rep.Recv()
		return []any{m, err}
	})
})

var _ = scenario("pubsub", func(t *tape) {
	for _, scheme := range []string{"tcp", "inproc"} {
		for _, p := range []int{1, 9} {
			pub, sub := joined(scheme, types[p].make, zmq4.NewSub)
			name := func(call string) string { return fmt.Sprintf("%s %s %s", scheme, types[p].name, call) }
			t.is(name("Send without a subscriber"))(pub.Send(msg("a")))
			t.is(name("subscribe"))(sub.SetOption(zmq4.OptionSubscribe, "b"))
			t.is(name("subscribe again"))(sub.SetOption(zmq4.OptionSubscribe, "b"))
			t.is(name("subscribe to another"))(sub.SetOption(zmq4.OptionSubscribe, "a"))
			settle()
			t.is(name("Topics of SUB"))(sub.(zmq4.Topics).Topics())
			t.is(name("Topics"))(pub.(zmq4.Topics).Topics())
			for _, f := range []string{"a1", "c1", "b1"} {
				t.is(name("Send " + f))(pub.Send(msg(f, "body")))
			}
			t.is(name("Recv"))(sub.Recv())
			t.is(name("Recv"))(sub.Recv())
			t.is(name("unsubscribe"))(sub.SetOption(zmq4.OptionUnsubscribe, "b"))
			settle()
			t.is(name("Topics of SUB"))(sub.(zmq4.Topics).Topics())
			t.is(name("Topics"))(pub.(zmq4.Topics).Topics())
			t.is(name("Send b"))(pub.Send(msg("b2")))
			t.is(name("Send a"))(pub.SendMulti(msg("a2", "")))
			t.is(name("Recv"))(sub.Recv())
		}
	}
	xpub, xsub := joined("tcp", zmq4.NewXPub, zmq4.NewXSub)
	t.is("XSUB subscribes")(xsub.Send(msg("\x01a")))
	t.runs("XPUB Recv of a subscription", func() []any {
		m, err := xpub.Recv()
		return []any{m, err}
	})
	settle()
	t.is("XPUB Send")(xpub.Send(msg("ab")))
	t.is("XSUB Recv")(xsub.Recv())
})

var _ = scenario("share", func(t *tape) {
	for _, p := range []struct{ a, b int }{{8, 7}, {5, 5}} {
		x := types[p.a].make(ctx, quiet)
		must(x.Listen(free("tcp")))
		peers := []zmq4.Socket{types[p.b].make(ctx, quiet), types[p.b].make(ctx, quiet)}
		for _, y := range peers {
			must(y.Dial(where("tcp", x)))
		}
		settle()
		must(x.Send(msg("1")))
		must(x.Send(msg("2")))
		n := 0
		for _, y := range peers {
			got := make(chan bool, 2)
			go func() { // ends with the process
				for {
					if _, err := y.Recv(); err != nil {
						return
					}
					got <- true
				}
			}()
			settle()
			n += len(got)
		}
		t.is(fmt.Sprintf("%s: messages received of two sent, with two peers", types[p.a].name))(n)
	}
})

var _ = scenario("plain", func(t *tape) {
	rep := zmq4.NewRep(ctx, quiet, zmq4.WithSecurity(plain.Security("u", "p")))
	must(rep.Listen(free("tcp")))
	for _, c := range []struct{ user, pass string }{{"u", "p"}, {"u", "q"}, {"v", "p"}} {
		req := zmq4.NewReq(ctx, quiet, zmq4.WithSecurity(plain.Security(c.user, c.pass)))
		err := req.Dial(where("tcp", rep))
		t.is(fmt.Sprintf("Dial with %s and %s is let in", c.user, c.pass))(err == nil)
	}
	t.is("Dial without is let in")(zmq4.NewReq(ctx, quiet).Dial(where("tcp", rep)) == nil)
	nobody := zmq4.NewReq(ctx, quiet, zmq4.WithSecurity(nil))
	pull := zmq4.NewRep(ctx, quiet)
	must(pull.Listen(free("tcp")))
	t.is("Dial with a nil Security")(nobody.Dial(where("tcp", pull)))
})

var _ = scenario("proxy", func(t *tape) {
	front, back := zmq4.NewRouter(ctx, quiet), zmq4.NewDealer(ctx, quiet)
	must(front.Listen(free("tcp")))
	must(back.Listen(free("tcp")))
	req, rep := zmq4.NewReq(ctx, quiet), zmq4.NewRep(ctx, quiet)
	must(req.Dial(where("tcp", front)))
	must(rep.Dial(where("tcp", back)))
	c, cancel := context.WithCancel(ctx)
	p := zmq4.NewProxy(c, front, back, nil)
	t.runs("Stats", func() []any { p.Stats(); return nil })
	must(req.Send(msg("a")))
	t.is("REP Recv")(rep.Recv())
	must(rep.Send(msg("b")))
	t.is("REQ Recv")(req.Recv())
	cancel()
	front.Close()
	back.Close()
	t.runs("Run after its context", func() []any { return []any{p.Run()} })
	a, b := zmq4.NewPull(ctx, quiet), zmq4.NewPush(ctx, quiet)
	p = zmq4.NewProxy(ctx, a, b, nil)
	t.runs("Kill", func() []any { p.Kill(); return nil })
	t.runs("Run after Kill", func() []any { return []any{p.Run()} })
	t.runs("Kill again", func() []any { p.Kill(); return nil })
})
