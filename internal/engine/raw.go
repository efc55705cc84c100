package engine

import (
	"encoding/binary"

	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// readRaw carries bytes of a peer that speaks no ZMTP: each read is a message
// of one frame, of IN_BATCH_SIZE bytes at most.
func (e *engine) readRaw() error {
	var run pipe.Run
	most := zmtp.MaxHeader + min(max(e.cfg.Wire.InBatchSize, 1), maxChunk)
	chunk := make([]byte, 0, minChunk)
	for {
		if cap(chunk)-len(chunk) < min(most, minChunk/2) {
			chunk = make([]byte, 0, max(2*most, minChunk))
		}
		at := len(chunk)
		space := chunk[at : at+min(cap(chunk)-at, most)]
		n, err := e.conn.Read(space[zmtp.MaxHeader:])
		if n > 0 {
			space[0] = zmtp.FlagLong
			binary.BigEndian.PutUint64(space[1:], uint64(n))
			chunk = chunk[:at+zmtp.MaxHeader+n]
			run.Add(space[:zmtp.MaxHeader+n:zmtp.MaxHeader+n], 1, nil)
			e.end.Publish(&run)
		}
		if err != nil {
			return readError(err)
		}
		if err := e.awaitRoom(); err != nil {
			return err
		}
	}
}
