package engine

import (
	"io"
	"math"

	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/zmtp"
)

// sealedCodec is the Codec of a peer that seals its traffic.
type sealedCodec struct {
	box  mech.Box
	wire *opt.Wire
}

func (s *sealedCodec) Decode(conn io.Reader, rest []byte) io.Reader {
	return &opener{sealedCodec: s, in: newInbuf(conn, rest)}
}

// Append seals a frame. One that does not go out is lost with the connection: it is never
// sealed, nor sent, again.
func (s *sealedCodec) Append(dst []byte, flags byte, body []byte) []byte {
	return s.box.Seal(zmtp.AppendHeader(dst, 0, len(body)+s.box.Overhead()), flags, body)
}

func (s *sealedCodec) Overhead() int { return s.box.Overhead() + zmtp.MaxHeader }

// An opener reads from such a peer: what Read gives are the plain frames, one after
// another, decrypted to where the reader wants them and nowhere else. Sealed frames are
// collected whole first, since before its end is seen a frame may be forged.
type opener struct {
	*sealedCodec
	in inbuf

	space [zmtp.MaxHeader]byte
	head  []byte // of the plain frame, what is not read yet
	left  int    // of its body likewise
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
			k := o.box.Read(p[n:])
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
			if err := o.in.fill(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

// open opens the next sealed frame, if all of it is there.
func (o *opener) open() (whole bool, err error) {
	raw := o.in.unused()
	_, size, h := zmtp.ParseHeader(raw)
	if h == 0 {
		return false, nil
	}
	if err := o.limit(size); err != nil {
		return false, err
	}
	o.in.need = h + int(size)
	if len(raw) < o.in.need {
		return false, nil
	}
	// The outer flags say nothing that the inner ones do not.
	flags, n, err := o.box.Open(raw[h:o.in.need])
	if err != nil {
		return false, &SealError{err}
	}
	o.head = zmtp.AppendHeader(o.space[:0], flags, n)
	o.left = n
	o.in.at += o.in.need
	return true, nil
}

// limit checks the size of a sealed frame. As in libzmq MAXMSGSIZE is that of
// the frame on the wire.
func (o *opener) limit(size uint64) error {
	w := o.wire
	if w.MaxMsgSize >= 0 && size > uint64(w.MaxMsgSize) {
		return tooBig(size, w.MaxMsgSize)
	}
	over := uint64(o.box.Overhead())
	// A command is no part of a message; which it is shows when it is open.
	if w.MaxMessage > 0 && size > uint64(max(w.MaxMessage, maxCommand))+over {
		return tooLong(w.MaxMessage)
	}
	if size > math.MaxInt-zmtp.MaxHeader {
		return tooBig(size, math.MaxInt)
	}
	return nil
}
