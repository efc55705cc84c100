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
// A Turn is the right to read a connection. The reader has it at first. Once a
// receiver has asked for it (Borrow), the reader stands aside behind the next
// message, and from then on the turn is lent to whoever waits, call by call.
// Between two calls nobody reads; when none has come for a while the reader takes
// the turn back, so that what the receiver does not ask for (a PING, the end) is
// not left lying.
//
// Await, Look, Publish and FD are called by the borrower, between Borrow and Return; all
// else by anybody. mu is a leaf.
type Turn struct {
	r  *reader
	fd int

	mu     sync.Mutex
	state  turnState
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

type turnState uint8

const (
	turnKept turnState = iota // the reader's
	turnFree                  // the reader stands aside
	turnLent
)

// streamRead is what a read brings in a stream.
const streamRead = 16 << 10

// lull is how long nobody must have wanted the turn before the reader has it
// back: twice that at most.
const lull = 5 * time.Millisecond

// Turn is the turn of the connection that there is now; nil: there is none, or
// it is not lent.
func (p *Port) Turn() *Turn {
	if e := p.engine.Load(); e != nil {
		return e.turn.Load()
	}
	return nil
}

// FD is the connection's descriptor, for a borrower who waits for it with poll,
// and for n: it is closed when the connection ends, and may be another's then.
func (t *Turn) FD(n Nudger) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.outer = n
	if t.r.e.over() {
		n.Raise()
	}
	return t.fd
}

// Borrow takes the turn, if it is free. If not, and it is urgent, the reader
// learns that it is wanted.
func (t *Turn) Borrow(urgent bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.state == turnFree && !t.called:
		t.state = turnLent
		t.used++
		return true
	case !urgent:
	case t.state == turnKept:
		t.asked = true
	default:
		t.called = true // he waits otherwise
	}
	return false
}

// Await waits until there is something to read, and reads it. False: it was
// interrupted.
func (t *Turn) Await() bool { return t.look(true) }

// Look is Await that does not wait. False: there is nothing.
func (t *Turn) Look() bool { return t.look(false) }

func (t *Turn) look(wait bool) bool {
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

// Publish gives the socket what Await has read.
func (t *Turn) Publish() {
	t.r.lent = true
	t.err = t.r.walk()
	t.r.lent = false
}

// Return gives the turn back. With call the reader is to read on.
func (t *Turn) Return(call bool) {
	t.mu.Lock()
	t.state, t.outer = turnFree, nil
	t.used++
	t.called = t.called || call || t.err != nil
	wake := t.called || t.deep
	t.deep = false
	t.mu.Unlock()
	if wake {
		t.wake()
	}
}

// Call has the reader read on as soon as nobody has borrowed the turn, because
// somebody waits otherwise.
func (t *Turn) Call() {
	t.mu.Lock()
	t.asked = false
	t.called = t.state != turnKept
	wake := t.state == turnFree
	t.mu.Unlock()
	if wake {
		t.wake()
	}
}

// Interrupt ends an Await, soon. It may end a later one for nothing.
func (t *Turn) Interrupt() { t.r.e.conn.SetReadDeadline(time.Unix(1, 0)) }

func (t *Turn) wake() {
	select {
	case t.back <- struct{}{}:
	default:
	}
}

// wanted reports whether the reader is to stand aside.
func (t *Turn) wanted() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.asked {
		return false
	}
	t.asked = false
	t.state, t.called = turnFree, false
	return true
}

// aside waits until the reader has the turn again, and returns what the last
// borrower has met.
func (t *Turn) aside() error {
	e := t.r.e
	stop, done := e.stop, e.cfg.Done
	tick := time.NewTimer(lull)
	defer tick.Stop()
	for seen := uint64(0); ; {
		select {
		case <-t.back:
			tick.Reset(lull)
		case <-tick.C:
			tick.Reset(lull)
		case <-stop:
			stop = nil
		case <-done:
			done = nil
		}
		t.mu.Lock()
		quiet := t.used == seen
		seen = t.used
		switch {
		case t.state == turnFree && (quiet || t.called || e.over()):
			err := t.err
			t.state, t.called, t.err = turnKept, false, nil
			t.mu.Unlock()
			return err
		case t.state == turnFree:
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
