package core

import (
	"bytes"
	"context"
	"sync/atomic"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// One message in:
//
//  1. Recv takes the receive lock. If the half is idle, and the next message is one
//     frame, it takes the fast path: the pattern names the pipe, and its End gives out
//     a slice of the batch that it walks.
//  2. Else the pattern is told which pipes have something again.
//  3. The pattern names the pipe; its End walks the batch it has taken and gives out
//     slices of it, under no lock but this one.
//  4. If no pipe has a message Recv sleeps, without the lock, as Send does, or reads
//     the only connection itself (read lease), and tries again.
//
// Locking: everything here is under the receive lock.

// A recvHalf receives. What source.go asks the pattern is all it knows of that.
type recvHalf struct {
	half
	inPart
	requests *requests // nil: a type that has none
	in       inbox
	slabs    slabs

	inline  *engine.InlineWrite              // nil: of a type that fans out
	blocked bool                             // the last try to receive found nothing
	lease   atomic.Pointer[engine.ReadLease] // lent to this socket; nil: none
	more    atomic.Bool                      // RCVMORE
}

// Recv receives one message. Its frames stay valid and unchanged for good, and
// pin the chunk of up to 64 KiB that they were received in. It waits while
// there is none: not at all with noWait, else until RCVTIMEO or ctx ends.
// EAGAIN: none came in time. Otherwise as the pattern says: ENOTSUP, EFSM.
func (h *recvHalf) Recv(ctx context.Context, noWait bool) (r Received, err error) {
	h.mu.Lock()
	if frame, chunk := h.fastRecv(); chunk != nil {
		h.release()
		return Received{frame, &chunk.Origin}, nil
	}
	h.pull()
	if err = h.recvLocked(ctx, noWait); err == nil {
		r = h.slabs.give(&h.msg)
	}
	h.requests.answerLocked() // which the pattern may have met on the way
	h.release()
	return r, err
}

// recvWithin is Recv with a limit and a try of the caller's.
func (h *recvHalf) recvWithin(l poll.Limit, try func() error) (r Received, err error) {
	h.acquire()
	defer h.release()
	if err = h.waitMessageLocked(l, try); err == nil {
		r = h.slabs.give(&h.msg)
	}
	return r, err
}

// RecvMany is Recv for up to most messages: it waits for the first, and for no
// other. Each goes to keep, which must not call the socket. It returns how many
// there were; the error is for none.
func (h *recvHalf) RecvMany(ctx context.Context, noWait bool, most int, keep func(Received)) (n int, err error) {
	fast := func(frame []byte, chunk *msg.Chunk) bool {
		keep(Received{frame, &chunk.Origin})
		return true
	}
	h.mu.Lock()
	for err == nil {
		if n += h.fastMany(most-n, fast); n >= most {
			break
		}
		h.pull()
		if n == 0 {
			err = h.recvLocked(ctx, noWait)
		} else {
			err = h.tryRecv()
		}
		if err == nil {
			keep(h.slabs.give(&h.msg))
			n++
		}
	}
	h.requests.answerLocked()
	h.release()
	if n > 0 {
		err = nil
	}
	return n, err
}

// recvLocked receives a message into the scratch, with the receive lock held, but not
// while it sleeps.
func (h *recvHalf) recvLocked(ctx context.Context, noWait bool) error {
	err := h.tryRecv()
	if err == errno.EAGAIN {
		h.blocked = true
		if !noWait && h.vals.Life.RecvTimeout != 0 {
			err = h.waitMessageLocked(poll.NewLimit(ctx, h.vals.Life.RecvTimeout), h.tryRecv)
		} else if h.lease.Load() != nil {
			h.release()
			h.tryRead()
			h.acquire()
			err = h.tryRecv()
		}
	}
	if err == nil {
		if h.blocked && h.requestReply() && !h.canRecv() {
			h.inline.Allow() // the answer is waited for as well
		}
		h.blocked = false
		h.passMessageOnLocked()
		if h.row.Alternates {
			h.watched.Raise() // the other direction may be possible now
		}
	}
	return err
}

// waitMessageLocked tries until it need not wait for a message, or the limit passes.
func (h *recvHalf) waitMessageLocked(l poll.Limit, try func() error) error {
	return h.waitLocked(try, func(since uint64) error {
		if t := h.acquireLeaseLocked(1); t != nil {
			return h.readLocked(l, t, since)
		}
		h.revoke()
		return h.sleepLocked(l, since)
	})
}

// passMessageOnLocked wakes the next call that waits for a message, if there is one.
func (h *recvHalf) passMessageOnLocked() {
	if h.waiters > 0 && !h.ready.WakesAll() && h.canRecv() {
		h.ready.Rouse()
	}
}

// requestReply reports whether each side waits for the other. With many peers a
// socket that waits is only faster than they are: its answers go out together.
func (h *recvHalf) requestReply() bool {
	if h.inline == nil || h.row.Alternates {
		return h.inline != nil
	}
	return h.live.count() == 1
}

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

// Props is what it has beside its frames; nil: nothing.
func (r *Received) Props() *msg.Props {
	if r.origin == nil {
		return nil
	}
	return r.origin.Props
}

// Clone copies the frames into memory of their own.
func (r *Received) Clone() Received {
	c := Received{First: bytes.Clone(r.First), origin: &msg.Origin{Peer: r.Peer(), Props: r.Props()}}
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

// slabs is the memory of Received messages to come, which is made for many at once.
// Under the receive lock.
type slabs struct {
	frames  [][]byte
	origins []msg.Origin
	plain   *msg.Origin // of messages from the last peer without a chunk
}

// give is m, for the user to keep.
func (s *slabs) give(m *msg.Message) Received {
	r := Received{First: m.Frames[0]}
	switch {
	case len(m.Frames) > 1 || m.Props != nil:
		r.origin = s.origin()
		r.origin.Peer, r.origin.Chunk, r.origin.Props = m.Peer, m.Chunk, m.Props
		if len(m.Frames) > frameSlab {
			r.origin.Rest, m.Frames = m.Frames[1:], nil // the user's now
			break
		}
		r.origin.Rest = msg.Append(s.rest(len(m.Frames) - 1)[:0], m.Frames[1:])
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

// origin makes an Origin.
func (s *slabs) origin() *msg.Origin {
	if len(s.origins) == 0 {
		s.origins = make([]msg.Origin, originSlab)
	}
	o := &s.origins[0]
	s.origins = s.origins[1:]
	return o
}

// rest makes a slice of n frames.
func (s *slabs) rest(n int) [][]byte {
	if n > frameSlab/4 {
		return make([][]byte, n)
	}
	if len(s.frames) < n {
		s.frames = make([][]byte, frameSlab)
	}
	r := s.frames[:n:n]
	s.frames = s.frames[n:]
	return r
}

// A call that waits for a message on a socket with one connection reads the
// connection itself, if nothing else waits for the socket: see engine.ReadLease.

// acquireLeaseLocked acquires the read lease of the socket's only connection for the
// only call that waits to receive; nil: that is not possible, or not yet. waiters
// is how many calls are counted as waiting, this one included.
func (h *recvHalf) acquireLeaseLocked(waiters int) *engine.ReadLease {
	if h.waiters > waiters || h.watched.Any() {
		return nil
	}
	t := h.live.lease()
	if t == nil {
		return nil
	}
	if !t.Acquire(true) {
		h.lease.Store(nil)
		return nil
	}
	h.lease.Store(t)
	return t
}

// WatchToRead is Watch for a caller that will receive as soon as the Signal is
// raised, or Unwatch. If a lease is returned, the caller waits for its descriptor as
// well, and releases it before it receives.
func (h *recvHalf) WatchToRead(g *poll.Signal) *engine.ReadLease {
	h.acquire()
	t := h.acquireLeaseLocked(0)
	h.release()
	if t == nil {
		h.Watch(g)
	} else {
		h.watched.Add(g)
	}
	return t
}

// readLocked reads once for a call that waits, until there is something, an event
// after the first since ones, or an end: of the socket, or of the limit. It is called
// with the receive lock held and returns with it held.
func (h *recvHalf) readLocked(l poll.Limit, t *engine.ReadLease, since uint64) error {
	r := &h.ready
	h.release()
	defer l.OnPass(t)()
	r.reading.Store(t) // events interrupt it from now on
	came := r.Rings() == since && h.err() == nil && l.Passed() == nil && t.Read(true)
	r.reading.Store(nil)
	if came {
		t.Publish()
	}
	h.acquire()
	t.Release(h.waiters > 1)
	if came {
		return nil
	}
	return l.Passed()
}

// tryRead reads what is there, if the lease is free. False: nothing is.
func (h *recvHalf) tryRead() bool {
	t := h.lease.Load()
	if t == nil || !t.Acquire(false) {
		return false
	}
	came := t.Read(false)
	if came {
		t.Publish()
	}
	t.Release(false)
	return came
}

// revoke has the reader read again, because a call waits in another way.
func (h *recvHalf) revoke() {
	if t := h.lease.Swap(nil); t != nil {
		t.Revoke()
	}
}

// Watch has x raised whenever the socket may have become able to send or receive, or
// has ended, until Unwatch.
func (h *recvHalf) Watch(x poll.Watcher) {
	h.watched.Add(x)
	h.revoke()
}
