package chaos

import (
	"context"
	"errors"
	"slices"

	zmq "github.com/zeroth-mq/zmq"
)

var killed = []promise{
	{"R-PUSH-killed", wires, func(s *stage) { s.each(waiters, keepsForTheNext) }},
	{"R-PUSH-killed-bound", wires, func(s *stage) { s.each(waiters, dropsWithItsPeer) }},
	{"R-PUB-killed", wires, func(s *stage) { s.each(publishers, forgetsSubscriber) }},
	{"R-ROUTER-killed", wires, routerPeerKilled},
	{"R-STREAM-killed", tcp, streamPeerKilled},
	{"R-REQ-killed", wires, requestNotAnswered},
	{"R-REQ-killed-turns", wires, turnsAreStuck},
	{"R-REP-killed", wires, repliesToTheDead},
	{"R-any-inproc", []string{"inproc"}, func(s *stage) { s.each(waiters, closedOverInproc) }},
	{"R-PULL-killed", wires, func(s *stage) { s.each(receivers, readsTheDead) }},
}

// keepsForTheNext: a connected socket keeps what has not left it, and the next
// process at that endpoint gets it, once, whole and in order. The rest is lost.
func keepsForTheNext(s *stage, p pattern) {
	f := s.flow()
	far := s.child(p.b, nil, 0)
	at := s.bound(far)
	here := s.socket(p.a)
	here.connect(at)
	s.halt(far)
	sent := here.fill(f)
	far.kill()
	if ev := here.await(zmq.EventDisconnected); ev.Err == nil {
		s.Error("the event does not say why")
	}
	left := here.Stats().SendQueue
	if left == 0 || left > sent {
		s.Errorf("%d of %d messages are kept", left, sent)
	}
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	if err := here.Send(ctx, []byte("no room")); !errors.Is(err, context.Canceled) {
		s.Errorf("a Send without room ends with %v", err)
	}
	next := s.socket(p.b, zmq.RoutingID.Of([]byte("another")))
	next.bind(at)
	for range left {
		next.take(f, 0)
	}
	here.give(f.next()...)
	next.take(f, 0)
	s.got(f, left+1)
	if n := f.last[next.lastConn(f)]; n < sent {
		s.Errorf("the last message is number %d of %d", n, sent)
	}
	if st := here.Stats(); st.Dropped != 0 {
		s.Errorf("%d messages were dropped", st.Dropped)
	}
}

// lastConn is the connection over which the messages of f came, of which there is
// one.
func (n *near) lastConn(f *flow) uint64 {
	n.s.Helper()
	for conn := range f.last {
		if len(f.last) == 1 {
			return conn
		}
	}
	n.s.Fatalf("messages came over %d connections", len(f.last))
	return 0
}

// dropsWithItsPeer: a bound socket drops what waits for a peer that goes, counts it
// and tells; then it waits for another peer.
func dropsWithItsPeer(s *stage, p pattern) {
	f := s.flow()
	here := s.socket(p.a)
	at := here.bind(s.wild())
	far := s.child(p.b, nil, 0)
	s.joins(far, at)
	must(s.T, here.WaitConnected(s.ctx, 1))
	s.halt(far)
	sent := here.fill(f)
	far.kill()
	here.await(zmq.EventDisconnected)
	if n := here.gone(); n == 0 || n > sent {
		s.Errorf("%d of %d messages were dropped", n, sent)
	}
	if ok, err := here.TrySend([]byte("to nobody")); ok || err != nil {
		s.Errorf("sent to nobody: %v, %v", ok, err)
	}
	next := s.socket(p.b)
	next.connect(at)
	here.give(f.next()...)
	next.take(f, 0)
	s.got(f, 1)
}

// forgetsSubscriber: what waits for a subscriber that goes is dropped and counted,
// and not told; nothing more is sent to it.
func forgetsSubscriber(s *stage, p pattern) {
	f := s.flow()
	here := s.socket(p.a)
	at := here.bind(s.wild())
	far := s.child(p.b, nil, 0, p.bOpts...)
	s.joins(far, at)
	if p.b == zmq.XSub {
		must(s.T, far.send(append([]byte{1}, topic...)))
	}
	must(s.T, here.WaitSubscribers(s.ctx, string(topic), 1))
	s.halt(far)
	here.fillAll(f, topic)
	before := here.Stats()
	far.kill()
	here.await(zmq.EventDisconnected)
	await(s.T, s.ctx, "what waited is counted", func() bool { return here.Stats().Dropped > before.Dropped })
	st := here.Stats()
	here.give(append([][]byte{topic}, f.next()...)...)
	if now := here.Stats(); now.Sent != st.Sent || now.Dropped != st.Dropped {
		s.Errorf("after %+v: %+v", st, now)
	}
	here.none(zmq.EventMessagesDropped)
	if p.a == zmq.XPub { // it is told
		here.hears("\x01" + string(topic))
		here.hears("\x00" + string(topic))
	}
}

