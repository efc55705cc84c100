package engine

import (
	"io"
	"math"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// inbuf is what a Codec has read and not yet used. It grows as reads fill it.
type inbuf struct {
	conn  io.Reader
	buf   *msg.Chunk
	at, w int // buf.B[at:w] is read and not yet used
	want  int // how large buf should be for small frames
	need  int // size of the frame at at, once it is known that it must be there whole; of the last one before
}

// newInbuf begins with what was read already.
func newInbuf(conn io.Reader, rest []byte) inbuf {
	b := inbuf{conn: conn, buf: msg.NewChunk(max(minChunk, len(rest))), want: minChunk}
	b.w = copy(b.buf.B, rest)
	return b
}

func (b *inbuf) unused() []byte { return b.buf.B[b.at:b.w] }

// fill reads more.
func (b *inbuf) fill() error {
	b.makeRoom()
	space := b.buf.B[b.w:]
	n, err := b.conn.Read(space)
	if n == 0 {
		return err
	}
	b.w += n
	if n == len(space) && b.want < maxChunk {
		b.want *= 4
	}
	return nil // an error will come again
}

// makeRoom makes room for more: at the front of the buffer, or in a larger one.
// For a frame beyond maxChunk that grows as bytes really arrive, and stays as
// long as such frames come.
func (b *inbuf) makeRoom() {
	rest := b.unused()
	size := len(b.buf.B)
	want := min(b.want, maxChunk)
	switch {
	case len(rest) == size:
		want = max(want, min(b.need, 4*size))
	case b.need > size/4:
		want = max(want, size)
	}
	if want > size || want <= size/4 && len(rest) <= want/2 {
		next := msg.NewChunk(want)
		b.w = copy(next.B, rest)
		b.buf.Release()
		b.buf, b.at = next, 0
	} else if len(rest) == 0 || size-b.w < size/4 {
		b.w = copy(b.buf.B, rest)
		b.at = 0
	}
}

// An Unframer is the reader of a Codec whose frames are a header and a body as it is. The
// body goes straight to where it is wanted.
type Unframer struct {
	in    inbuf
	parse ParseHeader
	space [zmtp.MaxHeader]byte
	head  []byte // of the frame in ZMTP 3, what is not given out yet
	left  int    // of its body likewise
}

// A ParseHeader reads the header of the frame that begins b, of h bytes; 0: it is not
// there whole. An error ends the connection.
type ParseHeader func(b []byte) (flags byte, size uint64, h int, err error)

// NewUnframer makes one, which is given rest before what conn brings.
func NewUnframer(conn io.Reader, rest []byte, parse ParseHeader) *Unframer {
	return &Unframer{in: newInbuf(conn, rest), parse: parse}
}

// Read fills p as far as bytes are there; it waits for the first.
func (u *Unframer) Read(p []byte) (n int, err error) {
	for n < len(p) {
		there := u.in.unused()
		switch {
		case len(u.head) > 0:
			k := copy(p[n:], u.head)
			u.head = u.head[k:]
			n += k
		case u.left > 0 && len(there) > 0:
			k := copy(p[n:], there[:min(len(there), u.left)])
			u.in.at += k
			u.left -= k
			n += k
		case u.left > 0:
			if n > 0 {
				return n, nil
			}
			n, err = u.in.conn.Read(p[:min(len(p), u.left)])
			u.left -= n
			return n, err
		default:
			whole, err := u.next(there)
			if err != nil {
				return n, err
			}
			if whole {
				continue
			}
			if n > 0 {
				return n, nil
			}
			if err := u.in.fill(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

// next reads the header of the next frame, if it is there whole.
func (u *Unframer) next(b []byte) (bool, error) {
	flags, size, h, err := u.parse(b)
	if err != nil || h == 0 {
		return false, err
	}
	if size > math.MaxInt {
		return false, tooBig(size, math.MaxInt)
	}
	u.head = zmtp.AppendHeader(u.space[:0], flags, int(size))
	u.left = int(size)
	u.in.at += h
	return true, nil
}
