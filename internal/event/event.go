// Package event is what is made of the events of a socket's links: a Hub hands them to
// those that listen, as values in Go (Listener), or as messages, which is what libzmq's
// monitors are (Monitor). Nothing here holds up the link that an event happens to.
package event

import (
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/link"
)

// backlog is how many events a listener may leave unread before the newest are dropped
// and counted.
const backlog = 1024

// A Hub hands what happens to a socket's endpoints to those that listen. All its
// methods may be called at any time by any goroutine. The zero Hub is ready for use.
// Its lock comes after all others, but for those of its Listeners.
type Hub struct {
	mu      sync.Mutex
	closed  bool
	all     map[*Listener]struct{}
	hook    func(link.Event)
	monitor *monitor // nil: none

	dropped atomic.Uint64 // by listeners that are gone, too
	limited atomic.Uint64
}

// A Count is what has happened since the Hub was made.
type Count struct {
	Dropped uint64 // events that found a listener or a monitor that was too far behind
	Limited uint64 // connections that a limit has refused or ended
}

// Count takes a snapshot.
func (h *Hub) Count() Count { return Count{h.dropped.Load(), h.limited.Load()} }

// Emit tells all listeners.
func (h *Hub) Emit(ev link.Event) {
	if ev.Time.IsZero() {
		ev.Time = time.Now()
	}
	if (ev.Kind == link.AcceptFailed || ev.Kind == link.Disconnected) && errors.Is(ev.Err, errno.ErrLimit) {
		h.limited.Add(1)
	}
	h.mu.Lock()
	hook := h.hook
	for l := range h.all {
		l.add(ev)
	}
	h.mu.Unlock()
	if hook != nil && ev.Scope != link.Framed {
		hook(ev)
	}
}

// OnEvent sets a function that is called for every event, on the goroutine
// that it happens to; nil removes it. It must not block and must not call the
// socket.
func (h *Hub) OnEvent(f func(link.Event)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.hook = f
}

// Listen begins to collect events; Listener.Close ends it.
func (h *Hub) Listen() *Listener { return h.listen(link.Framed, math.MaxUint64) }

func (h *Hub) listen(skip link.Scope, kinds uint64) *Listener {
	l := &Listener{h: h, skip: skip, kinds: kinds, wake: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		l.closed = true
		close(l.wake)
		return l
	}
	if h.all == nil {
		h.all = make(map[*Listener]struct{})
	}
	h.all[l] = struct{}{}
	return l
}

// Close ends all listeners, and a monitor: the socket is gone.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	for l := range h.all {
		l.end()
	}
	clear(h.all)
	h.mu.Unlock()
	h.StopMonitor()
}

// A Listener receives a socket's events from the time it was made.
type Listener struct {
	h     *Hub
	skip  link.Scope // what is not for it
	kinds uint64     // what it wants
	wake  chan struct{}

	mu      sync.Mutex
	list    []link.Event
	dropped int
	closed  bool
}

// admit appends ev to list if it is for l.
func (l *Listener) admit(list []link.Event, ev link.Event) []link.Event {
	if ev.Scope == l.skip || uint64(ev.Kind)&l.kinds == 0 {
		return list
	}
	return append(list, ev)
}

func (l *Listener) add(ev link.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := len(l.list)
	if l.list = l.admit(l.list, ev); len(l.list) == before {
		return
	}
	if before >= backlog {
		l.list = l.list[:before]
		l.dropped++
		l.lose(1)
		return
	}
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// lose counts events that nothing will be told of.
func (l *Listener) lose(n int) { l.h.dropped.Add(uint64(n)) }

// Wake has a token when Take may find something; it is closed at the end.
func (l *Listener) Wake() <-chan struct{} { return l.wake }

// Take returns what has happened since the last call, how many events were
// dropped because there were too many, and whether no more will come.
func (l *Listener) Take() (list []link.Event, dropped int, end bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	list, dropped = l.list, l.dropped
	l.list, l.dropped = nil, 0
	return list, dropped, l.closed
}

// Close ends the collecting.
func (l *Listener) Close() {
	l.h.mu.Lock()
	defer l.h.mu.Unlock()
	if _, ok := l.h.all[l]; ok {
		delete(l.h.all, l)
		l.end()
	}
}

func (l *Listener) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	close(l.wake)
}
