package main

import (
	"fmt"
	"strings"
	"time"

	zmq "github.com/pebbe/zmq4"
)

// Whose turn it is: fair queueing in, load balancing out.
var _ = scenario("fair queue", func(t *tape) {
	for _, scheme := range []string{"inproc", "tcp"} {
		for _, typ := range []zmq.Type{zmq.PULL, zmq.DEALER, zmq.ROUTER} {
			in := open(typ)
			addr := bound(in, scheme)
			from := zmq.DEALER
			if typ == zmq.PULL {
				from = zmq.PUSH
			}
			// Connected one after the other, so that their order is known, and
			// each has said all it has to say before any of it is read.
			all := make([]*zmq.Socket, 3)
			for who := range all {
				all[who] = open(from)
				defer all[who].Close()
				check(all[who].Connect(addr))
				must(all[who].Send("hello", 0))
				must(in.RecvMessage(0))
			}
			for who, s := range all {
				for n := range 4 + who {
					must(s.Send(fmt.Sprintf("%c%d", 'a'+who, n), 0))
				}
			}
			settle()
			must(in.GetEvents()) // libzmq learns of new messages only now and then
			var order []string
			for range 4 + 5 + 6 {
				msg := must(in.RecvMessage(0))
				order = append(order, msg[len(msg)-1])
			}
			// Over a network the arrival of each batch is its own affair;
			// then only the order of each is known.
			if scheme == "inproc" {
				t.is(fmt.Sprintf("%s %v", scheme, typ))(order)
			}
			for who := range 3 {
				t.is(fmt.Sprintf("%s %v from %c", scheme, typ, 'a'+who))(only(order, string('a'+rune(who))))
			}
			check(in.Close())
		}
	}
})

func only(all []string, prefix string) (some []string) {
	for _, s := range all {
		if strings.HasPrefix(s, prefix) {
			some = append(some, s)
		}
	}
	return some
}

// settle lets what is on its way arrive. What is printed must not depend on
// it, unless there is nothing to wait for.
func settle() { time.Sleep(moment) }

var _ = scenario("load balance", func(t *tape) {
	for _, scheme := range []string{"inproc", "tcp"} {
		for _, typ := range []zmq.Type{zmq.PUSH, zmq.DEALER, zmq.REQ} {
			out := open(typ)
			to := map[zmq.Type]zmq.Type{zmq.PUSH: zmq.PULL, zmq.DEALER: zmq.DEALER, zmq.REQ: zmq.REP}[typ]
			peers := make([]*zmq.Socket, 3)
			for i := range peers {
				peers[i] = open(to)
				check(out.Connect(bound(peers[i], scheme)))
			}
			for n := range 7 {
				if typ == zmq.REQ {
					must(out.Send(fmt.Sprint(n), 0))
					who := first(peers)
					t.is(fmt.Sprintf("%s REQ asks %d", scheme, n))(who, must(peers[who].Recv(0)))
					must(peers[who].Send("ok", 0))
					must(out.Recv(0))
					continue
				}
				must(out.SendMessage(fmt.Sprint(n), "tail"))
			}
			for i, p := range peers {
				if typ != zmq.REQ {
					readable(p)
					settle()
					t.is(fmt.Sprintf("%s %v to %d", scheme, typ, i))(drain(p))
				}
				check(p.Close())
			}
			check(out.Close())
		}
	}
})

// first says which of some sockets is the first to have something to read.
func first(all []*zmq.Socket) int {
	p := zmq.NewPoller()
	for _, s := range all {
		p.Add(s, zmq.POLLIN)
	}
	for i, polled := range must(p.PollAll(patience)) {
		if polled.Events != 0 {
			return i
		}
	}
	return -1
}

// drain reads all that is there.
func drain(s *zmq.Socket) (all []string) {
	for {
		msg, err := s.RecvMessage(zmq.DONTWAIT)
		if err != nil {
			return all
		}
		all = append(all, msg[0])
	}
}
