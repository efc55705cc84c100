package engine

import (
	"encoding/binary"
	"io"

	"github.com/zeroth-mq/zmq/zmtp"
)

// rawCodec is the Codec of a peer that speaks no ZMTP: each read is a message of one frame.
type rawCodec struct {
	most int // bytes of one read
}

// openRaw is the Framing of it. There is nothing to agree upon.
func openRaw(o *Opening) (Codec, error) {
	o.e.wire.bare = true
	return rawCodec{min(max(o.e.cfg.Wire.InBatchSize, 1), maxChunk)}, nil
}

func (c rawCodec) Decode(conn io.Reader, _ []byte) io.Reader { return rawReader{conn, c.most} }

func (rawCodec) Append(dst []byte, _ byte, body []byte) []byte { return append(dst, body...) }

func (rawCodec) Overhead() int { return 0 }

type rawReader struct {
	conn io.Reader
	most int
}

// Read reads one message, behind its header.
func (r rawReader) Read(p []byte) (int, error) {
	body := p[zmtp.MaxHeader:min(len(p), zmtp.MaxHeader+r.most)]
	n, err := r.conn.Read(body)
	if n == 0 {
		return 0, err
	}
	p[0] = zmtp.FlagLong
	binary.BigEndian.PutUint64(p[1:], uint64(n))
	return zmtp.MaxHeader + n, err
}
