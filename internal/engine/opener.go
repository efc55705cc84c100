package engine

import (
	"math"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// An opener reads from a peer that seals its traffic, as if it did not: what
// Read gives are the plain frames, one after another, decrypted to where the
// reader wants them and nowhere else. Sealed frames are collected whole first,
// since before its end is seen nobody knows whether a frame is genuine.
//
// Only the reader's goroutine touches it.
type opener struct {
	e     *engine
	buf   *msg.Chunk
	at, w int // buf.B[at:w] is read and not yet opened
	want  int // how large buf should be for small frames
	need  int // size of the sealed frame at at, once known; of the last one before

	space [zmtp.MaxHeader]byte
	head  []byte // of the plain frame, what is not read yet
	left  int    // of its body likewise
}

// newOpener begins with what was read beyond the handshake.
func newOpener(e *engine, rest []byte) *opener {
	o := &opener{e: e, buf: msg.NewChunk(max(minChunk, len(rest))), want: minChunk}
	o.w = copy(o.buf.B, rest)
	return o
}

// Read fills p as far as whole sealed frames are there; it waits for the first.
func (o *opener) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(o.head) > 0 {
			k := copy(p[n:], o.head)
			o.head = o.head[k:]
			n += k
			continue
		}
		if o.left > 0 {
			k := o.e.box.Read(p[n:])
			o.left -= k
			n += k
			continue
		}
		switch whole, err := o.open(); {
		case err != nil:
			return n, err
		case whole:
		case n > 0:
			return n, nil
		default:
			if err := o.fill(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

// open opens the next sealed frame, if all of it is there.
func (o *opener) open() (whole bool, err error) {
	raw := o.buf.B[o.at:o.w]
	_, size, h := zmtp.ParseHeader(raw)
	if h == 0 {
		return false, nil
	}
	if err := o.limit(size); err != nil {
		return false, err
	}
	o.need = h + int(size)
	if len(raw) < o.need {
		return false, nil
	}
	// The outer flags say nothing that the inner ones do not.
	flags, n, err := o.e.box.Open(raw[h:o.need])
	if err != nil {
		return false, &SealError{err}
	}
	o.head = zmtp.AppendHeader(o.space[:0], flags, n)
	o.left = n
	o.at += o.need
	return true, nil
}

// limit checks the size of a sealed frame. As in libzmq MAXMSGSIZE is that of
// the frame on the wire.
func (o *opener) limit(size uint64) error {
	w := &o.e.cfg.Wire
	if w.MaxMsgSize >= 0 && size > uint64(w.MaxMsgSize) {
		return tooBig(size, w.MaxMsgSize)
	}
	over := uint64(o.e.box.Overhead())
	// A command is no part of a message; which it is shows when it is open.
	if w.MaxMessage > 0 && size > uint64(max(w.MaxMessage, maxCommand))+over {
		return tooLong(w.MaxMessage)
	}
	if size > math.MaxInt-zmtp.MaxHeader {
		return tooBig(size, math.MaxInt)
	}
	return nil
}

// fill reads more, when all that was opened before has been read.
func (o *opener) fill() error {
	o.makeRoom()
	space := o.buf.B[o.w:]
	n, err := o.e.conn.Read(space)
	if n == 0 {
		return err
	}
	o.e.beat.heard()
	o.w += n
	if n == len(space) && o.want < maxChunk {
		o.want *= 4
	}
	return nil // an error will come again
}

// makeRoom makes room for more: at the front of the buffer, or in a larger one.
// For a frame beyond maxChunk that grows as bytes really arrive, and stays as
// long as such frames come.
func (o *opener) makeRoom() {
	rest := o.buf.B[o.at:o.w]
	size := len(o.buf.B)
	want := min(o.want, maxChunk)
	switch {
	case len(rest) == size:
		want = max(want, min(o.need, 4*size))
	case o.need > size/4:
		want = max(want, size)
	}
	if want > size || want <= size/4 && len(rest) <= want/2 {
		next := msg.NewChunk(want)
		o.w = copy(next.B, rest)
		o.buf.Release()
		o.buf, o.at = next, 0
	} else if len(rest) == 0 || size-o.w < size/4 {
		o.w = copy(o.buf.B, rest)
		o.at = 0
	}
}
