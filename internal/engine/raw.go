package engine

import (
	"encoding/binary"

	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// rawRead is the most that one message of a STREAM socket holds.
const rawRead = 8 << 10

// readRaw carries bytes of a peer that speaks no ZMTP: each read is a message
// of one frame, and an empty message marks both ends of the connection.
func (e *engine) readRaw() error {
	var run pipe.Run
	empty := []byte{0, 0}
	if e.cfg.Notify {
		run.Add(empty, 1, nil)
		e.end.Publish(&run)
	}
	chunk := make([]byte, 0, minChunk)
	for {
		if cap(chunk)-len(chunk) < minChunk/2 {
			chunk = make([]byte, 0, 2*rawRead)
		}
		at := len(chunk)
		space := chunk[at : at+min(cap(chunk)-at, rawRead+zmtp.MaxHeader)]
		n, err := e.conn.Read(space[zmtp.MaxHeader:])
		if n > 0 {
			space[0] = zmtp.FlagLong
			binary.BigEndian.PutUint64(space[1:], uint64(n))
			chunk = chunk[:at+zmtp.MaxHeader+n]
			run.Add(space[:zmtp.MaxHeader+n:zmtp.MaxHeader+n], 1, nil)
			e.end.Publish(&run)
		}
		if err != nil {
			if e.cfg.Notify {
				run.Add(empty, 1, nil)
				e.end.Publish(&run)
			}
			return readError(err)
		}
		if err := e.awaitRoom(); err != nil {
			return err
		}
	}
}
