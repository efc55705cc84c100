package core

import (
	"context"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/pattern"
)

// One message out:
//
//  1. Send takes the send lock, tells the pattern which pipes have room again,
//     and hands it the frames.
//  2. The pattern chooses the pipe; the pipe copies the frames.
//  3. If no pipe has room Send waits, without the lock, for a token of the ready
//     list, the end of ctx, SNDTIMEO or the socket, and tries again.
//
// Whoever leaves room behind passes the token on, so that several senders can
// wait at once; where each waits for a peer of its own, all try (bell.all).

// Send sends one message. The frames are copied, and the caller's again when
// it returns. It waits while no peer has room: not at all with noWait, else
// until SNDTIMEO or ctx ends. EAGAIN: no peer had room in time. EINVAL: no
// frames. Otherwise as the pattern says: ENOTSUP, EFSM, EHOSTUNREACH.
func (s *Socket) Send(ctx context.Context, frames [][]byte, noWait bool) error {
	return s.sendOut(ctx, frames, noWait, false)
}

// SendOwned is Send for frames that nobody will change any more: large ones are not
// copied.
func (s *Socket) SendOwned(ctx context.Context, frames [][]byte, noWait bool) error {
	return s.sendOut(ctx, frames, noWait, true)
}

func (s *Socket) sendOut(ctx context.Context, frames [][]byte, noWait, owned bool) error {
	if len(frames) == 0 {
		return errno.EINVAL
	}
	s.send.Mutex.Lock()
	if len(frames) == 1 && s.putLocked(frames[0]) {
		s.putDone()
		return nil
	}
	s.send.enterLocked()
	err := s.sendHeld(ctx, frames, noWait, owned)
	s.release(&s.send)
	return err
}

// SendMany is Send for messages of one frame each. It returns how many were sent:
// all, or as many as before the error.
func (s *Socket) SendMany(ctx context.Context, msgs [][]byte, noWait bool) (n int, err error) {
	s.send.Mutex.Lock()
	for err == nil {
		for n < len(msgs) && s.putLocked(msgs[n]) {
			n++
			if s.soleOut == nil {
				continue
			}
			if e := s.soleOut.SoleOut(); e != nil {
				n += e.PutMany(msgs[n:])
			}
		}
		if n == len(msgs) {
			s.putDone()
			return n, nil
		}
		s.send.enterLocked()
		if err = s.sendHeld(ctx, msgs[n:n+1], noWait, false); err == nil {
			n++
		}
	}
	s.release(&s.send)
	return n, err
}

// CanSendTo reports whether a message to one peer of a ROUTER would find room.
// EHOSTUNREACH: there is no such peer. ENOTSUP: the socket is not a ROUTER.
func (s *Socket) CanSendTo(id []byte) (bool, error) {
	if err := s.err(); err != nil {
		return false, err
	}
	r, ok := s.pat.(pattern.Reacher)
	if !ok {
		return false, errno.ENOTSUP
	}
	s.lock()
	defer s.unlock()
	s.drainRecvLocked()
	s.drainSendLocked()
	err := r.Reach(id)
	if err == errno.EAGAIN {
		return false, nil
	}
	return err == nil, err
}

// sendHeld is Send for who holds the send lock; while it waits it lets go. If
// shared, nobody will change large frames any more.
func (s *Socket) sendHeld(ctx context.Context, frames [][]byte, noWait, shared bool) error {
	err := s.sendLocked(frames, shared)
	if err == nil && s.row.Alternates {
		s.watched.Raise() // the other direction may be possible now
	}
	if err == nil && s.send.waiters == 0 {
		return nil
	}
	if err == errno.EAGAIN && !noWait && s.vals.Life.SendTimeout != 0 {
		err = s.sendWait(ctx, func() error { return s.sendLocked(frames, shared) })
	}
	s.sendOnLocked()
	return err
}

// sendOnLocked wakes the next who waits for room, if there is some.
func (s *Socket) sendOnLocked() {
	if s.send.waiters > 0 && !s.send.ready.all && s.pat.CanSend() {
		s.send.ready.rouse()
	}
}

func (s *Socket) sendLocked(frames [][]byte, shared bool) error {
	if err := s.err(); err != nil {
		return err
	}
	if s.send.ready.some.Load() || s.row.Lockstep && s.recv.ready.some.Load() {
		s.drainSendLocked()
	}
	if s.send.stuck() {
		return errno.EAGAIN
	}
	m := &s.send.msg
	m.Set(frames)
	m.Shared, m.Held = shared, s.out.held
	err := s.pat.Send(m)
	m.Reset()
	return err
}

// sendWait tries again until it need not wait. It is called with the send lock
// held and returns with it held.
func (s *Socket) sendWait(ctx context.Context, try func() error) error {
	l := newLimit(ctx, s.vals.Life.SendTimeout)
	s.send.waiters++
	defer func() { s.send.waiters-- }()
	return s.send.ready.wait(try, func(since uint64) error { return s.sleep(&s.send, l, since) })
}

// sleep waits for an event of a half after the first since ones, or for the limit. It
// is called with the half's lock held, of which it lets go meanwhile.
func (s *Socket) sleep(h *half, l limit, since uint64) error {
	event := h.ready.listen(since)
	if event == nil {
		return nil
	}
	s.release(h)
	err := l.wait(event, s.over.Done())
	h.Lock()
	return err
}
