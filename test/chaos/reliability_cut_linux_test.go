package chaos

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

var stopped = []promise{
	{"R-PUSH-stopped", wires, func(s *stage) { s.each(waiters, goesOnAfterStop) }},
	{"R-PUB-stopped", wires, func(s *stage) { s.each(publishers, publishesToStopped) }},
	{"R-ROUTER-stopped", wires, routerPeerStopped},
	{"R-REQ-stopped", wires, lateReplyIsThrownAway},
	{"R-any-stopped-noticed", wires, stopIsNoticed},
}

var cutOff = []promise{
	{"R-PUSH-cut", wires, func(s *stage) { s.each(waiters, goesOnAfterCut) }},
	{"R-PUSH-cut-bound", wires, func(s *stage) { s.each(waiters, boundAfterCut) }},
	{"R-SUB-cut", wires, func(s *stage) { s.each(publishers, subscribesAgain) }},
	{"R-ROUTER-cut", wires, routerAfterCut},
	{"R-REQ-cut", wires, requestCut},
	{"R-PULL-cut", tcp, func(s *stage) { s.each(receivers, nothingInPart) }},
	{"R-STREAM-cut", tcp, streamCut},
}

var halfClosed = []promise{
	{"R-any-half-closed", tcp, func(s *stage) { s.each(receivers, halfIsAll) }},
	{"R-PUSH-half-closed", tcp, func(s *stage) { s.each(waiters, readBesideHalf) }},
	{"R-STREAM-half-closed", tcp, streamHalf},
}

// goesOnAfterStop: nothing is lost; while the peer is stopped a Send waits.
func goesOnAfterStop(s *stage, p pattern) {
	f := s.flow()
	far := s.child(p.b, f, 0)
	at := s.bound(far)
	here := s.socket(p.a)
	here.connect(at)
	s.halt(far)
	sent := here.fill(f)
	far.signal(syscall.SIGCONT)
	here.give(f.next()...)
	s.got(f, sent+1)
	here.none(zmq.EventDisconnected)
}

// publishesToStopped: what there is no room for is dropped and counted, and all
// else arrives.
func publishesToStopped(s *stage, p pattern) {
	f := s.flow()
	here := s.socket(p.a)
	at := here.bind(s.wild())
	far := s.child(p.b, f, 1, p.bOpts...)
	s.joins(far, at)
	if p.b == zmq.XSub {
		must(s.T, far.send(append([]byte{1}, topic...)))
	}
	must(s.T, here.WaitSubscribers(s.ctx, string(topic), 1))
	s.halt(far)
	here.fillAll(f, topic)
	far.signal(syscall.SIGCONT)
	s.got(f, f.count()-int(here.Stats().Dropped))
	here.none(zmq.EventDisconnected)
}

// routerPeerStopped: ErrAgain once there is no room; what was accepted arrives.
func routerPeerStopped(s *stage) {
	f := s.flow()
	here := s.socket(zmq.Router)
	at := here.bind(s.wild())
	far := s.child(zmq.Dealer, f, 0, "ROUTING_ID=one")
	s.joins(far, at)
	must(s.T, here.WaitConnected(s.ctx, 1))
	s.halt(far)
	sent := here.fill(f, []byte("one"))
	if err := here.Send(s.ctx, []byte("one"), []byte("no room")); !errors.Is(err, zmq.ErrAgain) {
		s.Errorf("without room: %v", err)
	}
	far.signal(syscall.SIGCONT)
	s.got(f, sent)
}

