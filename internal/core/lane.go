package core

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pattern"
)

// A lane is one direction of a Proxy. One goroutine runs it.
type lane struct {
	p                 *Proxy
	from, to, capture *Socket
	router            bool // to is a ROUTER
	halves            []locked

	// What was received and found no room against expectation: where CanSend
	// cannot know for which peer (XPUB_NODROP, STREAM).
	held   msg.Message
	copied bool // capture has it already

	messages, bytes atomic.Uint64 // moved
}

// a locked is a half that the lane works on.
type locked struct {
	s    *Socket
	h    *half
	rank int
}

func newLane(p *Proxy, from, to, capture *Socket) *lane {
	l := &lane{p: p, from: from, to: to, capture: capture}
	router, _ := pattern.ByName("ROUTER")
	l.router = to.row == router
	l.add(to, &to.send, 0)
	l.add(from, &from.recv, 2)
	if capture != nil {
		l.add(capture, &capture.send, 0)
	}
	slices.SortFunc(l.halves, func(a, b locked) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.s.id, b.s.id))
	})
	return l
}

// add notes a half whose lock is needed, unless that is noted already.
func (l *lane) add(s *Socket, h *half, rank int) {
	if s.row.Lockstep {
		rank = 1
	}
	if !slices.ContainsFunc(l.halves, func(x locked) bool { return x.h.Mutex == h.Mutex }) {
		l.halves = append(l.halves, locked{s, h, rank})
	}
}

// lock takes all that a burst needs.
func (l *lane) lock() {
	l.p.gate.RLock()
	for _, x := range l.halves {
		x.h.Lock()
	}
}

func (l *lane) unlock() {
	for _, x := range slices.Backward(l.halves) {
		x.s.release(x.h)
	}
	l.p.gate.RUnlock()
}

// a stop is why a burst ended: at which half to wait. h nil: at none.
type stop struct {
	s *Socket
	h *half
}

// run moves messages until ctx ends, as it does with each of the sockets.
func (l *lane) run(ctx context.Context) error {
	for {
		if err := l.p.await(ctx); err != nil {
			return err
		}
		l.lock()
		at, err := l.burstLocked(ctx)
		for err == nil && at.h != nil {
			at, err = l.waitLocked(ctx, at)
		}
		l.unlock()
		if err != nil {
			return err
		}
	}
}

// waitLocked waits at a half, goes on, and returns what it stops at next.
func (l *lane) waitLocked(ctx context.Context, at stop) (next stop, err error) {
	limit := newLimit(ctx, forever)
	at.h.waiters++
	err = at.h.ready.wait(func() (err error) {
		if next, err = l.burstLocked(ctx); err == nil && next == at {
			err = errno.EAGAIN
		}
		return err
	}, func(since uint64) error {
		if at.h == &l.from.recv {
			l.from.revoke()
		}
		event := at.h.ready.listen(since)
		if event == nil {
			return nil
		}
		l.unlock()
		err := limit.wait(event, at.s.over.Done())
		l.lock()
		return err
	})
	at.h.waiters--
	return next, err
}

// burstLocked moves messages until there are none, or no room, or enough were
// moved, or the proxy pauses.
func (l *lane) burstLocked(ctx context.Context) (at stop, err error) {
	moved := 0
	defer func() { l.passOnLocked(moved > 0) }() // the event that woke it may be another's
	for ; moved < burst && !l.p.paused; moved++ {
		if at, err = l.oneLocked(); err != nil || at.h != nil {
			break
		}
	}
	if ctx.Err() != nil {
		err = ctxErr(ctx)
	}
	return at, err
}

// oneLocked moves one message, or says at what that stops.
func (l *lane) oneLocked() (stop, error) {
	if l.capture != nil && !l.copied {
		if ok, err := l.roomLocked(l.capture); !ok {
			return stopAt(l.capture, &l.capture.send, err)
		}
	}
	if ok, err := l.roomLocked(l.to); !ok && (err != nil || !l.router) {
		return stopAt(l.to, &l.to.send, err)
	}
	m := &l.held
	if len(m.Frames) == 0 {
		if ok, err := l.from.waitingLocked(); !ok {
			return stopAt(l.from, &l.from.recv, err)
		}
		if err := l.from.pat.Recv(&l.from.recv.msg); err != nil {
			return stopAt(l.from, &l.from.recv, err)
		}
		m = &l.from.recv.msg
	}
	if err := l.moveLocked(m); err != nil {
		if m != &l.held {
			l.held.Take(m)
		}
		return stopAt(l.to, &l.to.send, err)
	}
	m.Reset()
	return stop{}, nil
}

func stopAt(s *Socket, h *half, err error) (stop, error) {
	if err != nil && err != errno.EAGAIN {
		return stop{}, err
	}
	return stop{s: s, h: h}, nil
}

// moveLocked queues a message, and gives its chunk back if nothing refers to it
// any more.
func (l *lane) moveLocked(m *msg.Message) error {
	large, size := false, 0
	for _, f := range m.Frames {
		large = large || len(f) >= msg.LargeFrame
		size += len(f)
	}
	chunk := m.Chunk
	if l.capture != nil && !l.copied {
		if err := l.capture.sendLocked(m.Frames, large); err != nil && err != errno.EAGAIN {
			return err
		}
		l.copied = true
	}
	err := l.to.sendLocked(m.Frames, large)
	if err != nil && !(l.router && (err == errno.EAGAIN || err == errno.EHOSTUNREACH)) {
		return err
	}
	l.copied = false
	l.messages.Add(1) // however many frames it has, as libzmq counts
	l.bytes.Add(uint64(size))
	if chunk != nil && !large {
		chunk.Release()
	}
	return nil
}

// passOnLocked tells others who wait for the same halves, and, if something was
// moved, the other lane of types that take turns.
func (l *lane) passOnLocked(moved bool) {
	l.from.recvOnLocked()
	l.to.sendOnLocked()
	if l.capture != nil {
		l.capture.sendOnLocked()
	}
	for _, s := range []*Socket{l.from, l.to} {
		if moved && s.row.Alternates {
			s.recv.ready.event()
			s.send.ready.event()
		}
	}
}

// roomLocked reports whether there is no need to wait for room at s before a message
// is received. A socket that takes turns answers only what it has received, and a
// capture that cannot send at all says so when it is to.
func (l *lane) roomLocked(s *Socket) (bool, error) {
	if s.row.NoSend || s.row.Alternates && (s == l.from || s == l.capture) {
		return true, nil
	}
	return s.roomLocked()
}

// roomLocked reports whether a message could be sent.
func (s *Socket) roomLocked() (bool, error) {
	if err := s.err(); err != nil {
		return false, err
	}
	s.drainSendLocked()
	return s.pat.CanSend(), nil
}

// waitingLocked reports whether a message could be received.
func (s *Socket) waitingLocked() (bool, error) {
	if err := s.err(); err != nil {
		return false, err
	}
	s.drainRecvLocked()
	return s.pat.CanRecv(), nil
}
