package core

import (
	"context"
	"time"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
)

// A call that waits for a message on a socket with one connection reads the
// connection itself, if nothing else waits for the socket: see engine.ReadLease.

// acquireLocked acquires the read lease of the socket's only connection for the
// only call that waits to receive; nil: that is not possible, or not yet. waiters
// is how many calls are counted as waiting, this one included.
func (s *Socket) acquireLocked(waiters int) *engine.ReadLease {
	if s.recv.waiters > waiters || s.watched.list.Load() != nil {
		return nil
	}
	t := s.soleLease()
	if t == nil {
		return nil
	}
	if !t.Acquire(true) {
		s.lease.Store(nil)
		return nil
	}
	s.lease.Store(t)
	return t
}

// listenLocked is what to wait at for the next message, for a call that does not
// read.
func (s *Socket) listenLocked(since uint64) <-chan struct{} {
	s.revoke()
	return s.recv.ready.listen(since)
}

func (s *Socket) soleLease() *engine.ReadLease {
	s.liveMu.Lock()
	defer s.liveMu.Unlock()
	if s.sole == nil {
		return nil
	}
	return s.sole.ReadLease()
}

// WatchToRead is Watch for a caller that will receive as soon as the Signal is
// raised, or Unwatch. If a lease is returned, the caller waits for its descriptor as
// well, and releases it before it receives.
func (s *Socket) WatchToRead(g *Signal) *engine.ReadLease {
	s.recv.Lock()
	t := s.acquireLocked(0)
	s.release(&s.recv)
	if t == nil {
		s.watch(g)
	} else {
		s.watched.add(g)
	}
	return t
}

// readLeased reads once for a call that waits, until there is something, an event
// since that epoch, or an end: of the socket, of ctx, or at until, if that is
// not zero. It is called with the receive lock held and returns with it held.
func (s *Socket) readLeased(ctx context.Context, t *engine.ReadLease, since uint64, until time.Time) error {
	r := &s.recv.ready
	s.release(&s.recv)
	if ctx.Done() != nil {
		defer context.AfterFunc(ctx, t.Interrupt)()
	}
	if !until.IsZero() {
		defer time.AfterFunc(time.Until(until), t.Interrupt).Stop()
	}
	r.reading.Store(t) // events interrupt it from now on
	came := r.epoch.Load() == since && s.err() == nil && ctx.Err() == nil && t.Read(true)
	r.reading.Store(nil)
	if came {
		t.Publish()
	}
	s.recv.Lock()
	t.Release(s.recv.waiters > 1)
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

// tryRead reads what is there, if the lease is free. False: nothing is.
func (s *Socket) tryRead() bool {
	t := s.lease.Load()
	if t == nil || !t.Acquire(false) {
		return false
	}
	came := t.Read(false)
	if came {
		t.Publish()
	}
	t.Release(false)
	return came
}

// revoke has the reader read again, because a call waits in another way.
func (s *Socket) revoke() {
	if t := s.lease.Swap(nil); t != nil {
		t.Revoke()
	}
}

// watch has x told of events.
func (s *Socket) watch(x watcher) {
	s.watched.add(x)
	s.revoke()
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
			s.sole = p.handle
		}
	}
}
