package core

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/poll"
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
	h    *half
	rank int
	age  uint64 // of the socket
}

func newLane(p *Proxy, from, to, capture *Socket) *lane {
	l := &lane{p: p, from: from, to: to, capture: capture}
	router, _ := pattern.ByName("ROUTER")
	l.router = to.row == router
	l.add(to, &to.sendHalf.half, 0)
	l.add(from, &from.recvHalf.half, 2)
	if capture != nil {
		l.add(capture, &capture.sendHalf.half, 0)
	}
	slices.SortFunc(l.halves, func(a, b locked) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.age, b.age))
	})
	return l
}

// add notes a half whose lock is needed, unless that is noted already.
func (l *lane) add(s *Socket, h *half, rank int) {
	if s.row.Lockstep {
		rank = 1
	}
	if !slices.ContainsFunc(l.halves, func(x locked) bool { return x.h.halfLock == h.halfLock }) {
		l.halves = append(l.halves, locked{h, rank, s.id})
	}
}

// lock takes all that a burst needs.
func (l *lane) lock() {
	l.p.gate.RLock()
	for _, x := range l.halves {
		x.h.acquire()
	}
}

func (l *lane) unlock() {
	for _, x := range slices.Backward(l.halves) {
		x.h.release()
	}
	l.p.gate.RUnlock()
}

// run moves messages until ctx ends, as it does with each of the sockets.
func (l *lane) run(ctx context.Context) error {
	for {
		if err := l.p.await(ctx); err != nil {
			return err
		}
		l.lock()
		at, err := l.burstLocked(ctx)
		for err == nil && at != nil {
			at, err = l.waitLocked(ctx, at)
		}
		l.unlock()
		if err != nil {
			return err
		}
	}
}

// waitLocked waits at a half, goes on, and returns at which it stops next; nil: at
// none.
func (l *lane) waitLocked(ctx context.Context, at *half) (next *half, err error) {
	limit := poll.NewLimit(ctx, poll.Forever)
	err = at.waitLocked(func() (err error) {
		if next, err = l.burstLocked(ctx); err == nil && next == at {
			err = errno.EAGAIN
		}
		return err
	}, func(since uint64) error {
		if at == &l.from.recvHalf.half {
			l.from.revoke()
		}
		event := at.ready.Listen(since)
		if event == nil {
			return nil
		}
		l.unlock()
		err := limit.Wait(event, at.done)
		l.lock()
		return err
	})
	return next, err
}

// burstLocked moves messages until there are none, or no room, or enough were
// moved, or the proxy pauses. It returns the half that it stops at; nil: there is
// more to do.
func (l *lane) burstLocked(ctx context.Context) (at *half, err error) {
	moved := 0
	defer func() { l.passOnLocked(moved > 0) }() // the event that woke it may be another's
	for ; moved < burst && !l.p.paused; moved++ {
		if at, err = l.oneLocked(); err != nil {
			break
		}
	}
	if err == errno.EAGAIN {
		err = nil
	}
	if ctx.Err() != nil {
		err = poll.CtxErr(ctx)
	}
	return at, err
}

// oneLocked moves one message, or says at which half that fails. EAGAIN: it would
// have to wait.
func (l *lane) oneLocked() (*half, error) {
	if l.capture != nil && !l.copied {
		if err := l.roomLocked(l.capture); err != nil {
			return &l.capture.sendHalf.half, err
		}
	}
	if err := l.roomLocked(l.to); err != nil && (err != errno.EAGAIN || !l.router) {
		return &l.to.sendHalf.half, err
	}
	m := &l.held
	if len(m.Frames) == 0 {
		if err := l.from.tryRecv(); err != nil {
			return &l.from.recvHalf.half, err
		}
		m = &l.from.recvHalf.msg
	}
	if err := l.moveLocked(m); err != nil {
		if m != &l.held {
			l.held.Take(m)
		}
		return &l.to.sendHalf.half, err
	}
	m.Reset()
	return nil, nil
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
		if err := l.capture.trySend(m.Frames, large); err != nil && err != errno.EAGAIN {
			return err
		}
		l.copied = true
	}
	err := l.to.trySend(m.Frames, large)
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
	l.from.passMessageOnLocked()
	l.to.passRoomOnLocked()
	if l.capture != nil {
		l.capture.passRoomOnLocked()
	}
	for _, s := range []*Socket{l.from, l.to} {
		if moved && s.row.Alternates {
			s.recvHalf.ready.event()
			s.sendHalf.ready.event()
		}
	}
}

// roomLocked is nil if there is no need to wait for room at s before a message
// is received. A socket that takes turns answers only what it has received, and a
// capture that cannot send at all says so when it is to.
func (l *lane) roomLocked(s *Socket) error {
	if s.row.NoSend || s.row.Alternates && (s == l.from || s == l.capture) {
		return nil
	}
	return s.roomLocked()
}
