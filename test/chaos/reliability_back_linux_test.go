package chaos

import (
	"errors"
	"fmt"
	"slices"

	zmq "github.com/zeroth-mq/zmq"
)

var returns = []promise{
	{"R-PUSH-same", wires, func(s *stage) { s.each(waiters, queueForTheSame) }},
	{"R-PUSH-other", wires, func(s *stage) { s.each(waiters, queueForAnother) }},
	{"R-ROUTER-same", wires, routeIsBack},
	{"R-ROUTER-early", wires, waitsForItsID},
	{"R-ROUTER-early-handover", wires, takesItsID},
	{"R-ROUTER-other", wires, routeOfAnother},
	{"R-PAIR-other", wires, pairWaits},
	{"R-SUB-other", wires, func(s *stage) { s.each(publishers, subscribesWithAnother) }},
	{"R-PUB-other", wires, func(s *stage) { s.each(publishers, topicsOfAnother) }},
	{"R-REQ-other", wires, asksAnother},
	{"R-REP-other", wires, repliesToAnother},
	{"R-REP-other-waiting", wires, repliesToOneThatWaits},
}

// queueForTheSame: a process that comes back has what was sent meanwhile.
func queueForTheSame(s *stage, p pattern) { queueFor(s, p, "one") }

// queueForAnother: so has another one behind the same endpoint, whatever its id.
func queueForAnother(s *stage, p pattern) { queueFor(s, p, "two") }

func queueFor(s *stage, p pattern, id string) {
	f := s.flow()
	far := s.socket(p.b, zmq.RoutingID.Of([]byte("one")))
	at := far.bind(s.wild())
	here := s.socket(p.a)
	here.connect(at)
	here.give(f.next()...)
	far.take(f, 0)
	must(s.T, far.Close())
	here.await(zmq.EventDisconnected)
	for range 10 {
		here.give(f.next()...)
	}
	next := s.socket(p.b, zmq.RoutingID.Of([]byte(id)))
	next.bind(at)
	for range 10 {
		next.take(f, 0)
	}
	s.got(f, 11)
}

// dealer connects a DEALER with an id to a ROUTER that is bound, and waits for it.
func (s *stage) dealer(here *near, at, id string) *near {
	s.Helper()
	d := s.socket(zmq.Dealer, zmq.RoutingID.Of([]byte(id)))
	d.connect(at)
	here.await(zmq.EventHandshakeDone)
	return d
}

// hears checks that n receives a text behind the first frames.
func (n *near) hears(text string) {
	n.s.Helper()
	if m, err := n.Recv(n.s.ctx); err != nil || string(m.Frame(m.Len()-1)) != text {
		n.s.Errorf("%s receives %q, %v; want %q", n.Type(), m.Frames(), err, text)
	}
}

// routeIsBack: an id is a route while its peer is connected, and again when it is
// back. What is sent in between fails.
func routeIsBack(s *stage) {
	here := s.socket(zmq.Router)
	at := here.bind(s.wild())
	one := s.dealer(here, at, "one")
	here.give([]byte("one"), []byte("first"))
	one.hears("first")
	must(s.T, one.Close())
	here.await(zmq.EventDisconnected)
	await(s.T, s.ctx, "the peer is gone", func() bool { return here.Stats().Peers == 0 })
	if err := here.Send(s.ctx, []byte("one"), []byte("x")); !errors.Is(err, zmq.ErrNoRoute) {
		s.Errorf("to one that is gone: %v", err)
	}
	one = s.dealer(here, at, "one")
	must(s.T, here.WaitConnected(s.ctx, 1))
	here.give([]byte("one"), []byte("second"))
	one.hears("second")
	here.none(zmq.EventMessagesDropped)
}

// waitsForItsID: a peer that is back before the loss of its old connection was
// noticed waits for its id, and loses nothing that it sends.
func waitsForItsID(s *stage) {
	here := s.socket(zmq.Router)
	at := here.bind(s.wild())
	old := s.dealer(here, at, "one")
	one := s.dealer(here, at, "one")
	here.await(zmq.EventWaiting)
	one.give([]byte("I am back"))
	here.give([]byte("one"), []byte("to the old one"))
	old.hears("to the old one")
	must(s.T, old.Close())
	here.await(zmq.EventAdmitted)
	here.hears("I am back")
	here.give([]byte("one"), []byte("welcome"))
	one.hears("welcome")
}

// takesItsID: with ROUTER_HANDOVER it has its id at once, and the older connection
// waits.
func takesItsID(s *stage) {
	here := s.socket(zmq.Router, zmq.RouterHandover.Of(true))
	at := here.bind(s.wild())
	old := s.dealer(here, at, "one")
	one := s.dealer(here, at, "one")
	here.await(zmq.EventWaiting)
	here.give([]byte("one"), []byte("to the new one"))
	one.hears("to the new one")
	must(s.T, one.Close())
	here.await(zmq.EventAdmitted)
	here.give([]byte("one"), []byte("to the old one"))
	old.hears("to the old one")
}

// routeOfAnother: what waits at a ROUTER that connects, for the peer that was
// there, is not given to another one: it is dropped, counted and told.
func routeOfAnother(s *stage) {
	far := s.socket(zmq.Dealer, zmq.RoutingID.Of([]byte("one")))
	at := far.bind(s.wild())
	here := s.socket(zmq.Router)
	here.connect(at)
	must(s.T, far.Close())
	here.await(zmq.EventDisconnected)
	here.give([]byte("one"), []byte("for one alone"))
	two := s.socket(zmq.Dealer, zmq.RoutingID.Of([]byte("two")))
	two.bind(at)
	if n := here.gone(); n != 1 {
		s.Errorf("%d messages were dropped", n)
	}
	if err := here.Send(s.ctx, []byte("one"), []byte("x")); !errors.Is(err, zmq.ErrNoRoute) {
		s.Errorf("to one that is gone: %v", err)
	}
	must(s.T, here.WaitConnected(s.ctx, 1))
	here.give([]byte("two"), []byte("for two"))
	two.hears("for two")
}

