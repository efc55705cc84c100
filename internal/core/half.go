package core

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// A socket is two halves that work on one base: the one sends, the other receives,
// and neither waits for the other.
//
//	Socket = sendHalf + recvHalf + peers + events + options
//	               \     /
//	               base: the type, its options, the end
//
// Locking: each half has a lock. A type that answers, or matches what it sends
// against what it has received, moves both halves in lockstep: then they share one.
// What a call does to a half it does between acquire and release. The fast path takes
// the bare mutex, as it leaves no duty behind that acquire and release have.

// base is what both halves of a socket work on. vals is written under both locks.
type base struct {
	ending
	row     *pattern.Row
	vals    opt.Values
	live    liveness
	watched poll.Watchers
}

// An ending says when all calls are to fail, and why.
//
//	open --ETERM: the context is shut down--> terminated
//	  |                                           |
//	  +---------ENOTSOCK: the socket is closed----+--> closed
type ending struct {
	why  atomic.Uintptr
	over context.Context // ends with the socket
	done <-chan struct{} // of over
	cut  func()
}

func (e *ending) setUp() {
	e.over, e.cut = context.WithCancel(context.Background())
	e.done = e.over.Done()
}

// Over ends with the socket, and Err says why.
func (e *ending) Over() context.Context { return e.over }

// Err is why every call fails, ETERM or ENOTSOCK; nil while they do not.
func (e *ending) Err() error { return e.err() }

// err is Err, for this package.
func (e *ending) err() error {
	if no := e.why.Load(); no != 0 {
		return errno.Errno(no)
	}
	return nil
}

// end makes all further calls fail with no, and wakes those that wait at a bell.
func (e *ending) end(no errno.Errno) {
	if e.why.CompareAndSwap(0, uintptr(no)) {
		e.cut()
	} else if no == errno.ENOTSOCK {
		e.why.Store(uintptr(no)) // closed says more than terminated
	}
}

// A halfLock is the lock of a half, or of two in lockstep, with what is done whenever
// it is taken and given back. It must not be copied.
//
//   - What the C face has put into its send ring is sent before anything else is, and
//     credit is given for more: see sendRing.
//   - What an engine wants flushed while the lock is taken is flushed by the call that
//     gives it back. So an engine never waits for it.
type halfLock struct {
	mu   sync.Mutex
	ring *sendRing // nil: none

	asked    atomic.Bool // flush is not empty
	askMu    sync.Mutex  // a leaf
	flush    []*pipe.End
	flushing []*pipe.End // scratch, under mu
}

// acquire takes the lock, and what the ring holds.
func (l *halfLock) acquire() {
	l.mu.Lock()
	l.pull()
}

// tryAcquire is acquire that does not wait.
func (l *halfLock) tryAcquire() bool {
	if !l.mu.TryLock() {
		return false
	}
	l.pull()
	return true
}

// pull is what acquire does beside locking.
func (l *halfLock) pull() {
	if l.ring != nil {
		l.ring.pullLocked()
	}
}

// release gives the lock back, and flushes what was asked for meanwhile.
func (l *halfLock) release() {
	if l.ring != nil {
		l.ring.creditLocked()
	}
	l.mu.Unlock()
	if l.asked.Load() {
		l.flushAsked()
	}
}

// flushEnd hands over what e holds back, for the engine or the receiver that wants
// it: now, or when the call that has the lock gives it back.
func (l *halfLock) flushEnd(e *pipe.End) {
	if l.tryAcquire() {
		e.Flush()
		l.release()
		return
	}
	l.askMu.Lock()
	l.flush = append(l.flush, e)
	l.asked.Store(true)
	l.askMu.Unlock()
	l.flushAsked()
}

// flushAsked flushes what was asked for, unless the lock is taken: then the call that
// has it does so.
func (l *halfLock) flushAsked() {
	for l.asked.Load() && l.tryAcquire() {
		l.askMu.Lock()
		l.flushing = append(l.flushing[:0], l.flush...)
		clear(l.flush)
		l.flush = l.flush[:0]
		l.asked.Store(false)
		l.askMu.Unlock()
		for _, e := range l.flushing {
			e.Flush()
		}
		clear(l.flushing)
		if l.ring != nil {
			l.ring.creditLocked()
		}
		l.mu.Unlock()
	}
}

// A half is what sending and receiving have in common. All but ready is under its
// lock.
type half struct {
	*base
	*halfLock
	twin    *half           // the other half, if both have one lock
	tell    func(*pipe.End) // tells the pattern that an End can move again
	ready   ready
	waiters int         // calls that wait for an event of ready
	msg     msg.Message // scratch
}

func (h *half) setUp(b *base, lock *halfLock, tell func(*pipe.End), all bool) {
	h.base, h.halfLock, h.tell = b, lock, tell
	h.ready.SetUp(all)
	h.ready.watch = &b.watched
}

// idle reports whether nothing has happened that the pattern is to be told, no call
// waits, and none is to fail.
func (h *half) idle() bool {
	return h.waiters == 0 && !h.ready.some.Load() && h.why.Load() == 0 && (h.twin == nil || !h.twin.ready.some.Load())
}

// refreshLocked tells the pattern which Ends can move again, the twin's too.
func (h *half) refreshLocked() {
	if h.ready.some.Load() {
		h.tellLocked()
	}
	if t := h.twin; t != nil && t.ready.some.Load() {
		t.tellLocked()
	}
}

func (h *half) tellLocked() {
	for _, e := range h.ready.take() {
		h.tell(e)
	}
}

// waitLocked tries until it need not wait: see poll.Bell. The call counts as waiting
// meanwhile. The lock is held, but not while it sleeps.
func (h *half) waitLocked(try func() error, sleep func(since uint64) error) error {
	h.waiters++
	err := h.ready.Wait(try, sleep)
	h.waiters--
	return err
}

// sleepLocked waits for an event after the first since ones, or for the limit. It
// lets go of the lock meanwhile.
func (h *half) sleepLocked(l poll.Limit, since uint64) error {
	event := h.ready.Listen(since)
	if event == nil {
		return nil
	}
	h.release()
	err := l.Wait(event, h.done)
	h.acquire()
	return err
}

// a ready list holds the Ends that can move again, until the socket's next
// call looks at it. Its mutex is a leaf.
type ready struct {
	poll.Bell
	some    atomic.Bool
	reading atomic.Pointer[engine.ReadLease] // a waiter reads with it; nil: none
	mu      sync.Mutex
	ends    []*pipe.End
	taken   []*pipe.End    // scratch, under the half's lock
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
