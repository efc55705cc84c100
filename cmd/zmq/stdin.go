package main

import (
	"context"
	"io"
)

// interruptible is r with reads that end when ctx does, with its error. It must
// be used by one goroutine at a time.
//
// A read of a terminal or pipe cannot be called back. So a goroutine reads
// ahead, two buffers in turn: one is being filled while the other is emptied.
// The process is its owner: it ends with ctx, or the end of r, or the process.
func interruptible(ctx context.Context, r io.Reader) io.Reader {
	return &ctxReader{ctx: ctx, r: r}
}

type ctxReader struct {
	ctx    context.Context
	r      io.Reader
	chunks chan chunk // nil until the first Read
	rest   chunk
}

type chunk struct {
	b   []byte
	err error
}

func (c *ctxReader) Read(p []byte) (int, error) {
	if c.chunks == nil {
		c.chunks = make(chan chunk)
		go c.pump() // owned by the process, see interruptible
	}
	for len(c.rest.b) == 0 {
		if c.rest.err != nil {
			return 0, c.rest.err
		}
		select {
		case c.rest = <-c.chunks:
		case <-c.ctx.Done():
			return 0, c.ctx.Err()
		}
	}
	n := copy(p, c.rest.b)
	c.rest.b = c.rest.b[n:]
	return n, nil
}

// pump hands chunks over. The taker of one has used up the one before, whose
// buffer is free then.
func (c *ctxReader) pump() {
	var buffers [2][64 << 10]byte
	for i := 0; ; i ^= 1 {
		n, err := c.r.Read(buffers[i][:])
		select {
		case c.chunks <- chunk{buffers[i][:n], err}:
		case <-c.ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}
