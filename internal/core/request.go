package core

import (
	"context"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/pattern"
)

// an asker is a Request that waits for its reply.
type asker struct {
	wake chan struct{}
	got  bool
	r    Received
}

// Request sends a request and waits for its reply. Any number of requests may
// be under way at once; each has its own number in the envelope, which every
// REP and ROUTER hands back. When ctx ends first, or the socket does, the request
// is given up: it is not sent any more if no peer has taken it yet, a late reply
// to it is thrown away, and the socket stays usable. ENOTSUP: not a
// REQ socket. EAGAIN: no peer had room within SNDTIMEO.
func (s *Socket) Request(ctx context.Context, frames [][]byte) (Received, error) {
	if s.request == nil {
		return Received{}, errno.ENOTSUP
	}
	if len(frames) == 0 {
		return Received{}, errno.EINVAL
	}
	s.lock() // one lock: REQ is a lockstep type
	defer s.unlock()
	a := &asker{wake: make(chan struct{}, 1)}
	id, err := s.askLocked(ctx, a, frames)
	if err != nil {
		return Received{}, err
	}
	s.recv.waiters++
	// Another asker takes over the listening.
	defer func() {
		if s.recv.waiters--; s.recv.waiters > 0 {
			s.recv.ready.event()
		}
	}()
	l := newLimit(ctx, forever)
	l.also = a.wake
	err = s.recv.ready.wait(func() error { return s.answeredLocked(a) }, func(since uint64) error {
		s.revoke()
		return s.sleep(&s.recv, l, since)
	})
	if err != nil && !a.got {
		delete(s.asks, id)
		s.request.CancelRequest(id)
		return Received{}, err
	}
	return a.r, nil
}

// answeredLocked is nil when a has its reply, EAGAIN while it has not.
func (s *Socket) answeredLocked(a *asker) error {
	err := s.err()
	if err == nil {
		s.drainRecvLocked()
		s.repliesLocked()
		err = errno.EAGAIN
	}
	if a.got {
		return nil
	}
	return err
}

// askLocked sends the request, waiting for room, and enters a under its number.
// Numbers do not begin anew with each process: what its predecessor was to be
// answered may come to one that has its routing id, or is behind its endpoint.
func (s *Socket) askLocked(ctx context.Context, a *asker, frames [][]byte) (uint32, error) {
	s.asked++
	id := pattern.RequestBase | s.asked
	err := s.sendWait(ctx, func() error {
		if err := s.err(); err != nil {
			return err
		}
		s.drainSendLocked()
		m := &s.send.msg
		m.Set(frames)
		err := s.request.SendRequest(id, m)
		m.Reset()
		return err
	})
	if err == nil {
		if s.asks == nil {
			s.asks = make(map[uint32]*asker)
		}
		s.asks[id] = a
	}
	return id, err
}

// giveUp gives up all requests, whose calls fail, and a message that has no last
// part yet. The socket has ended.
func (s *Socket) giveUp() {
	s.lock()
	defer s.unlock()
	s.out.reset()
	for id := range s.asks {
		s.request.CancelRequest(id)
	}
}

// repliesLocked gives the replies that are there to those who asked.
func (s *Socket) repliesLocked() {
	for len(s.asks) > 0 {
		m := &s.recv.msg
		id, err := s.request.RecvReply(m)
		if err != nil {
			return
		}
		if a := s.asks[id]; a != nil {
			delete(s.asks, id)
			a.r = s.receivedLocked()
			a.got = true
			a.wake <- struct{}{}
		}
	}
}
