package chaos

import (
	"context"
	"errors"

	zmq "github.com/zeroth-mq/zmq"
)

var slow = []promise{
	{"R-PUSH-slow", every, func(s *stage) { s.each(waiters, waitsForSlow) }},
	{"R-PUB-slow", wires, func(s *stage) { s.each(publishers, dropsForSlow) }},
	{"R-PUB-slow-nodrop", wires, func(s *stage) { s.each(publishers, noDrop) }},
	{"R-ROUTER-slow", wires, routerPeerSlow},
	{"R-STREAM-slow", tcp, streamPeerSlow},
	{"R-REP-slow", wires, askerSlow},
	{"R-REQ-slow", wires, requestTakenBack},
}

// waitsForSlow: without room Send waits, and sends nothing if it ends; what was
// sent arrives when the peer gets round to it.
func waitsForSlow(s *stage, p pattern) {
	f := s.flow()
	far := s.socket(p.b)
	at := far.bind(s.wild())
	here := s.socket(p.a)
	here.connect(at)
	sent := here.fill(f)
	ctx, cancel := context.WithCancel(s.ctx)
	ended := make(chan error, 1)
	go func() { ended <- here.Send(ctx, []byte("no room")) }() // owned by the test: see below
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		s.Errorf("a Send without room ends with %v", err)
	}
	for range sent {
		far.take(f, 0)
	}
	here.give(f.next()...)
	far.take(f, 0)
	s.got(f, sent+1)
	if n := here.Stats().Dropped + far.Stats().Dropped; n != 0 {
		s.Errorf("%d messages were dropped", n)
	}
}

// dropsForSlow: one that has no room misses messages, which are counted; another
// one has all.
func dropsForSlow(s *stage, p pattern) {
	late, all := s.flow(), s.flow()
	here := s.socket(p.a)
	at := here.bind(s.wild())
	slow, fast := s.socket(p.b), s.socket(p.b)
	for _, far := range []*near{slow, fast} {
		s.topics(far)
		far.connect(at)
	}
	must(s.T, here.WaitSubscribers(s.ctx, "", 2))
	for here.Stats().Dropped < 10 {
		body := late.next()
		all.expect(late, late.count())
		all.id = late.id
		here.give(body...)
		fast.take(all, 0)
	}
	s.got(all, all.count())
	left := late.count() - int(here.Stats().Dropped)
	for range left {
		slow.take(late, 0)
	}
	s.got(late, left)
	if n := slow.Stats().Dropped; n != 0 {
		s.Errorf("the subscriber has dropped %d", n)
	}
}

// noDrop: with XPUB_NODROP Send waits for all subscribers, and nothing is dropped.
func noDrop(s *stage, p pattern) {
	f := s.flow()
	here := s.socket(p.a, zmq.XPubNoDrop.Of(true))
	at := here.bind(s.wild())
	far := s.socket(p.b)
	s.topics(far)
	far.connect(at)
	must(s.T, here.WaitSubscribers(s.ctx, "", 1))
	sent := here.fill(f)
	for range sent {
		far.take(f, 0)
	}
	s.got(f, sent)
	if n := here.Stats().Dropped; n != 0 {
		s.Errorf("%d messages were dropped", n)
	}
}

// routerPeerSlow: ErrAgain for the one without room, at once; the others have
// theirs.
func routerPeerSlow(s *stage) {
	f := s.flow()
	here := s.socket(zmq.Router)
	at := here.bind(s.wild())
	slow, fast := s.socket(zmq.Dealer, zmq.RoutingID.Of([]byte("slow"))), s.socket(zmq.Dealer, zmq.RoutingID.Of([]byte("fast")))
	slow.connect(at)
	fast.connect(at)
	must(s.T, here.WaitConnected(s.ctx, 2))
	sent := here.fill(f, []byte("slow"))
	if err := here.Send(s.ctx, []byte("slow"), []byte("no room")); !errors.Is(err, zmq.ErrAgain) {
		s.Errorf("without room: %v", err)
	}
	here.give([]byte("fast"), []byte("x"))
	if m, err := fast.Recv(s.ctx); err != nil || string(m.Bytes()) != "x" {
		s.Errorf("the other receives %q, %v", m, err)
	}
	for range sent {
		slow.take(f, 0)
	}
	s.got(f, sent)
}

// streamPeerSlow: likewise, with bytes.
func streamPeerSlow(s *stage) {
	here := s.socket(zmq.Stream)
	c, id := s.plain(here)
	bytes, sent := make([]byte, 10_000), 0
	for {
		err := here.Send(s.ctx, id, bytes)
		if errors.Is(err, zmq.ErrAgain) {
			break
		}
		must(s.T, err)
		sent += len(bytes)
	}
	for buf := make([]byte, 1<<16); sent > 0; {
		n, err := c.Read(buf)
		must(s.T, err)
		sent -= n
	}
}

// askerSlow: replies for which there is no room are dropped and counted; Send says
// nil.
func askerSlow(s *stage) {
	f := s.flow()
	here := s.socket(zmq.Rep)
	at := here.bind(s.wild())
	far := s.socket(zmq.Dealer)
	far.connect(at)
	for here.Stats().Dropped < 3 {
		far.give(nothing, []byte("question"))
		_, err := here.Recv(s.ctx)
		must(s.T, err)
		here.give(f.next()...)
	}
	left := f.count() - int(here.Stats().Dropped)
	for range left {
		far.take(f, 1)
	}
	s.got(f, left)
}

// requestTakenBack: a Request that waits in the queue, because the peer takes none,
// is given up with its ctx, and never sent.
func requestTakenBack(s *stage) {
	far := s.socket(zmq.Router)
	at, r := s.relayTo(far.bind(s.wild()))
	r.close() // there is nobody yet
	here := s.socket(zmq.Req)
	must(s.T, here.Connect(at))
	first, giveUp := s.ask(here, "given up")
	await(s.T, s.ctx, "the request waits", func() bool { return here.Stats().SendQueue == 1 })
	giveUp()
	if err := <-first; !errors.Is(err, context.Canceled) {
		s.Errorf("the first request ends with %v", err)
	}
	far.bind(at)
	second, _ := s.ask(here, "second")
	m, err := far.Recv(s.ctx)
	if err != nil || string(m.Frame(m.Len()-1)) != "second" {
		s.Errorf("received %q, %v", m.Frames(), err)
	}
	far.give(m.Frames()...)
	must(s.T, <-second)
}
