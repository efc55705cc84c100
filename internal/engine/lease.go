package engine

import (
	"errors"
	"os"
	"sync"
	"time"
)

// Who waits for a message from a connection can read it himself: then a message
// wakes one goroutine, where a reader that hands it on would have to wake another.
//
// A ReadLease is the right to read a connection. The reader has it at first. Once a
// receiver has asked for it (Acquire), the reader stands aside behind the next
// message, and from then on the turn is lent to whoever waits, call by call.
// Between two calls nobody reads; when none has come for a while the reader takes
// the turn back, so that what the receiver does not ask for (a PING, the end) is
// not left lying.
//
// Read, Publish and FD are called by the borrower, between Acquire and Release; all
// else by anybody. mu is a leaf.
type ReadLease struct {
	r  *reader
	fd int

	mu     sync.Mutex
	state  leaseState
	asked  bool          // a receiver wants it
	called bool          // the reader is to have it back
	deep   bool          // the reader sleeps until the loan ends
	used   uint64        // loans that began or ended
	err    error         // what the last loan met, for the reader
	back   chan struct{} // wakes the reader that stands aside
	outer  Nudger        // who waits for the descriptor; nil: nobody
}

// A Nudger is told that it waits for a connection that has ended.
type Nudger interface{ Raise() }

type leaseState uint8

const (
	readerHas leaseState = iota // the reader's
	leaseFree                   // the reader stands aside
	leased
)

// streamRead is what a read brings in a stream.
const streamRead = 16 << 10

// gracePeriod is how long nobody must have wanted the turn before the reader has it
// back: twice that at most.
const gracePeriod = 5 * time.Millisecond

// ReadLease is the turn of the connection that there is now; nil: there is none, or
// it is not lent.
func (h *Handle) ReadLease() *ReadLease {
	if e := h.engine.Load(); e != nil {
		return e.lease.Load()
	}
	return nil
}

// FD is the connection's descriptor, for a borrower who waits for it with poll,
// and for n: it is closed when the connection ends, and may be another's then.
func (t *ReadLease) FD(n Nudger) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.outer = n
	if t.r.e.over() {
		n.Raise()
	}
	return t.fd
}

// Acquire takes the turn, if it is free. If not, and it is urgent, the reader
// learns that it is wanted.
func (t *ReadLease) Acquire(urgent bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.state == leaseFree && !t.called:
		t.state = leased
		t.used++
		return true
	case !urgent:
	case t.state == readerHas:
		t.asked = true
	default:
		t.called = true // he waits otherwise
	}
	return false
}

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
		r.ran(n)
	}
	if n > 0 {
		r.came(n)
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
	t.r.lent = true
	t.err = t.r.walk()
	t.r.lent = false
}

// Release gives the turn back. With call the reader is to read on.
func (t *ReadLease) Release(revoke bool) {
	t.mu.Lock()
	t.state, t.outer = leaseFree, nil
	t.used++
	t.called = t.called || revoke || t.err != nil
	wake := t.called || t.deep
	t.deep = false
	t.mu.Unlock()
	if wake {
		t.wake()
	}
}

// Revoke has the reader read on as soon as nobody has borrowed the turn, because
// somebody waits otherwise.
func (t *ReadLease) Revoke() {
	t.mu.Lock()
	t.asked = false
	t.called = t.state != readerHas
	wake := t.state == leaseFree
	t.mu.Unlock()
	if wake {
		t.wake()
	}
}

// Interrupt ends a Read, soon. It may end a later one for nothing.
func (t *ReadLease) Interrupt() { t.r.e.conn.SetReadDeadline(time.Unix(1, 0)) }

func (t *ReadLease) wake() {
	select {
	case t.back <- struct{}{}:
	default:
	}
}

// wanted reports whether the reader is to stand aside.
func (t *ReadLease) wanted() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.asked {
		return false
	}
	t.asked = false
	t.state, t.called = leaseFree, false
	return true
}

// aside waits until the reader has the turn again, and returns what the last
// borrower has met.
func (t *ReadLease) aside() error {
	e := t.r.e
	stop, done := e.stop, e.cfg.Done
	tick := time.NewTimer(gracePeriod)
	defer tick.Stop()
	for seen := uint64(0); ; {
		select {
		case <-t.back:
			tick.Reset(gracePeriod)
		case <-tick.C:
			tick.Reset(gracePeriod)
		case <-stop:
			stop = nil
		case <-done:
			done = nil
		}
		t.mu.Lock()
		quiet := t.used == seen
		seen = t.used
		switch {
		case t.state == leaseFree && (quiet || t.called || e.over()):
			err := t.err
			t.state, t.called, t.err = readerHas, false, nil
			t.mu.Unlock()
			return err
		case t.state == leaseFree:
		case e.over() && t.outer != nil:
			t.outer.Raise() // the others see it when they read
		case quiet: // for as long as it takes
			t.deep = true
			tick.Stop()
		}
		t.mu.Unlock()
	}
}

// over reports whether the connection is to end.
func (e *engine) over() bool {
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
	e.ctlMu.Lock()
	defer e.ctlMu.Unlock()
	if e.last != nil && !time.Now().Before(e.until) {
		return false
	}
	e.conn.SetReadDeadline(e.until)
	return true
}
