package core

import (
	"sync"
	"sync/atomic"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// a ready list holds the Ends that can move again, until the socket's next
// call looks at it. Its mutex is a leaf.
type ready struct {
	bell
	some    atomic.Bool
	reading atomic.Pointer[engine.ReadLease] // a waiter reads with it; nil: none
	asked   atomic.Bool
	mu      sync.Mutex
	ends    []*pipe.End
	taken   []*pipe.End    // scratch of whoever holds the half's lock
	flush   []*pipe.End    // to be flushed
	watch   *poll.Watchers // of the socket
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

// event tells the calls that wait, and the socket's watchers, that something has
// changed.
func (r *ready) event() {
	r.ring()
	r.interrupt()
	r.watch.Raise()
}

// interrupt wakes the waiter that reads.
func (r *ready) interrupt() {
	if t := r.reading.Load(); t != nil {
		t.Interrupt()
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
