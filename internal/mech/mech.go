// Package mech is the security handshakes of ZMTP 3 as state machines without
// I/O: the engine carries their commands.
package mech

import (
	"fmt"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/zmtp"
)

// A Mechanism is one side of one handshake. One goroutine uses it.
type Mechanism interface {
	// Next returns the body of the next command to send; ok is false when
	// the other side is to move, an answer is awaited, or all is done.
	Next() (body []byte, ok bool)
	// Process takes the body of a command from the peer. Its errors are
	// *ProtocolError.
	Process(body []byte) error
	// Ask returns what the authenticator has to decide before the handshake
	// can go on; nil: nothing now. The carrier gives the decision to Answer,
	// once for each Ask that was not nil.
	Ask() *Request
	// Answer takes the decision. A refusal is an error only after what the
	// mechanism wants to tell the peer was given out by Next: see Refused.
	Answer(Reply)
	// Refused is not nil once the authenticator has said no and Next has
	// nothing more to say: the connection ends with it.
	Refused() error
	// Done reports that the handshake succeeded and traffic may flow.
	Done() bool
	// Peer is what the peer said of itself, once Done.
	Peer() []zmtp.Property
	// Box encrypts the traffic, once Done; nil: traffic goes in the clear.
	Box() Box
}

// A Box is the two directions of an encrypted connection. One goroutine may
// Seal while another Opens.
type Box interface {
	// Seal appends the body of the frame that carries a frame with the given
	// zmtp flags (FlagMore, FlagCommand) and body. The outer frame is neither
	// a command nor followed by more.
	Seal(dst []byte, flags byte, body []byte) []byte
	// Overhead is by how much a sealed body is longer.
	Overhead() int
	// Open appends what a sealed body holds. Its errors are *ProtocolError,
	// and the connection ends.
	Open(dst, body []byte) (flags byte, plain []byte, err error)
}

// A Request is what an authenticator has to decide about (ZAP, RFC 27).
type Request struct {
	Mechanism   string   // NULL, PLAIN, CURVE
	Credentials [][]byte // none; user name and password; the client's public key
}

// A Reply is what an authenticator decided.
type Reply struct {
	Status   int // 200; 300 try again later; 400 no; 500 the authenticator is at fault
	Text     string
	UserID   string
	Metadata []zmtp.Property
	// Err is why there is no decision: nobody was there to ask, or the answer
	// broke the protocol. The connection ends with it and the peer is told
	// nothing.
	Err error
}

// Local is what a mechanism says of this side.
type Local struct {
	SocketType string
	RoutingID  []byte
	Announce   bool // send the routing id
	Metadata   []opt.Property
}

// properties appends the metadata of a READY or INITIATE.
func (l *Local) properties(dst []byte) []byte {
	dst = zmtp.AppendProperty(dst, "Socket-Type", l.SocketType)
	if l.Announce {
		dst = zmtp.AppendProperty(dst, "Identity", string(l.RoutingID))
	}
	for _, p := range l.Metadata {
		dst = zmtp.AppendProperty(dst, p.Name, p.Value)
	}
	return dst
}

// The codes of ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL.
const (
	Unspecified       = 0x10000000
	UnexpectedCommand = 0x10000001
	MalformedUnknown  = 0x10000011
	MalformedError    = 0x10000015
	MalformedReady    = 0x10000016
	InvalidMetadata   = 0x10000018
	MechanismMismatch = 0x11000002
)

// A ProtocolError says how the peer broke the protocol. It is an EPROTO.
type ProtocolError struct {
	Code uint32 // as in the monitor's event; 0 where libzmq sends none
	Text string
}

func (e *ProtocolError) Error() string { return e.Text }
func (e *ProtocolError) Unwrap() error { return errno.EPROTO }

// Failf makes a ProtocolError.
func Failf(code uint32, format string, args ...any) error {
	return &ProtocolError{code, fmt.Sprintf(format, args...)}
}
