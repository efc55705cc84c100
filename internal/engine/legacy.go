package engine

import (
	"io"

	"github.com/zeroth-mq/zmq/zmtp"
)

// legacyCodec is the Codec of ZMTP 1.0. Such a peer has no commands.
type legacyCodec struct{}

func (legacyCodec) Decode(conn io.Reader, rest []byte) io.Reader {
	return NewUnframer(conn, rest, func(b []byte) (flags byte, size uint64, h int, err error) {
		more, size, h, err := zmtp.ParseHeaderV1(b)
		if err != nil {
			return 0, 0, 0, protocol(0, "frame: %v", err)
		}
		if more {
			flags = zmtp.FlagMore
		}
		return flags, size, h, nil
	})
}

func (legacyCodec) Append(dst []byte, flags byte, body []byte) []byte {
	return append(zmtp.AppendHeaderV1(dst, flags&zmtp.FlagMore != 0, len(body)), body...)
}

func (legacyCodec) Overhead() int { return zmtp.MaxHeaderV1 }