// lateReplyIsThrownAway: a request to one that is stopped ends with its ctx, and
// its reply is not taken for that of the next.
func lateReplyIsThrownAway(s *stage) {
	far := s.child(zmq.Rep, s.flow(), 0, ownEcho+"=1")
	at := s.bound(far)
	here := s.socket(zmq.Req)
	here.connect(at)
	s.halt(far)
	first, giveUp := s.ask(here, "first")
	await(s.T, s.ctx, "the request has left", func() bool { st := here.Stats(); return st.Sent == 1 && st.SendQueue == 0 })
	giveUp()
	if err := <-first; !errors.Is(err, context.Canceled) {
		s.Errorf("the first request ends with %v", err)
	}
	far.signal(syscall.SIGCONT)
	m, err := here.Request(s.ctx, []byte("second"))
	if err != nil || string(m.Bytes()) != "second" {
		s.Errorf("the second is answered with %q, %v", m, err)
	}
	if st := here.Stats(); st.Received != 2 {
		s.Errorf("%d replies came", st.Received)
	}
}

// stopIsNoticed: with heartbeats the connection ends, and when the process goes on
// it connects again.
func stopIsNoticed(s *stage) {
	for _, p := range []pattern{patternOf("push-pull"), patternOf("pub-sub"), patternOf("dealer-router")} {
		here := s.socket(p.b, zmq.HeartbeatInterval.Of(beat), zmq.HeartbeatTimeout.Of(beatEnd))
		s.topics(here)
		at := here.bind(s.wild())
		far := s.child(p.a, nil, 0)
		s.joins(far, at)
		here.await(zmq.EventHandshakeDone)
		s.halt(far)
		if ev := here.await(zmq.EventDisconnected); !errors.Is(ev.Err, syscall.ETIMEDOUT) {
			s.Errorf("%s: disconnected by %v", here.Type(), ev.Err)
		}
		far.signal(syscall.SIGCONT)
		here.await(zmq.EventHandshakeDone)
	}
}

// goesOnAfterCut: what was in flight is lost, and everything else arrives, also
// what had been received and not read.
func goesOnAfterCut(s *stage, p pattern) {
	f := s.flow()
	far := s.socket(p.b)
	at, r := s.relayTo(far.bind(s.wild()))
	here := s.socket(p.a)
	here.connect(at)
	sent := here.fill(f)
	r.cut()
	here.await(zmq.EventDisconnected)
	left := here.Stats().SendQueue
	s.drain(far, f, 0)
	here.give(f.next()...)
	await(s.T, s.ctx, "the last message", func() bool { return f.has(sent + 1) })
	await(s.T, s.ctx, "all that was kept", func() bool { return f.tally(sent-left).lost == 0 })
	s.good(f)
	if t := f.tally(0); t.lostBytes > wireWindow {
		s.Errorf("%d bytes are lost, more than can be in flight", t.lostBytes)
	}
	if st := here.Stats(); st.Dropped != 0 {
		s.Errorf("%d messages were dropped", st.Dropped)
	}
}

// boundAfterCut: what waits is dropped, counted and told, though the peer is there
// again at once.
func boundAfterCut(s *stage, p pattern) {
	f := s.flow()
	here := s.socket(p.a)
	at, r := s.relayTo(here.bind(s.wild()))
	far := s.socket(p.b)
	far.connect(at)
	must(s.T, here.WaitConnected(s.ctx, 1))
	sent := here.fill(f)
	r.cut()
	here.await(zmq.EventDisconnected)
	dropped := here.gone()
	s.drain(far, f, 0)
	here.give(f.next()...)
	await(s.T, s.ctx, "the last message", func() bool { return f.has(sent + 1) })
	s.good(f)
	if t := f.tally(0); t.got > sent+1-dropped {
		s.Errorf("%d of %d messages came, though %d were dropped", t.got, sent+1, dropped)
	}
}

// subscribesAgain: a subscriber says its topics again on the next connection, and
// misses what was published meanwhile.
func subscribesAgain(s *stage, p pattern) {
	f := s.flow()
	pub := s.socket(p.a)
	at, r := s.relayTo(pub.bind(s.wild()))
	here := s.socket(p.b)
	s.topics(here)
	here.connect(at)
	must(s.T, pub.WaitSubscribers(s.ctx, "", 1))
	r.cut()
	here.await(zmq.EventDisconnected)
	pub.await(zmq.EventDisconnected)
	must(s.T, pub.WaitSubscribers(s.ctx, "", 1))
	pub.give(f.next()...)
	here.take(f, 0)
	s.got(f, 1)
}

