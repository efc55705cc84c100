package chaos

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// roleEnv says what a copy of this program is.
const roleEnv = "ZMQ_CHAOS_ROLE"

// The harness and the processes that hold sockets speak records over pipes: a
// letter, a length in four bytes, and what the letter says. peer/bridge.c speaks
// them as well.
const (
	cmdNew     = 'N' // a type's number and options, a line each: closes the socket before; none: opens none
	cmdBind    = 'B' // an endpoint
	cmdConnect = 'C' // an endpoint
	cmdSend    = 'S' // frames: sent when there is room, in order
	cmdCount   = 'Q' // goroutines; memory that is not used is given back before
	cmdLimit   = 'L' // the most descriptors

	saidReply   = 'R' // to every command but cmdSend: text, an error if it begins with "!"
	saidMessage = 'M' // a connection's number in eight bytes, 0 if it is not known, and frames
	saidRefused = 'F' // why a message could not be sent
)

// What stands among the options and is none.
const (
	ownEcho = "ECHO" // what is received is sent back, and not told
	ownDeaf = "DEAF" // nothing is received
)

// maxRecord bounds a record; none is near it.
const maxRecord = 64 << 20

// appendFrames writes frames, each behind its length in four bytes.
func appendFrames(dst []byte, frames [][]byte) []byte {
	for _, f := range frames {
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(f)))
		dst = append(dst, f...)
	}
	return dst
}

// parseFrames is the opposite; the frames are b's.
func parseFrames(b []byte) (frames [][]byte, err error) {
	for len(b) > 0 {
		if len(b) < 4 {
			return nil, io.ErrUnexpectedEOF
		}
		n := int(binary.BigEndian.Uint32(b))
		if n > len(b)-4 {
			return nil, io.ErrUnexpectedEOF
		}
		frames = append(frames, b[4:4+n:4+n])
		b = b[4+n:]
	}
	return frames, nil
}

// writeRecord writes one record, from parts.
func writeRecord(w *bufio.Writer, kind byte, parts ...[]byte) error {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	head := binary.BigEndian.AppendUint32([]byte{kind}, uint32(n))
	w.Write(head)
	for _, p := range parts {
		w.Write(p)
	}
	return w.Flush()
}

// readRecord reads one into a new slice.
func readRecord(r *bufio.Reader) (kind byte, body []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > maxRecord {
		return 0, nil, fmt.Errorf("a record %q of %d bytes", head[0], n)
	}
	body = make([]byte, n)
	_, err = io.ReadFull(r, body)
	return head[0], body, err
}
