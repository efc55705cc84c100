package core

import (
	"bytes"
	"context"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
)

// One message in:
//
//  1. Recv takes the receive lock, tells the pattern which pipes have something
//     again, and asks it for a message.
//  2. The pattern chooses the pipe; its End walks the batch it has taken and
//     gives out slices of it, under no lock but this one.
//  3. If no pipe has a message Recv waits, as Send does.

// A Received is a message for the user. It is a value that fits into registers: a
// message of one frame shares the Origin of its chunk.
type Received struct {
	First  []byte
	origin *msg.Origin // nil: the peer is unknown, and this is all
}

// Rest is the frames behind the first.
func (r *Received) Rest() [][]byte {
	if r.origin == nil {
		return nil
	}
	return r.origin.Rest
}

// Frames is all frames.
func (r *Received) Frames() [][]byte {
	return append([][]byte{r.First}, r.Rest()...)
}

// Peer is who sent it; nil: nobody knows.
func (r *Received) Peer() *msg.Peer {
	if r.origin == nil {
		return nil
	}
	return r.origin.Peer
}

// Clone copies the frames into memory of their own.
func (r *Received) Clone() Received {
	c := Received{First: bytes.Clone(r.First), origin: &msg.Origin{Peer: r.Peer()}}
	for _, f := range r.Rest() {
		c.origin.Rest = append(c.origin.Rest, bytes.Clone(f))
	}
	return c
}

// Release gives back the reference to the chunk, and leaves nothing.
func (r *Received) Release() {
	o := r.origin
	*r = Received{}
	if o != nil && o.Chunk != nil {
		o.Chunk.ReleaseN(1)
	}
}

// Chunk is what the message owns a reference to; nil: nothing.
func (r *Received) Chunk() *msg.Chunk {
	if r.origin == nil {
		return nil
	}
	return r.origin.Chunk
}

// frameSlab is how many frame slices of multipart messages are made at once,
// and originSlab for how many messages.
const (
	frameSlab  = 64
	originSlab = 16
)

// Recv receives one message. Its frames stay valid and unchanged for good, and
// pin the chunk of up to 64 KiB that they were received in. It waits while
// there is none: not at all with noWait, else until RCVTIMEO or ctx ends.
// EAGAIN: none came in time. Otherwise as the pattern says: ENOTSUP, EFSM.
func (s *Socket) Recv(ctx context.Context, noWait bool) (r Received, err error) {
	s.recv.Mutex.Lock()
	if frame, chunk := s.nextLocked(); chunk != nil {
		s.recv.Mutex.Unlock()
		return Received{frame, &chunk.Origin}, nil
	}
	s.recv.enterLocked()
	err = s.recvHeld(ctx, noWait)
	if err == nil {
		r = s.receivedLocked()
	}
	if len(s.asks) > 0 {
		s.repliesLocked() // which the pattern may have met on the way
	}
	s.release(&s.recv)
	return r, err
}

// recvUntil is Recv with a try of the caller's.
func (s *Socket) recvUntil(l limit, try func() error) (r Received, err error) {
	s.recv.Lock()
	defer s.release(&s.recv)
	if err = s.recvWait(l, try); err == nil {
		r = s.receivedLocked()
	}
	return r, err
}

// RecvMany is Recv for up to most messages: it waits for the first, and for no
// other. Each goes to keep, which must not call the socket. It returns how many
// there were; the error is for none.
func (s *Socket) RecvMany(ctx context.Context, noWait bool, most int, keep func(Received)) (n int, err error) {
	s.recv.Mutex.Lock()
	for n < most {
		if frame, chunk := s.nextLocked(); chunk != nil {
			keep(Received{frame, &chunk.Origin})
			n++
			if s.soleIn == nil || s.filter != nil {
				continue
			}
			if e := s.soleIn.SoleIn(); e != nil {
				n += e.RecvMany(most-n, true, func(frame []byte, chunk *msg.Chunk) bool {
					keep(Received{frame, &chunk.Origin})
					return true
				})
			}
			continue
		}
		s.recv.enterLocked()
		if n == 0 {
			err = s.recvHeld(ctx, noWait)
		} else {
			err = s.recvLocked()
		}
		if err != nil {
			break
		}
		keep(s.receivedLocked())
		n++
	}
	if len(s.asks) > 0 {
		s.repliesLocked()
	}
	s.release(&s.recv)
	if n > 0 {
		return n, nil
	}
	return 0, err
}

