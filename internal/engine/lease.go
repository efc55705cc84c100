package engine

import (
	"errors"
	"os"
	"time"
)

// A call that waits for a message from a connection can read it itself: then a
// message wakes one goroutine, where a reader that hands it on would have to wake
// another.
//
//  1. A call that waits asks for a lease (Acquire). The reader yields behind the next
//     message that it publishes.
//  2. From then on each call that waits acquires the lease, reads (Read, Publish), and
//     releases it. Between two calls nothing reads.
//  3. When no call has wanted it for the grace period, the reader claims it, so
//     that what no call asks for, a PING or the end, does not stay unread. It
//     also comes back when a call waits in another way (Revoke), or a lease has met
//     an error.
//
// A ReadLease is the role of reading one connection, as it is leased. Read, Publish and
// FD are called by the borrower, between Acquire and Release; all else by any
// goroutine.
type ReadLease struct {
	role
	r  *reader
	fd int

	back chan struct{} // wakes the reader that has yielded

	// Under mu.
	dormant bool   // the reader sleeps until the lease ends
	err     error  // what the last lease met, for the reader
	outer   Raiser // waits for the descriptor; nil: nothing does
}

// A Raiser is told that it waits for a connection that has ended.
type Raiser interface{ Raise() }

// streamRead is what a read brings in a stream.
const streamRead = 16 << 10

// gracePeriod is how long no call must have wanted the lease before the reader has it
// again: twice that at most.
const gracePeriod = 5 * time.Millisecond

// ReadLease is that of the connection that there is now; nil: there is none, or it
// cannot be leased.
func (h *Handle) ReadLease() *ReadLease {
	if e := h.engine.Load(); e != nil {
		return e.lease.Load()
	}
	return nil
}

// newReadLease makes reading something that can be leased; nil if that is not possible.
// The reader has it.
func newReadLease(r *reader) *ReadLease {
	if r.park.raw == nil {
		return nil
	}
	t := &ReadLease{r: r, back: make(chan struct{}, 1)}
	if r.park.raw.Control(func(fd uintptr) { t.fd = int(fd) }) != nil {
		return nil
	}
	t.state, t.start = roleOwned, t.wake
	r.e.lease.Store(t)
	return t
}

// FD is the connection's descriptor, for a borrower that waits for it with poll,
// and for n: it is closed when the connection ends, and may be another's then.
func (t *ReadLease) FD(n Raiser) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.outer = n
	if t.r.e.closing() {
		n.Raise()
	}
	return t.fd
}

// Acquire begins a lease, if nothing reads. With ask, the reader learns that a lease
// is wanted, and yields soon.
func (t *ReadLease) Acquire(ask bool) bool { return t.acquire(ask) }

// Read reads once. If wait it waits until there is something. False: there is
// nothing, or it was interrupted.
func (t *ReadLease) Read(wait bool) bool {
	r := t.r
	r.park.wait = wait
	n, err := r.more()
	r.park.wait = true
	if !wait || n < streamRead {
		r.bytes = 0
	} else {
		r.countBytes(n)
	}
	if n > 0 {
		r.received(n)
		return true
	}
	switch {
	case err == nil: // nothing
	case r.e.interrupted(err):
	default:
		t.err = readError(err)
	}
	return false
}

// Publish gives the socket what Read has read.
func (t *ReadLease) Publish() {
	t.r.leased = true
	t.err = t.r.walk()
	t.r.leased = false
}

// Release ends the lease. With revoke, or after an error, the reader is to read on.
func (t *ReadLease) Release(revoke bool) {
	t.mu.Lock()
	dormant := t.dormant
	t.dormant, t.outer = false, nil
	t.releaseLocked(revoke || t.err != nil)
	t.mu.Unlock()
	if dormant {
		t.wake()
	}
}

// Revoke has the reader read on as soon as there is no lease, because a call waits in
// another way.
func (t *ReadLease) Revoke() { t.revoke() }

// Interrupt ends a Read, soon. It may end a later one for nothing.
func (t *ReadLease) Interrupt() { t.r.e.conn.SetReadDeadline(time.Unix(1, 0)) }

// wake wakes the reader that has yielded.
func (t *ReadLease) wake() {
	select {
	case t.back <- struct{}{}:
	default:
	}
}

// regain is called by the reader when it has yielded. It waits until the role is
// the reader's again, and returns what the last lease has met.
func (t *ReadLease) regain() error {
	e := t.r.e
	stop, done := e.stop, e.cfg.Done
	grace := time.NewTimer(gracePeriod)
	defer grace.Stop()
	for seen := uint64(0); ; {
		select {
		case <-t.back:
			grace.Reset(gracePeriod)
		case <-grace.C:
			grace.Reset(gracePeriod)
		case <-stop:
			stop = nil
		case <-done:
			done = nil
		}
		t.mu.Lock()
		quiet := t.used == seen
		seen = t.used
		switch {
		case t.state == roleOwned, t.state == roleFree && (quiet || e.closing()):
			err := t.err
			t.state, t.err = roleOwned, nil // the claim
			t.mu.Unlock()
			return err
		case t.state == roleFree:
		case e.closing() && t.outer != nil:
			t.outer.Raise() // a borrower that reads sees it
		case quiet: // for as long as it takes
			t.dormant = true
			grace.Stop()
		}
		t.mu.Unlock()
	}
}

// closing reports whether the connection is to end.
func (e *engine) closing() bool {
	select {
	case <-e.stop:
	case <-e.cfg.Done: // perhaps nil
	default:
		return false
	}
	return true
}

// interrupted reports whether a read failed for an Interrupt, and forgets it:
// the deadline is that of lastReads again.
func (e *engine) interrupted(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.last != nil && !time.Now().Before(e.until) {
		return false
	}
	e.conn.SetReadDeadline(e.until)
	return true
}