// routerAfterCut: as boundAfterCut; the id is a route again when the peer is back.
func routerAfterCut(s *stage) {
	f := s.flow()
	here := s.socket(zmq.Router)
	at, r := s.relayTo(here.bind(s.wild()))
	far := s.socket(zmq.Dealer, zmq.RoutingID.Of([]byte("one")))
	far.connect(at)
	must(s.T, here.WaitConnected(s.ctx, 1))
	sent := here.fill(f, []byte("one"))
	r.cut()
	here.await(zmq.EventDisconnected)
	here.gone()
	s.drain(far, f, 0)
	body := slices.Concat([][]byte{[]byte("one")}, f.next())
	await(s.T, s.ctx, "the route is there again", func() bool {
		err := here.Send(s.ctx, body...)
		if err != nil && !errors.Is(err, zmq.ErrNoRoute) {
			s.Fatal(err)
		}
		return err == nil
	})
	await(s.T, s.ctx, "the last message", func() bool { return f.has(sent + 1) })
	s.good(f)
}

// requestCut: a request that the peer has is not sent again, its reply is dropped
// and counted there, and the call waits for its ctx.
func requestCut(s *stage) {
	far := s.socket(zmq.Rep)
	at, r := s.relayTo(far.bind(s.wild()))
	here := s.socket(zmq.Req)
	here.connect(at)
	first, giveUp := s.ask(here, "first")
	if m, err := far.Recv(s.ctx); err != nil || string(m.Bytes()) != "first" {
		s.Fatalf("received %q, %v", m, err)
	}
	r.cut()
	here.await(zmq.EventDisconnected)
	far.await(zmq.EventDisconnected)
	far.await(zmq.EventHandshakeDone)
	far.await(zmq.EventHandshakeDone)
	await(s.T, s.ctx, "the old connection is gone", func() bool { return far.Stats().Peers == 1 })
	far.give([]byte("to nobody"))
	if n := far.Stats().Dropped; n != 1 {
		s.Errorf("%d replies were dropped", n)
	}
	second, _ := s.ask(here, "second")
	if m, err := far.Recv(s.ctx); err != nil || string(m.Bytes()) != "second" {
		s.Fatalf("received %q, %v", m, err)
	}
	far.give([]byte("answer"))
	must(s.T, <-second)
	giveUp()
	if err := <-first; !errors.Is(err, context.Canceled) {
		s.Errorf("the first request ends with %v", err)
	}
}

// dial is a peer that speaks by hand.
func (s *stage) dial(at, kind string) *testutil.Peer {
	s.Helper()
	c, err := testutil.Dial(strings.TrimPrefix(at, "tcp://"), kind)
	must(s.T, err)
	s.Cleanup(func() { c.Close() })
	return c
}

// nothingInPart: a message whose connection ends within it is not received, and not
// counted; those before it are.
func nothingInPart(s *stage, p pattern) {
	here := s.socket(p.b)
	s.topics(here)
	c := s.dial(here.bind(s.wild()), p.a.String())
	must(s.T, c.Send([]byte("topic"), []byte("whole")))
	_, err := c.Write(append(testutil.Frame(testutil.More, []byte("topic")), testutil.Frame(0, make([]byte, 1000))[:500]...))
	must(s.T, err)
	c.Close()
	here.await(zmq.EventDisconnected)
	await(s.T, s.ctx, "the peer is gone", func() bool { return here.Stats().Peers == 0 })
	m, err := here.Recv(s.ctx)
	if err != nil || string(m.Frame(m.Len()-1)) != "whole" {
		s.Errorf("received %.40q, %v", m.Frames(), err)
	}
	if m, ok, err := here.TryRecv(); ok || err != nil {
		s.Errorf("received %.40q, %v", m.Frames(), err)
	}
	if st := here.Stats(); st.Received != 1 || st.Dropped != 0 {
		s.Errorf("counted %+v", st)
	}
}

