package msg

import (
	"runtime"
	"sync/atomic"
)

// memory is what a foreign Chunk is made of.
type memory struct {
	gone atomic.Bool
	drop func()
}

func (m *memory) free() {
	if !m.gone.Swap(true) {
		m.drop()
	}
}

// Foreign makes a Chunk of memory that is not Go's, with one reference. drop frees
// the memory when the last reference is released, or when the collector finds that
// the Chunk is not reachable any more. So what keeps a slice of the memory must keep
// the Chunk too. The memory is only read. drop may be called by any goroutine, with
// any lock held.
func Foreign(b []byte, drop func()) *Chunk {
	c := &Chunk{B: b, memory: &memory{drop: drop}}
	c.Origin.Chunk = c
	c.refs.Store(1)
	c.Pin()
	runtime.AddCleanup(c, (*memory).free, c.memory)
	return c
}

// IsForeign reports whether Foreign made the Chunk.
func (c *Chunk) IsForeign() bool { return c.memory != nil }

// Retract takes a foreign Chunk back from those it was offered to, if they did not
// keep it: then the memory is the caller's again, and drop is not called.
func (c *Chunk) Retract() bool {
	if !c.refs.CompareAndSwap(1, 0) {
		return false
	}
	c.memory.gone.Store(true)
	return true
}

// Holder is the Chunk of m.Held that a frame is the whole of; nil: none.
func (m *Message) Holder(frame []byte) *Chunk {
	for _, c := range m.Held {
		if len(frame) == len(c.B) && len(frame) > 0 && &frame[0] == &c.B[0] {
			return c
		}
	}
	return nil
}