// pairWaits: a second peer of a PAIR waits while the first is there, and then has
// its place, with all that it has sent.
func pairWaits(s *stage) {
	here := s.socket(zmq.Pair)
	at := here.bind(s.wild())
	first, second := s.socket(zmq.Pair), s.socket(zmq.Pair)
	first.connect(at)
	here.await(zmq.EventHandshakeDone)
	second.connect(at)
	here.await(zmq.EventWaiting)
	second.give([]byte("from the second"))
	here.give([]byte("to the first"))
	first.hears("to the first")
	must(s.T, first.Close())
	here.await(zmq.EventAdmitted)
	here.hears("from the second")
	here.give([]byte("to the second"))
	second.hears("to the second")
}

// subscribesWithAnother: topics are the subscriber's, and said to each publisher
// that comes.
func subscribesWithAnother(s *stage, p pattern) {
	f := s.flow()
	pub := s.socket(p.a)
	at := pub.bind(s.wild())
	here := s.socket(p.b)
	s.topics(here)
	here.connect(at)
	must(s.T, pub.WaitSubscribers(s.ctx, "", 1))
	must(s.T, pub.Close())
	here.await(zmq.EventDisconnected)
	next := s.socket(p.a)
	next.bind(at)
	must(s.T, next.WaitSubscribers(s.ctx, "", 1))
	next.give(f.next()...)
	here.take(f, 0)
	s.got(f, 1)
}

// topicsOfAnother: a bound publisher forgets the topics of one that has gone; one
// that connects keeps those of its endpoint, and sends what they match to the next.
func topicsOfAnother(s *stage, p pattern) {
	bound := s.socket(p.a)
	at := bound.bind(s.wild())
	here := s.socket(p.a)
	sub := s.socket(zmq.XSub)
	mine := sub.bind(s.wild())
	must(s.T, sub.Connect(at))
	must(s.T, here.Connect(mine))
	must(s.T, sub.Send(s.ctx, []byte("\x01old")))
	must(s.T, bound.WaitSubscribers(s.ctx, "old", 1))
	must(s.T, here.WaitSubscribers(s.ctx, "old", 1))
	must(s.T, sub.Close())
	bound.await(zmq.EventDisconnected)
	here.await(zmq.EventDisconnected)
	next := s.socket(zmq.XSub)
	next.bind(mine)
	must(s.T, next.Connect(at))
	must(s.T, next.Send(s.ctx, []byte("\x01new")))
	must(s.T, bound.WaitSubscribers(s.ctx, "new", 1))
	must(s.T, here.WaitSubscribers(s.ctx, "new", 1))
	for _, n := range []*near{bound, here} {
		n.give([]byte("old"))
		n.give([]byte("new"))
	}
	var got []string
	for range 3 {
		m, err := next.Recv(s.ctx)
		must(s.T, err)
		got = append(got, string(m.Bytes()))
	}
	if slices.Sort(got); !slices.Equal(got, []string{"new", "new", "old"}) {
		s.Errorf("received %q", got)
	}
}

// asksAnother: a Request that nobody has taken yet goes to the process that comes.
func asksAnother(s *stage) {
	far := s.socket(zmq.Rep)
	at := far.bind(s.wild())
	here := s.socket(zmq.Req)
	here.connect(at)
	must(s.T, far.Close())
	here.await(zmq.EventDisconnected)
	asked, _ := s.ask(here, "question")
	next := s.socket(zmq.Rep)
	next.bind(at)
	next.hears("question")
	next.give([]byte("answer"))
	must(s.T, <-asked)
}

// repliesToAnother: the reply of a REP that connects goes to its endpoint, whatever
// process is there by then.
func repliesToAnother(s *stage) {
	far := s.socket(zmq.Dealer)
	at := far.bind(s.wild())
	here := s.socket(zmq.Rep)
	here.connect(at)
	far.give(nothing, []byte("question"))
	here.hears("question")
	must(s.T, far.Close())
	here.await(zmq.EventDisconnected)
	here.give([]byte("reply"))
	next := s.socket(zmq.Dealer)
	next.bind(at)
	next.hears("reply")
}

// repliesToOneThatWaits: a REQ in its place that waits for a reply takes it for its
// own; a Request does not, since its number is another one.
func repliesToOneThatWaits(s *stage) {
	for _, numbered := range []bool{false, true} {
		far := s.socket(zmq.Req)
		at := far.bind(s.wild())
		here := s.socket(zmq.Rep)
		here.connect(at)
		if numbered {
			s.ask(far, "question")
		} else {
			far.give([]byte("question"))
		}
		here.hears("question")
		must(s.T, far.Close())
		here.await(zmq.EventDisconnected)
		next := s.socket(zmq.Req)
		next.bind(at)
		if !numbered {
			next.give([]byte("another question"))
			here.give([]byte("reply"))
			next.hears("reply")
			continue
		}
		answered := make(chan string, 1)
		go func() { // ends with the request
			m, err := next.Request(s.ctx, []byte("another question"))
			answered <- fmt.Sprint(string(m.Bytes()), " ", err)
		}()
		await(s.T, s.ctx, "the request has left", func() bool { return here.Stats().RecvQueue == 1 })
		here.give([]byte("reply"))
		here.hears("another question")
		here.give([]byte("another reply"))
		if got := <-answered; got != "another reply <nil>" {
			s.Errorf("the request is answered with %q", got)
		}
	}
}
