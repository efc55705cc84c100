package msg

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// A Chunk is a buffer that received messages are slices of, or that messages to send
// are put into. What holds a reference may use it; when the last one is released it is used again. A
// reference that is never released costs nothing but that: the collector frees
// the buffer.
//
// Chunks come in powers of two from 2 KiB to 4 MiB; larger ones are not reused.
type Chunk struct {
	B      []byte // the whole buffer, not cleared
	Origin Origin // of messages of one frame; its Peer is whose bytes these are
	refs   atomic.Int32
	pinned atomic.Bool
	memory *memory // nil: Go's
}

const (
	minChunk = 11 // log2 of the sizes
	maxChunk = 22
)

var chunks [maxChunk + 1]sync.Pool

// NewChunk returns a Chunk of at least n bytes, with one reference.
func NewChunk(n int) *Chunk {
	class := max(minChunk, bits.Len(uint(n-1)))
	if n > 1<<maxChunk {
		c := &Chunk{B: make([]byte, n)}
		c.Origin.Chunk = c
		c.refs.Store(1)
		c.Pin()
		return c
	}
	c, ok := chunks[class].Get().(*Chunk)
	if !ok {
		c = &Chunk{B: make([]byte, 1<<class)}
		c.Origin.Chunk = c
	}
	c.Origin.Peer = nil
	c.refs.Store(1)
	return c
}

// Label makes a Chunk without a buffer, that says who sent messages which are
// slices of none.
func Label(p *Peer) *Chunk {
	c := &Chunk{}
	c.Origin = Origin{Peer: p, Chunk: c}
	c.refs.Store(1)
	c.Pin()
	return c
}

// From says whose bytes will be in the Chunk, before there are any.
func (c *Chunk) From(p *Peer) *Chunk {
	c.Origin.Peer = p
	return c
}

// Sender is whose bytes are in the Chunk: p's, if that was not known when it was made, as over
// inproc. Of multicast p is nil, and nothing is written: messages of the Chunk may be
// in use. No Chunk at all is p's.
func (c *Chunk) Sender(p *Peer) *Peer {
	if c == nil {
		return p
	}
	if c.Origin.Peer == nil && p != nil {
		c.Origin.Peer = p
	}
	return c.Origin.Peer
}

// An Origin is what a received message is, beside its first frame. It never
// changes while the message is in use.
type Origin struct {
	Peer  *Peer    // who sent it; nil: nobody knows
	Chunk *Chunk   // see Message
	Rest  [][]byte // the frames behind the first
	Props *Props   // see Message
}

// Retain adds n references.
func (c *Chunk) Retain(n int) { c.refs.Add(int32(n)) }

// Pin makes the Chunk one that is never used again: something holds it that
// does not count.
func (c *Chunk) Pin() { c.pinned.Store(true) }

// Release gives back one reference. The caller must not touch the bytes any
// more. It panics when there was none: the bytes may be another message's by
// now.
func (c *Chunk) Release() { c.ReleaseN(1) }

// ReleaseN gives back k references.
func (c *Chunk) ReleaseN(k int) {
	switch n := c.refs.Add(int32(-k)); {
	case n == 0 && k > 0 && !c.pinned.Load():
		chunks[bits.Len(uint(len(c.B)))-1].Put(c)
	case n == 0 && k > 0 && c.memory != nil:
		c.memory.free()
	case n < 0:
		panic("zmq: a message was released twice")
	}
}
