package main

import (
	"fmt"
	"net"
	"time"

	zmq "github.com/pebbe/zmq4"
)

// How long Term takes where a message cannot be sent, by the linger of its
// socket: at once, or some time, or until someone comes.
var _ = scenario("linger", func(t *tape) {
	for _, scheme := range []string{"tcp", "ipc", "inproc"} {
		for _, linger := range []time.Duration{0, 2 * time.Second, -1} {
			for _, pending := range []bool{false, true} {
				say := fmt.Sprintf("%s linger %v pending %t: ", scheme, linger, pending)
				ctx := must(zmq.NewContext())
				s := must(ctx.NewSocket(zmq.PUSH))
				check(s.SetLinger(linger))
				endpoint := nobody(scheme)
				check(s.Connect(endpoint))
				if pending {
					must(s.Send("x", 0))
				}
				before := time.Now()
				t.soon(say+"Close", time.Second, func() { check(s.Close()) })
				done := t.soon(say+"Term within a second", time.Second, func() { check(ctx.Term()) })
				if linger > 0 {
					<-done
					t.is(say + "about its linger")(time.Since(before) >= linger-100*time.Millisecond)
				}
			}
		}
	}
})

// nobody names an endpoint where none is, yet.
func nobody(scheme string) string {
	if scheme != "tcp" {
		return somewhere(scheme)
	}
	l := must(net.Listen("tcp", "127.0.0.1:0"))
	defer l.Close()
	return "tcp://" + l.Addr().String()
}

// What lingers is sent when someone comes for it.
var _ = scenario("linger until there is someone", func(t *tape) {
	ctx := must(zmq.NewContext())
	s := must(ctx.NewSocket(zmq.PUSH))
	endpoint := nobody("tcp")
	check(s.SetReconnectIvl(10 * time.Millisecond))
	check(s.Connect(endpoint))
	must(s.SendMessage("late", "but here"))
	check(s.Close())
	ended := t.soon("Term", moment, func() { check(ctx.Term()) })
	in := open(zmq.PULL)
	check(in.Bind(endpoint))
	t.is("Recv")(in.RecvMessage(0))
	<-ended
	t.say("Term", "returned")
})

// A peer that is closed: what was sent to it, and what it had sent.
var _ = scenario("peer closed", func(t *tape) {
	for _, scheme := range []string{"inproc", "tcp"} {
		say := func(call string) func(...any) { return t.is(scheme + " " + call) }
		in, out := open(zmq.PULL), open(zmq.PUSH)
		check(out.SetLinger(-1))
		check(out.Connect(bound(in, scheme)))
		must(out.Send("1", 0))
		must(out.Send("2", 0))
		check(out.Close())
		say("what it had sent")(in.Recv(0))
		say("and the rest")(in.Recv(0))
		say("and no more")(in.Recv(zmq.DONTWAIT))
		a, b := joined(scheme, zmq.PAIR, zmq.PAIR)
		must(b.Send("x", 0))
		must(a.Recv(0))
		check(b.Close())
		gone(a)
		say("sending to a peer that is gone")(a.Send("x", zmq.DONTWAIT))
		say("receiving from it")(a.Recv(zmq.DONTWAIT))
	}
})

// gone waits until a socket has nobody to send to.
func gone(s *zmq.Socket) {
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		if must(s.GetEvents())&zmq.POLLOUT == 0 {
			return
		}
	}
}
