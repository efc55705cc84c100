package engine

import (
	"runtime"

	"github.com/zeroth-mq/zmq/internal/msg"
)

// A piece is memory that the beginning of a very large frame is read into, before
// there is reason to believe in its size. It belongs to the reader alone. Where it
// can it is the system's, not Go's, so that it is gone as soon as it is freed.
type piece struct {
	b       []byte // what is filled; its capacity is the piece's
	chunk   *msg.Chunk
	cleanup runtime.Cleanup // for a reader that ends before
}

// newPiece makes a piece of n bytes at least.
func newPiece(n int) *piece {
	if b := mapMemory(n); b != nil {
		p := &piece{b: b[:0]}
		p.cleanup = runtime.AddCleanup(p, unmapMemory, b)
		return p
	}
	return pieceOf(msg.NewChunk(n))
}

// pieceOf makes a piece of a Chunk.
func pieceOf(c *msg.Chunk) *piece { return &piece{b: c.B[:0], chunk: c} }

// free gives the memory back. No slice of it is used any more.
func (p *piece) free() {
	b := p.b[:cap(p.b)]
	p.b = nil
	if p.chunk != nil {
		p.chunk.Release()
		return
	}
	p.cleanup.Stop()
	unmapMemory(b)
}