// none checks that there was no such event.
func (n *near) none(kind zmq.EventKind) {
	n.s.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if list := n.events[kind]; len(list) > 0 {
		n.s.Errorf("there was an event: %+v", list[0])
	}
}

// routerPeerKilled: what waits for the peer is dropped, counted and told; its id is
// no route any more.
func routerPeerKilled(s *stage) {
	f := s.flow()
	here := s.socket(zmq.Router)
	at := here.bind(s.wild())
	far := s.child(zmq.Dealer, nil, 0, "ROUTING_ID=one")
	s.joins(far, at)
	must(s.T, here.WaitConnected(s.ctx, 1))
	s.halt(far)
	sent := here.fill(f, []byte("one"))
	if err := here.Send(s.ctx, []byte("one"), []byte("no room")); !errors.Is(err, zmq.ErrAgain) {
		s.Errorf("without room: %v", err)
	}
	far.kill()
	here.await(zmq.EventDisconnected)
	if n := here.gone(); n == 0 || n > sent {
		s.Errorf("%d of %d messages were dropped", n, sent)
	}
	if err := here.Send(s.ctx, []byte("one"), []byte("x")); !errors.Is(err, zmq.ErrNoRoute) {
		s.Errorf("to one that is dead: %v", err)
	}
}

// streamPeerKilled: the same, and the program receives an empty frame.
func streamPeerKilled(s *stage) {
	here := s.socket(zmq.Stream)
	at := here.bind(s.wild())
	far := s.child(zmq.Stream, nil, 0)
	s.joins(far, at)
	m, err := here.Recv(s.ctx)
	must(s.T, err)
	id := m.Frame(0)
	s.halt(far)
	bytes := make([]byte, buffer)
	here.untilFull(func() bool {
		ok, err := here.TrySend(id, bytes)
		must(s.T, err)
		return ok
	})
	far.kill()
	m, err = here.Recv(s.ctx)
	if err != nil || m.Len() != 2 || string(m.Frame(0)) != string(id) || len(m.Frame(1)) != 0 {
		s.Errorf("received %.40q, %v", m.Frames(), err)
	}
	here.await(zmq.EventDisconnected)
	here.gone()
	if err := here.Send(s.ctx, id, []byte("x")); !errors.Is(err, zmq.ErrNoRoute) {
		s.Errorf("to one that is dead: %v", err)
	}
}

// requestNotAnswered: a Request that a peer had is not sent again when it dies, and
// ends with its ctx; those after it are answered by the next process. The cause
// says that there is no peer.
func requestNotAnswered(s *stage) {
	far := s.child(zmq.Rep, nil, 0)
	at := s.bound(far)
	here := s.socket(zmq.Req)
	here.connect(at)
	first, giveUp := s.ask(here, "first")
	await(s.T, s.ctx, "the request has left", func() bool { st := here.Stats(); return st.Sent == 1 && st.SendQueue == 0 })
	far.kill()
	here.await(zmq.EventDisconnected)
	second, cancel := s.ask(here, "second")
	await(s.T, s.ctx, "the request waits", func() bool { return here.Stats().Sent == 2 })
	cancel()
	err := <-second
	if lost := new(zmq.EndpointError); !errors.Is(err, context.Canceled) || !errors.As(err, &lost) {
		s.Errorf("without a peer: %v", err)
	}
	next := s.socket(zmq.Rep)
	next.bind(at)
	third, _ := s.ask(here, "third")
	m, err := next.Recv(s.ctx)
	if err != nil || string(m.Bytes()) != "third" {
		s.Errorf("the next process gets %q, %v", m, err)
	}
	next.give([]byte("answer"))
	must(s.T, <-third)
	giveUp()
	if err := <-first; !errors.Is(err, context.Canceled) {
		s.Errorf("the first request ends with %v", err)
	}
}