// recvHeld receives a message into the scratch, for who holds the receive lock;
// while it waits it lets go.
func (s *Socket) recvHeld(ctx context.Context, noWait bool) error {
	err := s.recvLocked()
	if err == errno.EAGAIN {
		s.blocked = true
		if !noWait && s.vals.Life.RecvTimeout != 0 {
			err = s.recvWait(newLimit(ctx, s.vals.Life.RecvTimeout), s.recvLocked)
		} else if s.lease.Load() != nil {
			s.release(&s.recv)
			s.tryRead()
			s.recv.Lock()
			err = s.recvLocked()
		}
	}
	if err == nil {
		if s.blocked && s.requestReply() && !s.pat.CanRecv() {
			s.inline.Allow() // the answer is waited for as well
		}
		s.blocked = false
		s.recvOnLocked()
		if s.row.Alternates {
			s.watched.Raise() // the other direction may be possible now
		}
	}
	return err
}

// recvOnLocked wakes the next who waits for a message, if there is one.
func (s *Socket) recvOnLocked() {
	if s.recv.waiters > 0 && !s.recv.ready.all && s.pat.CanRecv() {
		s.recv.ready.rouse()
	}
}

// requestReply reports whether each side waits for the other. With many peers a
// socket that waits is only faster than they are: its answers go out together.
func (s *Socket) requestReply() bool {
	if s.inline == nil || s.row.Alternates {
		return s.inline != nil
	}
	return s.live.count() == 1
}

// receivedLocked gives out the message in the scratch, for the user to keep.
func (s *Socket) receivedLocked() Received {
	m := &s.recv.msg
	r := Received{First: m.Frames[0]}
	switch {
	case len(m.Frames) > 1:
		r.origin = s.originLocked()
		r.origin.Peer, r.origin.Chunk = m.Peer, m.Chunk
		if len(m.Frames) > frameSlab {
			r.origin.Rest, m.Frames = m.Frames[1:], nil // the user's now
			break
		}
		r.origin.Rest = s.restLocked(len(m.Frames) - 1)
		copy(r.origin.Rest, m.Frames[1:])
	case m.Chunk != nil:
		r.origin = &m.Chunk.Origin
	case m.Peer == nil:
	default:
		if s.plain == nil || s.plain.Peer != m.Peer {
			s.plain = &msg.Origin{Peer: m.Peer}
		}
		r.origin = s.plain
	}
	return r
}

// originLocked makes an Origin.
func (s *Socket) originLocked() *msg.Origin {
	if len(s.origins) == 0 {
		s.origins = make([]msg.Origin, originSlab)
	}
	o := &s.origins[0]
	s.origins = s.origins[1:]
	return o
}

// restLocked makes a slice of n frames.
func (s *Socket) restLocked(n int) [][]byte {
	if n > frameSlab/4 {
		return make([][]byte, n)
	}
	if len(s.slab) < n {
		s.slab = make([][]byte, frameSlab)
	}
	r := s.slab[:n:n]
	s.slab = s.slab[n:]
	return r
}

func (s *Socket) recvLocked() error {
	if err := s.err(); err != nil {
		return err
	}
	if s.recv.ready.some.Load() || s.row.Lockstep && s.send.ready.some.Load() {
		s.drainRecvLocked()
		if s.row.Lockstep {
			s.drainSendLocked()
		}
	}
	return s.pat.Recv(&s.recv.msg)
}

// recvWait tries again until there is a message. It is called with the receive
// lock held and returns with it held.
func (s *Socket) recvWait(l limit, try func() error) error {
	s.recv.waiters++
	defer func() { s.recv.waiters-- }()
	return s.recv.ready.wait(try, func(since uint64) error {
		if t := s.acquireLocked(1); t != nil {
			return s.readLeased(l, t, since)
		}
		s.revoke()
		return s.sleep(&s.recv, l, since)
	})
}

// Ready reports whether Send and Recv would not have to wait (POLLOUT, POLLIN).
func (s *Socket) Ready() (in, out bool, err error) {
	if fd := s.fd.Load(); fd != nil {
		fd.Lower() // before looking: what happens meanwhile raises it again
	}
	s.tryRead()
	s.lock()
	defer s.unlock()
	if err := s.err(); err != nil {
		return false, false, err
	}
	s.drainRecvLocked()
	s.drainSendLocked()
	if s.in.open() {
		return true, !s.row.Alternates && s.pat.CanSend(), nil
	}
	return s.pat.CanRecv(), !s.send.stuck() && s.pat.CanSend(), nil
}
