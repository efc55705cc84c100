package main

import (
	"fmt"
	"time"

	zmq "github.com/pebbe/zmq4"
)

// How many messages are taken before Send would wait, over inproc, where it is
// exact, and how many again after some were read.
var _ = scenario("hwm inproc", func(t *tape) {
	for _, m := range [][2]int{{1, 1}, {2, 3}, {5, 5}, {10, 1}, {1, 10}, {0, 5}, {5, 0}} {
		for _, bindFirst := range []bool{true, false} {
			in, out := open(zmq.PULL), open(zmq.PUSH)
			check(out.SetSndhwm(m[0]))
			check(in.SetRcvhwm(m[1]))
			addr := somewhere("inproc")
			if bindFirst {
				check(in.Bind(addr))
				check(out.Connect(addr))
			} else {
				check(out.Connect(addr))
				check(in.Bind(addr))
			}
			say := func(call string) func(...any) {
				return t.is(fmt.Sprintf("%d+%d bind first %t: %s", m[0], m[1], bindFirst, call))
			}
			say("taken")(fill(out, 2500))
			for _, n := range []int{1, 1, 3} {
				for range n {
					in.Recv(zmq.DONTWAIT)
				}
				say(fmt.Sprintf("taken after %d were read", n))(fill(out, 2500))
			}
			say("all")(len(drain(in)))
			say("taken after all were read")(fill(out, 2500))
			check(in.Close())
			check(out.Close())
		}
	}
})

// fill sends until it would wait, and says how many went. libzmq looks for news
// of room at most once in some milliseconds when it must not wait.
func fill(s *zmq.Socket, limit int) int {
	time.Sleep(20 * time.Millisecond)
	for n := range limit {
		if _, err := s.SendMessageDontwait(fmt.Sprint(n)); err != nil {
			return n
		}
	}
	return limit
}

// Nobody to send to but one who is not there yet: the mark alone counts.
var _ = scenario("hwm tcp", func(t *tape) {
	for _, typ := range []zmq.Type{zmq.PUSH, zmq.DEALER, zmq.REQ} {
		for _, hwm := range []int{1, 2, 7, 1000} {
			s := open(typ)
			check(s.SetSndhwm(hwm))
			none := open(zmq.REP)
			addr := bound(none, "tcp")
			check(none.Unbind(addr))
			check(s.Connect(addr))
			t.is(fmt.Sprintf("%v %d", typ, hwm))(fill(s, 3000))
			check(s.Close())
		}
	}
	s := open(zmq.PUSH)
	check(s.SetImmediate(true))
	check(s.Connect("tcp://127.0.0.1:1"))
	t.is("immediate")(fill(s, 10))
	// A live peer takes more than the mark, never all: there is a limit.
	out, in := open(zmq.PUSH), open(zmq.PULL)
	check(out.SetSndhwm(10))
	check(in.SetRcvhwm(10))
	check(out.SetSndbuf(4096))
	check(in.SetRcvbuf(4096))
	check(in.Connect(bound(out, "tcp")))
	big := make([]byte, 100_000)
	n := 0
	for out.SetSndtimeo(10 * moment); ; n++ {
		if _, err := out.SendBytes(big, 0); err != nil {
			t.is("a full connection")(err)
			break
		}
	}
	t.is("messages of 100 kB")(n >= 20, n < 200)
})

// A publisher drops what a subscriber has no room for, and only that.
var _ = scenario("drops", func(t *tape) {
	for _, m := range [][2]int{{1, 1}, {5, 5}, {3, 7}} {
		pub, sub, quick := open(zmq.XPUB), open(zmq.SUB), open(zmq.SUB)
		check(pub.SetSndhwm(m[0]))
		check(sub.SetRcvhwm(m[1]))
		check(quick.SetRcvhwm(0))
		addr := bound(pub, "inproc")
		for _, s := range []*zmq.Socket{sub, quick} {
			check(s.SetSubscribe(""))
			check(s.Connect(addr))
		}
		must(pub.Recv(0))
		for n := range 100 {
			must(pub.Send(fmt.Sprint(n), 0))
		}
		t.is(fmt.Sprintf("%v", m))(drain(sub))
		t.is(fmt.Sprintf("%v quick", m))(len(drain(quick)))
		time.Sleep(20 * time.Millisecond) // as in fill
		must(pub.Send("more", 0))
		t.is(fmt.Sprintf("%v after that", m))(drain(sub))
		check(pub.SetXpubNodrop(true))
		t.is(fmt.Sprintf("%v no drop", m))(fill(pub, 100))
		check(pub.Close())
		check(sub.Close())
		check(quick.Close())
	}
	// A ROUTER drops too, and says so only if it must.
	router, dealer := open(zmq.ROUTER), open(zmq.DEALER)
	check(router.SetSndhwm(2))
	check(dealer.SetRcvhwm(2))
	check(dealer.SetIdentity("d"))
	check(dealer.Connect(bound(router, "inproc")))
	must(dealer.Send("hello", 0))
	must(router.RecvMessage(0))
	sent := 0
	for range 10 {
		if _, err := router.SendMessage("d", "x"); err == nil {
			sent++
		}
	}
	t.is("ROUTER")(sent, len(drain(dealer)))
	check(router.SetRouterMandatory(1))
	time.Sleep(20 * time.Millisecond) // as in fill
	sent = 0
	for range 10 {
		if _, err := router.SendMessageDontwait("d", "x"); err != nil {
			t.is("mandatory ROUTER")(sent, err)
			break
		}
		sent++
	}
	t.is("mandatory ROUTER's dealer")(len(drain(dealer)))
})

var _ = scenario("conflate", func(t *tape) {
	in, out := open(zmq.PULL), open(zmq.PUSH)
	check(in.SetConflate(true))
	check(out.SetConflate(true))
	check(in.Bind("inproc://last"))
	check(out.Connect("inproc://last"))
	for n := range 10 {
		must(out.Send(fmt.Sprint(n), 0))
	}
	t.is("the last")(in.Recv(0))
	t.is("and no more")(in.Recv(zmq.DONTWAIT))
})
