package core

import "github.com/zeroth-mq/zmq/internal/poll"

import "github.com/zeroth-mq/zmq/internal/engine"

// A call that waits for a message on a socket with one connection reads the
// connection itself, if nothing else waits for the socket: see engine.ReadLease.

// acquireLeaseLocked acquires the read lease of the socket's only connection for the
// only call that waits to receive; nil: that is not possible, or not yet. waiters
// is how many calls are counted as waiting, this one included.
func (h *recvHalf) acquireLeaseLocked(waiters int) *engine.ReadLease {
	if h.waiters > waiters || h.watched.Any() {
		return nil
	}
	t := h.live.lease()
	if t == nil {
		return nil
	}
	if !t.Acquire(true) {
		h.lease.Store(nil)
		return nil
	}
	h.lease.Store(t)
	return t
}

// WatchToRead is Watch for a caller that will receive as soon as the Signal is
// raised, or Unwatch. If a lease is returned, the caller waits for its descriptor as
// well, and releases it before it receives.
func (h *recvHalf) WatchToRead(g *poll.Signal) *engine.ReadLease {
	h.acquire()
	t := h.acquireLeaseLocked(0)
	h.release()
	if t == nil {
		h.Watch(g)
	} else {
		h.watched.Add(g)
	}
	return t
}

// readLocked reads once for a call that waits, until there is something, an event
// after the first since ones, or an end: of the socket, or of the limit. It is called
// with the receive lock held and returns with it held.
func (h *recvHalf) readLocked(l poll.Limit, t *engine.ReadLease, since uint64) error {
	r := &h.ready
	h.release()
	defer l.OnPass(t)()
	r.reading.Store(t) // events interrupt it from now on
	came := r.Rings() == since && h.err() == nil && l.Passed() == nil && t.Read(true)
	r.reading.Store(nil)
	if came {
		t.Publish()
	}
	h.acquire()
	t.Release(h.waiters > 1)
	if came {
		return nil
	}
	return l.Passed()
}

// tryRead reads what is there, if the lease is free. False: nothing is.
func (h *recvHalf) tryRead() bool {
	t := h.lease.Load()
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
func (h *recvHalf) revoke() {
	if t := h.lease.Swap(nil); t != nil {
		t.Revoke()
	}
}

// Watch has x raised whenever the socket may have become able to send or receive, or
// has ended, until Unwatch.
func (h *recvHalf) Watch(x poll.Watcher) {
	h.watched.Add(x)
	h.revoke()
}
