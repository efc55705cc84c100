package core

import (
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/link"
)

// eventBacklog is how many events a listener may leave unread before the
// newest are dropped and counted.
const eventBacklog = 1024

// events hands what happens to endpoints to those who listen. It never blocks
// the one it happens to.
type events struct {
	mu     sync.Mutex
	closed bool
	all    map[*Listener]struct{}
	hook   func(link.Event)

	dropped atomic.Uint64 // by listeners that are gone, too
	limited atomic.Uint64
}

// An EventCount is what has happened to a socket since it was made.
type EventCount struct {
	Dropped uint64 // events that found a listener or a monitor that was too far behind
	Limited uint64 // connections that a limit has refused or ended
}

// EventCount takes a snapshot.
func (s *Socket) EventCount() EventCount {
	return EventCount{s.events.dropped.Load(), s.events.limited.Load()}
}

// A Listener receives a socket's events from the time it was made.
type Listener struct {
	s     *Socket
	skip  link.Scope // what is not for it
	kinds uint64     // what it wants
	wake  chan struct{}

	mu      sync.Mutex
	list    []link.Event
	dropped int
	closed  bool
}

// emit tells all listeners.
func (s *Socket) emit(ev link.Event) {
	if ev.Time.IsZero() {
		ev.Time = time.Now()
	}
	e := &s.events
	if (ev.Kind == link.AcceptFailed || ev.Kind == link.Disconnected) && errors.Is(ev.Err, errno.ErrLimit) {
		e.limited.Add(1)
	}
	e.mu.Lock()
	hook := e.hook
	for l := range e.all {
		l.add(ev)
	}
	e.mu.Unlock()
	if hook != nil && ev.Scope != link.Framed {
		hook(ev)
	}
}

// OnEvent sets a function that is called for every event, on the goroutine
// that it happens to; nil removes it. It must not block and must not call the
// socket.
func (s *Socket) OnEvent(f func(link.Event)) {
	s.events.mu.Lock()
	defer s.events.mu.Unlock()
	s.events.hook = f
}

// Listen begins to collect events; Close ends it.
func (s *Socket) Listen() *Listener { return s.listen(link.Framed, math.MaxUint64) }

func (s *Socket) listen(skip link.Scope, kinds uint64) *Listener {
	l := &Listener{s: s, skip: skip, kinds: kinds, wake: make(chan struct{}, 1)}
	e := &s.events
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		l.closed = true
		close(l.wake)
		return l
	}
	if e.all == nil {
		e.all = make(map[*Listener]struct{})
	}
	e.all[l] = struct{}{}
	return l
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
	if before >= eventBacklog {
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

// lose counts events that nobody will be told of.
func (l *Listener) lose(n int) { l.s.events.dropped.Add(uint64(n)) }

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
	e := &l.s.events
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.all[l]; ok {
		delete(e.all, l)
		l.end()
	}
}

func (l *Listener) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	close(l.wake)
}

// close ends all listeners: the socket is gone.
func (e *events) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	for l := range e.all {
		l.end()
	}
	clear(e.all)
}
