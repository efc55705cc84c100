package core

import (
	"sync"
	"sync/atomic"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// a ready list holds the Ends that can move again, until the socket's next
// call looks at it. Its mutex is a leaf.
type ready struct {
	some    atomic.Bool
	reading atomic.Pointer[engine.ReadLease] // a waiter reads with it; nil: none
	epoch   atomic.Uint64                    // events so far
	asked   atomic.Bool
	mu      sync.Mutex
	ends    []*pipe.End
	taken   []*pipe.End // scratch of whoever holds the half's lock
	flush   []*pipe.End // to be flushed
	watch   *watchers   // of the socket

	// An event wakes one waiter, who takes the token. Where each waits for a
	// certain peer, so that one may fail where another would not, the half is
	// choosy: an event wakes all.
	wake   chan struct{} // one token
	choosy bool
	bell   chan struct{} // of a choosy half: closed at the next event; nil: nobody listens
}

// ask notes that e is to be flushed by whoever is sending now.
func (r *ready) ask(e *pipe.End) {
	r.mu.Lock()
	r.flush = append(r.flush, e)
	r.asked.Store(true)
	r.mu.Unlock()
}

// answer flushes whom that was asked for. It is called with the send lock held.
func (r *ready) answer() {
	r.mu.Lock()
	r.taken = append(r.taken[:0], r.flush...)
	clear(r.flush)
	r.flush = r.flush[:0]
	r.asked.Store(false)
	r.mu.Unlock()
	for _, e := range r.taken {
		e.Flush()
	}
	clear(r.taken)
}

func (r *ready) add(e *pipe.End) {
	r.mu.Lock()
	r.ends = append(r.ends, e)
	r.some.Store(true)
	r.mu.Unlock()
	r.event()
}

// event wakes who waits because something has changed.
func (r *ready) event() {
	r.epoch.Add(1)
	if r.choosy {
		r.ring()
	} else {
		r.token()
	}
	r.interrupt()
	r.watch.tell()
}

func (r *ready) ring() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bell != nil {
		close(r.bell)
		r.bell = nil
	}
}

// listen returns what to wait at for the next event after epoch since, in which
// a call has tried in vain; nil: there was one already, and it is to try again.
func (r *ready) listen(since uint64) <-chan struct{} {
	if !r.choosy {
		return r.wake
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.epoch.Load() != since {
		return nil
	}
	if r.bell == nil {
		r.bell = make(chan struct{})
	}
	return r.bell
}

// interrupt wakes the waiter that reads.
func (r *ready) interrupt() {
	if t := r.reading.Load(); t != nil {
		t.Interrupt()
	}
}

// token wakes one waiter, or the next one.
func (r *ready) token() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// take empties the list. What it returns is valid until the next call.
func (r *ready) take() []*pipe.End {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken = append(r.taken[:0], r.ends...)
	clear(r.ends)
	r.ends = r.ends[:0]
	r.some.Store(false)
	return r.taken
}
