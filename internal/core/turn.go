package core

import (
	"context"
	"time"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
)

// A call that waits for a message on a socket with one connection reads the
// connection itself, if nobody else waits for the socket: see engine.Turn.

// borrowLocked takes the turn of the socket's only connection for the only one
// who waits to receive; nil: that is not possible, or not yet. waiters is how
// many are counted with him.
func (s *Socket) borrowLocked(waiters int) *engine.Turn {
	if s.recv.waiters > waiters || s.watched.list.Load() != nil {
		return nil
	}
	t := s.soleTurn()
	if t == nil {
		return nil
	}
	if !t.Borrow(true) {
		s.turn.Store(nil)
		return nil
	}
	s.turn.Store(t)
	return t
}

// listenLocked is what to wait at for the next message, for who does not read.
func (s *Socket) listenLocked(since uint64) <-chan struct{} {
	s.recall()
	return s.recv.ready.listen(since)
}

func (s *Socket) soleTurn() *engine.Turn {
	s.liveMu.Lock()
	defer s.liveMu.Unlock()
	if s.sole == nil {
		return nil
	}
	return s.sole.Turn()
}

// WatchToRead is Watch for who will receive as soon as the Signal is raised, or
// Unwatch. If a Turn is returned, he waits for its descriptor as well, and returns
// the turn before he receives.
func (s *Socket) WatchToRead(g *Signal) *engine.Turn {
	s.recv.Lock()
	t := s.borrowLocked(0)
	s.release(&s.recv)
	if t == nil {
		s.watch(g)
	} else {
		s.watched.add(g)
	}
	return t
}

// readFor reads once for a call that waits, until there is something, an event
// since that epoch, or an end: of the socket, of ctx, or at until, if that is
// not zero. It is called with the receive lock held and returns with it held.
func (s *Socket) readFor(ctx context.Context, t *engine.Turn, since uint64, until time.Time) error {
	r := &s.recv.ready
	s.release(&s.recv)
	if ctx.Done() != nil {
		defer context.AfterFunc(ctx, t.Interrupt)()
	}
	if !until.IsZero() {
		defer time.AfterFunc(time.Until(until), t.Interrupt).Stop()
	}
	r.reading.Store(t) // who comes from now on interrupts
	came := r.epoch.Load() == since && s.err() == nil && ctx.Err() == nil && t.Await()
	r.reading.Store(nil)
	if came {
		t.Publish()
	}
	s.recv.Lock()
	t.Return(s.recv.waiters > 1)
	if came {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return ctxErr(ctx)
	}
	if !until.IsZero() && !time.Now().Before(until) {
		return errno.EAGAIN
	}
	return nil
}

// look reads what is there, if nobody else does so. False: nothing is.
func (s *Socket) look() bool {
	t := s.turn.Load()
	if t == nil || !t.Borrow(false) {
		return false
	}
	came := t.Look()
	if came {
		t.Publish()
	}
	t.Return(false)
	return came
}

// recall has the reader read again, because somebody waits otherwise.
func (s *Socket) recall() {
	if t := s.turn.Swap(nil); t != nil {
		t.Call()
	}
}

// watch has x told of events.
func (s *Socket) watch(x watcher) {
	s.watched.add(x)
	s.recall()
}

// setSole finds the only connection when there is one left of many.
func (s *Socket) setSole() {
	s.liveMu.Lock()
	look := s.live == 1 && s.sole == nil
	s.liveMu.Unlock()
	if !look {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lock()
	defer s.unlock()
	s.liveMu.Lock()
	defer s.liveMu.Unlock()
	if s.live != 1 || s.sole != nil {
		return
	}
	for p := range s.peers {
		if p.counted {
			s.sole = p.port
		}
	}
}
