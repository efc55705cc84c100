package chaos

import (
	"errors"
	"slices"
	"syscall"

	zmq "github.com/zeroth-mq/zmq"
)

var closings = []promise{
	{"R-any-own-kill", wires, func(s *stage) { s.each(waiters, killedWhileSending) }},
	{"R-PUSH-closed", every, func(s *stage) { s.each(waiters, lingersUntilRead) }},
	{"R-PUSH-closed-late", wires, func(s *stage) { s.each(waiters, saysWhatIsLeft) }},
	{"R-PUB-closed-late", wires, func(s *stage) { s.each(publishers, publisherCloses) }},
	{"R-ROUTER-closed-late", wires, routerCloses},
	{"R-REQ-closed", every, requestsEnd},
	{"R-PULL-closed", every, func(s *stage) { s.each(waiters, unreadIsLost) }},
}

// killedWhileSending: when this side is killed the peer has received a beginning of
// what was sent, whole and in order.
func killedWhileSending(s *stage, p pattern) {
	f := s.flow()
	far := s.socket(p.b)
	at := far.bind(s.wild())
	here := s.child(p.a, nil, 0)
	s.joins(here, at)
	must(s.T, far.WaitConnected(s.ctx, 1))
	for range 200 {
		must(s.T, here.send(f.next()...))
		if f.count() == 100 {
			far.take(f, 0)
		}
	}
	here.signal(syscall.SIGKILL)
	<-here.done
	far.await(zmq.EventDisconnected)
	for {
		m, ok, err := far.TryRecv()
		must(s.T, err)
		if !ok {
			break
		}
		f.enter(m.Peer().Conn, m.Frames())
	}
	s.good(f)
	t := f.tally(0)
	if t.got == 0 || !f.has(t.got) {
		s.Errorf("what came of %d messages is no beginning, %d", t.sent, t.got)
	}
}

// lingersUntilRead: Close waits, as long as Linger allows, until the peer's system
// has what was sent, and all of it arrives.
func lingersUntilRead(s *stage, p pattern) {
	f := s.flow()
	far := s.socket(p.b)
	at := far.bind(s.wild())
	here := s.socket(p.a, zmq.Linger.Of(-1))
	here.connect(at)
	sent := here.fill(f)
	closed := make(chan error, 1)
	go func() { closed <- here.Close() }() // owned by the test: see below
	for range sent {
		far.take(f, 0)
	}
	must(s.T, <-closed)
	s.got(f, sent)
}

// undelivered is how many messages Close says that it has dropped.
func (n *near) undelivered() int {
	n.s.Helper()
	err := n.Close()
	left, ok := errors.AsType[*zmq.UndeliveredError](err)
	if !ok {
		n.s.Fatalf("Close says %v", err)
	}
	return left.Messages
}

// saysWhatIsLeft: what has not left when Linger is over is lost, and Close says how
// much; the rest arrives.
func saysWhatIsLeft(s *stage, p pattern) {
	f := s.flow()
	far := s.socket(p.b)
	at := far.bind(s.wild())
	here := s.socket(p.a) // its Linger is 0
	here.connect(at)
	sent := here.fill(f)
	left := here.undelivered()
	for range sent - left {
		far.take(f, 0)
	}
	far.await(zmq.EventDisconnected)
	s.got(f, sent-left)
	if _, ok, _ := far.TryRecv(); ok || left == 0 {
		s.Errorf("%d of %d were not delivered", left, sent)
	}
}

// publisherCloses: a publisher says so, too, of what waits for its subscribers.
func publisherCloses(s *stage, p pattern) {
	f := s.flow()
	here := s.socket(p.a)
	at := here.bind(s.wild())
	far := s.socket(p.b)
	s.topics(far)
	far.connect(at)
	must(s.T, here.WaitSubscribers(s.ctx, "", 1))
	here.fillAll(f)
	sent := f.count() - int(here.Stats().Dropped)
	left := here.undelivered()
	for range sent - left {
		far.take(f, 0)
	}
	far.await(zmq.EventDisconnected)
	s.got(f, sent-left)
}

// routerCloses: so does a ROUTER.
func routerCloses(s *stage) {
	f := s.flow()
	here := s.socket(zmq.Router)
	at := here.bind(s.wild())
	far := s.dealer(here, at, "one")
	sent := here.fill(f, []byte("one"))
	left := here.undelivered()
	for range sent - left {
		far.take(f, 0)
	}
	far.await(zmq.EventDisconnected)
	s.got(f, sent-left)
}

// requestsEnd: the Requests of a socket that closes fail with ErrClosed, and those
// that wait in its queue are not sent.
func requestsEnd(s *stage) {
	far := s.socket(zmq.Router)
	at := far.bind(s.wild())
	here := s.socket(zmq.Req, zmq.Linger.Of(-1))
	here.connect(at)
	asked, _ := s.ask(here, "question")
	far.hears("question")
	must(s.T, here.Close())
	if err := <-asked; !errors.Is(err, zmq.ErrClosed) {
		s.Errorf("the request ends with %v", err)
	}
}

// unreadIsLost: what this side has not received when it closes is lost; what the
// peer's socket still has it keeps for the next.
func unreadIsLost(s *stage, p pattern) {
	f := s.flow()
	here := s.socket(p.b)
	at := here.bind(s.wild())
	far := s.socket(p.a)
	far.connect(at)
	sent := far.fill(f)
	must(s.T, here.Close())
	if s.scheme == "inproc" {
		return
	}
	far.await(zmq.EventDisconnected)
	left := far.Stats().SendQueue
	next := s.socket(p.b)
	next.bind(at)
	for range left {
		next.take(f, 0)
	}
	far.give(f.next()...)
	next.take(f, 0)
	s.got(f, left+1)
	if left >= sent || !f.has(sent+1) || !slices.Contains(f.seen, 0) {
		s.Errorf("%d of %d messages were kept", left, sent)
	}
}
