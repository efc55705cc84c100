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
	poll.Bell
	some    atomic.Bool
	reading atomic.Pointer[engine.ReadLease] // a waiter reads with it; nil: none
	mu      sync.Mutex
	ends    []*pipe.End
	taken   []*pipe.End    // scratch of whoever holds the half's lock
	watch   *poll.Watchers // of the socket
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
	r.Ring()
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