// turnsAreStuck: with Send and Recv the reply is waited for, and nothing can be sent
// until it comes, unless REQ_RELAXED says so.
func turnsAreStuck(s *stage) {
	for _, relaxed := range []bool{false, true} {
		far := s.child(zmq.Rep, nil, 0)
		at := s.bound(far)
		here := s.socket(zmq.Req, zmq.ReqRelaxed.Of(relaxed))
		here.connect(at)
		here.give([]byte("question"))
		await(s.T, s.ctx, "the request has left", func() bool { return here.Stats().SendQueue == 0 })
		far.kill()
		here.await(zmq.EventDisconnected)
		if m, ok, err := here.TryRecv(); ok || err != nil {
			s.Errorf("received %q, %v", m.Frames(), err)
		}
		err := here.Send(s.ctx, []byte("again"))
		if relaxed && err != nil || !relaxed && !errors.Is(err, zmq.ErrState) {
			s.Errorf("relaxed %v: %v", relaxed, err)
		}
	}
}

// closedOverInproc: a peer over inproc goes only by Close. What it has not received
// is dropped and counted here, without an event, and Send waits for another one.
func closedOverInproc(s *stage, p pattern) {
	f := s.flow()
	far := s.socket(p.b)
	at := far.bind(s.wild())
	here := s.socket(p.a)
	here.connect(at)
	sent := here.fill(f)
	for range 5 {
		far.take(f, 0)
	}
	must(s.T, far.Close())
	if st := here.Stats(); st.Dropped != uint64(sent-5) || st.Peers != 0 || st.SendQueue != 0 {
		s.Errorf("of %d sent and 5 received: %+v", sent, st)
	}
	if ok, err := here.TrySend([]byte("to nobody")); ok || err != nil {
		s.Errorf("sent to nobody: %v, %v", ok, err)
	}
	s.got(f, 5)
	next := s.socket(p.b)
	next.bind(at)
	if ok, err := here.TrySend([]byte("to nobody")); ok || err != nil {
		s.Errorf("sent to the next: %v, %v", ok, err)
	}
	here.connect(at)
	here.give(f.next()...)
	next.take(f, 0)
}

// ask makes a request beside the test, until it is given up.
func (s *stage) ask(n *near, text string) (<-chan error, context.CancelFunc) {
	ctx, cancel := context.WithCancel(s.ctx)
	s.Cleanup(cancel)
	ended := make(chan error, 1)
	go func() { // ends with the context, or with n
		_, err := n.Request(ctx, []byte(text))
		ended <- err
	}()
	return ended, cancel
}

// repliesToTheDead: the requests of one that is dead are received, and the replies
// to them are dropped and counted.
func repliesToTheDead(s *stage) {
	here := s.socket(zmq.Rep)
	at := here.bind(s.wild())
	far := s.child(zmq.Dealer, nil, 0)
	s.joins(far, at)
	for range 3 {
		must(s.T, far.send(nothing, []byte("question")))
	}
	await(s.T, s.ctx, "three requests wait", func() bool { return here.Stats().RecvQueue == 3 })
	far.kill()
	here.await(zmq.EventDisconnected)
	await(s.T, s.ctx, "the peer is gone", func() bool { return here.Stats().Peers == 0 })
	for i := range 3 {
		m, err := here.Recv(s.ctx)
		if err != nil || string(m.Bytes()) != "question" {
			s.Fatalf("received %q, %v", m, err)
		}
		here.give([]byte("reply"))
		if n := here.Stats().Dropped; n != uint64(i+1) {
			s.Errorf("after %d replies %d were dropped", i+1, n)
		}
	}
}

// readsTheDead: what has been received of one that is dead stays to be read.
func readsTheDead(s *stage, p pattern) {
	f := s.flow()
	here := s.socket(p.b)
	s.topics(here)
	at := here.bind(s.wild())
	far := s.child(p.a, nil, 0)
	s.joins(far, at)
	await(s.T, s.ctx, "ten messages wait", func() bool {
		must(s.T, far.send(slices.Concat(p.prefix, f.next())...))
		return here.Stats().RecvQueue >= 10
	})
	far.kill()
	here.await(zmq.EventDisconnected)
	await(s.T, s.ctx, "the peer is gone", func() bool { return here.Stats().Peers == 0 })
	waiting := here.Stats().RecvQueue
	for range waiting {
		here.take(f, p.strip)
	}
	s.got(f, waiting)
	if m, ok, err := here.TryRecv(); ok || err != nil {
		s.Errorf("and %.60q, %v", m.Frames(), err)
	}
}
