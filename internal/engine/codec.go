package engine

import (
	"fmt"
	"io"
	"sync"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/zmtp"
)

// How messages look on a connection is told by its framing, which the transport names
// (transport.Transport.Framing): ZMTP over a stream of bytes, the bytes of STREAM,
// whatever else is registered. Its Framing opens each connection and gives a Codec for the
// traffic; all else in the engine is the same for every framing.
//
// The pipes hold frames of ZMTP 3, and so does the reader: a Codec translates from and to
// these. A connection whose peer speaks ZMTP 3 in the clear needs none.

// Raw is the framing of a peer that speaks no ZMTP: each read is a message.
const Raw = "raw"

// A Framing opens a connection: it greets the peer and agrees with it. It sets what the
// Opening knows of the peer, and gives the Codec for what follows; nil: frames of ZMTP 3.
// It is called on the connection's goroutine. Its error ends the connection.
type Framing func(*Opening) (Codec, error)

// A Codec is how the peer of one connection frames its messages.
type Codec interface {
	// Decode gives what comes from conn as frames of ZMTP 3, the bytes that were read
	// already (rest) before all others. The reader alone reads it. At the begin of a
	// frame it asks for minChunk/8 bytes at least; inside of one that is begun, for
	// as many as are missing at most. A read that fails ends the connection.
	Decode(conn io.Reader, rest []byte) io.Reader
	// Append appends a frame as the peer wants it. What acts in the role of writing
	// alone calls it.
	Append(dst []byte, flags byte, body []byte) []byte
	// Overhead is the most that Append adds to a body; 0: it adds nothing, ever.
	Overhead() int
}

// appendFrame appends a frame as c has it; nil: as ZMTP 3 has it.
func appendFrame(c Codec, dst []byte, flags byte, body []byte) []byte {
	if c == nil {
		return zmtp.AppendFrame(dst, flags, body)
	}
	return c.Append(dst, flags, body)
}

var framings = struct {
	sync.RWMutex
	m map[string]Framing
}{m: map[string]Framing{"": openZMTP, "zmtp": openZMTP, Raw: openRaw}}

// RegisterFraming enters a framing under its name; a later one replaces an earlier one.
func RegisterFraming(name string, f Framing) {
	framings.Lock()
	defer framings.Unlock()
	framings.m[name] = f
}

// framing finds a framing; "" is ZMTP. ENOTSUP: there is none of that name.
func framing(name string) (Framing, error) {
	framings.RLock()
	defer framings.RUnlock()
	f, ok := framings.m[name]
	if !ok {
		return nil, fmt.Errorf("framing %q is not built in: %w", name, errno.ENOTSUP)
	}
	return f, nil
}

// traits are what else there is to know of how a peer talks.
type traits struct {
	bare     bool // bytes without messages: no limit counts, and its end answers nothing
	commands bool // ZMTP 3: commands exist
	subs     bool // ZMTP 3.1: SUBSCRIBE and CANCEL are commands, PING is known
}

// incoming is the connection as a Codec reads it.
type incoming struct{ e *engine }

func (c incoming) Read(p []byte) (int, error) {
	n, err := c.e.conn.Read(p)
	if n > 0 {
		c.e.beat.heard() // whether or not it is a whole frame
	}
	return n, err
}
