package engine

import (
	"io"
	"net"
	"os"
	"syscall"
	"weak"

	"github.com/zeroth-mq/zmq/internal/msg"
)

// A connection on which nothing comes holds no chunk. The reader tries to read
// before it waits, so that it takes one only when there is something: what it
// took in vain goes back at once. A chunk that has messages in it is worth
// keeping, lest each that comes alone costs a chunk: it is left to the
// collector, which takes it only from a connection that waits.

// a park is the reader's while it waits for the peer.
type park struct {
	raw  syscall.RawConn         // nil: a connection without one, that keeps its chunk
	try  func(fd uintptr) bool   // r.attempt
	wait bool                    // for something to come
	left weak.Pointer[msg.Chunk] // the chunk that is, or was last, in use; the zero value: not made
	fill int                     // how much of it is used up

	n    int  // what the last try has read
	none bool // because nothing was there
	err  error
}

// prepare prepares the park of a connection that can be read without waiting.
func (p *park) prepare(r *reader) {
	if c, ok := r.e.conn.(syscall.Conn); ok && canReadNow {
		if raw, err := c.SyscallConn(); err == nil {
			p.raw, p.try, p.wait = raw, r.attempt, true
		}
	}
}

// more reads behind what is in the chunk.
func (r *reader) more() (int, error) {
	p := &r.park
	if p.raw == nil {
		return r.e.src.Read(r.space())
	}
	if err := p.raw.Read(p.try); err != nil {
		return 0, err
	}
	if p.err != nil {
		c := r.e.conn
		return 0, &net.OpError{Op: "read", Net: c.LocalAddr().Network(), Source: c.LocalAddr(), Addr: c.RemoteAddr(),
			Err: os.NewSyscallError("read", p.err)}
	}
	if p.n == 0 && !p.none {
		return 0, io.EOF
	}
	return p.n, nil
}

// attempt reads what is there. False: nothing is; it is called again when
// something may be.
func (r *reader) attempt(fd uintptr) (done bool) {
	p := &r.park
	r.resume()
	p.n, done, p.err = readNow(fd, r.space())
	p.none = !done
	if p.none {
		r.leave()
	}
	return done || !p.wait
}

// leave lets the chunk go, if all that is in it is published.
func (r *reader) leave() {
	p := &r.park
	switch n := len(r.chunk); {
	case r.pub < n:
	case n == 0:
		r.buf.Release()
		r.buf, r.chunk = nil, nil
		p.left = weak.Pointer[msg.Chunk]{}
	default:
		p.fill = n
		if p.left == (weak.Pointer[msg.Chunk]{}) {
			p.left = weak.Make(r.buf)
		}
		r.buf, r.chunk = nil, nil
	}
}

// resume takes up again what leave has left.
func (r *reader) resume() {
	if r.chunk != nil {
		return
	}
	p := &r.park
	fill := p.fill
	r.buf = p.left.Value()
	p.fill = 0
	if r.buf != nil {
		r.chunk = r.buf.B[:fill]
		return
	}
	if fill > 0 { // the collector was here: it has been quiet for long
		r.want = minChunk
	}
	r.pub, r.at, r.end = 0, 0, 0
	p.left = weak.Pointer[msg.Chunk]{}
}
