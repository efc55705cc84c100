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
	// the other side is to move, or all is done.
	Next() (body []byte, ok bool)
	// Process takes the body of a command from the peer. Its errors are
	// *ProtocolError.
	Process(body []byte) error
	// Done reports that the handshake succeeded and traffic may flow.
	Done() bool
	// Peer is what the peer said of itself, once Done.
	Peer() []zmtp.Property
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