// plain connects to a STREAM, and returns its id.
func (s *stage) plain(here *near) (*net.TCPConn, []byte) {
	s.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(here.bind(s.wild()), "tcp://"))
	must(s.T, err)
	s.Cleanup(func() { c.Close() })
	m, err := here.Recv(s.ctx)
	must(s.T, err)
	return c.(*net.TCPConn), m.Frame(0)
}

// ends receives from a STREAM until it tells that the connection is gone, and
// returns the bytes.
func (n *near) ends() (all string) {
	n.s.Helper()
	for {
		m, err := n.Recv(n.s.ctx)
		must(n.s.T, err)
		if len(m.Frame(1)) == 0 {
			return all
		}
		all += string(m.Frame(1))
	}
}

// streamCut: what came before is received, then an empty frame.
func streamCut(s *stage) {
	here := s.socket(zmq.Stream)
	c, id := s.plain(here)
	_, err := c.Write([]byte("some bytes"))
	must(s.T, err)
	await(s.T, s.ctx, "the bytes", func() bool { return here.Stats().ReceivedBytes > 0 })
	c.SetLinger(0)
	c.Close()
	if got := here.ends(); got != "some bytes" {
		s.Errorf("received %q", got)
	}
	here.await(zmq.EventDisconnected)
	if err := here.Send(s.ctx, id, []byte("x")); !errors.Is(err, zmq.ErrNoRoute) {
		s.Errorf("to one that is gone: %v", err)
	}
}

// halfIsAll: a peer that ends its sending half has gone. What it had sent is
// received.
func halfIsAll(s *stage, p pattern) {
	here := s.socket(p.b)
	s.topics(here)
	c := s.dial(here.bind(s.wild()), p.a.String())
	must(s.T, c.Send([]byte("topic"), []byte("last words")))
	must(s.T, c.Conn.(*net.TCPConn).CloseWrite())
	ev := here.await(zmq.EventDisconnected)
	if ev.Err == nil {
		s.Error("the event does not say why")
	}
	m, err := here.Recv(s.ctx)
	if err != nil || string(m.Frame(m.Len()-1)) != "last words" {
		s.Errorf("received %.40q, %v", m.Frames(), err)
	}
	if _, err := io.Copy(io.Discard, c.Conn); err != nil {
		s.Errorf("the other half ends with %v", err)
	}
}

// readBesideHalf: what was handed to the system before is still read by a peer that
// has ended its half; what was not is dropped, counted and told.
func readBesideHalf(s *stage, p pattern) {
	f := s.flow()
	here := s.socket(p.a)
	c := s.dial(here.bind(s.wild()), p.b.String())
	sent := here.fill(f)
	must(s.T, c.Conn.(*net.TCPConn).CloseWrite())
	here.await(zmq.EventDisconnected)
	dropped := here.gone()
	for {
		m, err := c.Recv()
		if err != nil {
			break
		}
		f.enter(1, m)
	}
	s.got(f, sent-dropped)
}

// streamHalf: a plain client that ends its half has gone, too: it can't be
// answered.
func streamHalf(s *stage) {
	here := s.socket(zmq.Stream)
	c, id := s.plain(here)
	_, err := c.Write([]byte("question"))
	must(s.T, err)
	must(s.T, c.CloseWrite())
	if got := here.ends(); got != "question" {
		s.Errorf("received %q", got)
	}
	await(s.T, s.ctx, "the peer is gone", func() bool { return here.Stats().Peers == 0 })
	if err := here.Send(s.ctx, id, []byte("answer")); !errors.Is(err, zmq.ErrNoRoute) {
		s.Errorf("to one that has ended its half: %v", err)
	}
	if got, err := io.ReadAll(c); err != nil || len(got) > 0 {
		s.Errorf("the client reads %q, %v", got, err)
	}
}
