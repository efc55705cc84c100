package core

import (
	"cmp"
	"context"
	"sync"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// A liveness knows how many peers a socket can talk to, and which is the only one. Its
// bell rings when that changes, or subscriptions do. Its lock is a leaf.
type liveness struct {
	bell poll.Bell

	mu      sync.Mutex
	n       int
	handles map[*engine.Handle]struct{} // of those that have one
	only    *engine.Handle              // of the only peer, if it has one
}

// add counts a peer in; handle is nil over inproc.
func (l *liveness) add(handle *engine.Handle) {
	l.mu.Lock()
	if handle != nil {
		if l.handles == nil {
			l.handles = make(map[*engine.Handle]struct{})
		}
		l.handles[handle] = struct{}{}
	}
	l.countLocked(l.n + 1)
	l.mu.Unlock()
	l.bell.Ring()
}

// remove counts out what was counted in.
func (l *liveness) remove(handle *engine.Handle) {
	l.mu.Lock()
	delete(l.handles, handle)
	l.countLocked(l.n - 1)
	l.mu.Unlock()
	l.bell.Ring()
}

func (l *liveness) countLocked(n int) {
	l.n, l.only = n, nil
	if n == 1 {
		for handle := range l.handles {
			l.only = handle
		}
	}
}

// count is how many peers there are.
func (l *liveness) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

// lease is that of the only peer's connection; nil: there is none.
func (l *liveness) lease() *engine.ReadLease {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.only == nil {
		return nil
	}
	return l.only.ReadLease()
}

// WaitConnected waits until the socket has at least n peers that have shaken
// hands (over inproc: that have bound).
func (h *halves) WaitConnected(ctx context.Context, n int) error {
	return h.waitLive(ctx, func() bool { return h.live.count() >= n })
}

// WaitSubscribers waits until at least n peers would be sent a message that
// begins with topic. ENOTSUP: the socket is not PUB or XPUB.
func (h *halves) WaitSubscribers(ctx context.Context, topic []byte, n int) error {
	if h.publisher == nil {
		return errno.ENOTSUP
	}
	return h.waitLive(ctx, func() bool {
		h.lock()
		defer h.unlock()
		h.recvHalf.refreshLocked()
		return h.publisher.Subscribers(topic) >= n
	})
}

// waitLive waits until have says so. It is called without locks.
func (h *halves) waitLive(ctx context.Context, have func() bool) error {
	b, l := &h.live.bell, poll.NewLimit(ctx, poll.Forever)
	return b.Wait(func() error {
		if have() {
			return nil
		}
		return cmp.Or(h.err(), error(errno.EAGAIN))
	}, func(since uint64) error { return l.Wait(b.Listen(since), h.done) })
}

// FD is a descriptor that becomes readable when something may have happened to
// the socket: then Ready says what, and makes it not readable again. The socket
// keeps it, and closes it in the end. ENOTSUP: not on this system.
//
// It tells of changes, not of states, as libzmq's does: a caller that was told goes on
// until Ready says that there is nothing left to do.
func (s *Socket) FD() (int, error) {
	if err := s.err(); err != nil {
		return -1, err
	}
	err := s.roster.whileOpen(func() error {
		if s.fd.Load() != nil {
			return nil
		}
		g, err := poll.NewSignal()
		if err == nil {
			s.fd.Store(g)
			s.Watch(g)
			g.Raise() // there may be something already
		}
		return err
	})
	if err != nil {
		return -1, err
	}
	return s.fd.Load().FD(), nil
}

// LowerFD makes the descriptor not readable without a look, and reports whether
// it was. libzmq does so in every call that would have to wait; a caller that does
// the same tries again afterwards.
func (h *halves) LowerFD() bool {
	g := h.fd.Load()
	return g != nil && g.Lower()
}

// Unwatch ends what Watch began. The Watcher may be raised once more meanwhile.
func (h *halves) Unwatch(x poll.Watcher) { h.watched.Remove(x) }

// closeFD is called when the socket is gone.
func (h *halves) closeFD() {
	if g := h.fd.Load(); g != nil {
		h.watched.Remove(g)
		g.Close()
	}
}
