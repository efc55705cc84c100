package core

import "github.com/zeroth-mq/zmq/internal/poll"

import "github.com/zeroth-mq/zmq/internal/engine"

// A call that waits for a message on a socket with one connection reads the
// connection itself, if nothing else waits for the socket: see engine.ReadLease.

// acquireLocked acquires the read lease of the socket's only connection for the
// only call that waits to receive; nil: that is not possible, or not yet. waiters
// is how many calls are counted as waiting, this one included.
func (s *Socket) acquireLocked(waiters int) *engine.ReadLease {
	if s.recv.waiters > waiters || s.watched.Any() {
		return nil
	}
	t := s.live.lease()
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

// WatchToRead is Watch for a caller that will receive as soon as the Signal is
// raised, or Unwatch. If a lease is returned, the caller waits for its descriptor as
// well, and releases it before it receives.
func (s *Socket) WatchToRead(g *poll.Signal) *engine.ReadLease {
	s.recv.Lock()
	t := s.acquireLocked(0)
	s.release(&s.recv)
	if t == nil {
		s.Watch(g)
	} else {
		s.watched.Add(g)
	}
	return t
}

// readLeased reads once for a call that waits, until there is something, an event
// after the first since ones, or an end: of the socket, or of the limit. It is called
// with the receive lock held and returns with it held.
func (s *Socket) readLeased(l limit, t *engine.ReadLease, since uint64) error {
	r := &s.recv.ready
	s.release(&s.recv)
	defer l.onPass(t.Interrupt)()
	r.reading.Store(t) // events interrupt it from now on
	came := r.rings.Load() == since && s.err() == nil && l.ctx.Err() == nil && t.Read(true)
	r.reading.Store(nil)
	if came {
		t.Publish()
	}
	s.recv.Lock()
	t.Release(s.recv.waiters > 1)
	if came {
		return nil
	}
	return l.passed()
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

// Watch has x raised whenever the socket may have become able to send or receive, or
// has ended, until Unwatch.
func (s *Socket) Watch(x poll.Watcher) {
	s.watched.Add(x)
	s.revoke()
}
