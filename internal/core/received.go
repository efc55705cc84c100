package core

import (
	"bytes"

	"github.com/zeroth-mq/zmq/internal/msg"
)

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
	case len(m.Frames) > 1:
		r.origin = s.origin()
		r.origin.Peer, r.origin.Chunk = m.Peer, m.Chunk
		if len(m.Frames) > frameSlab {
			r.origin.Rest, m.Frames = m.Frames[1:], nil // the user's now
			break
		}
		r.origin.Rest = s.rest(len(m.Frames) - 1)
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
