package mech

import (
	"errors"
	"fmt"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// The codes of ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL.
const (
	Unspecified       = 0x10000000
	UnexpectedCommand = 0x10000001
	InvalidSequence   = 0x10000002
	KeyExchange       = 0x10000003
	MalformedUnknown  = 0x10000011
	MalformedMessage  = 0x10000012
	MalformedHello    = 0x10000013
	MalformedInitiate = 0x10000014
	MalformedError    = 0x10000015
	MalformedReady    = 0x10000016
	MalformedWelcome  = 0x10000017
	InvalidMetadata   = 0x10000018
	Cryptographic     = 0x11000001
	MechanismMismatch = 0x11000002

	ZAPUnspecified     = 0x20000000
	ZAPMalformedReply  = 0x20000001
	ZAPBadRequestID    = 0x20000002
	ZAPBadVersion      = 0x20000003
	ZAPInvalidStatus   = 0x20000004
	ZAPInvalidMetadata = 0x20000005
)

// A ProtocolError says how the peer broke the protocol. It is an EPROTO.
type ProtocolError struct {
	Code uint32 // as in the monitor's event; 0 where libzmq sends none
	Text string
	// Foreign says that it speaks another protocol altogether: it is no peer
	// of ours, and the next one at the same address may be.
	Foreign bool
}

func (e *ProtocolError) Error() string { return e.Text }
func (e *ProtocolError) Unwrap() error { return errno.EPROTO }

// Failf makes a ProtocolError.
func Failf(code uint32, format string, args ...any) error {
	return &ProtocolError{Code: code, Text: fmt.Sprintf(format, args...)}
}

// An AuthError says that an authenticator refused: ours the peer, or the
// peer's us. It is an EACCES.
type AuthError struct {
	Status int // 300 try again later; 400 no; 500 the authenticator is at fault
	Text   string
	Peer   bool // the peer refused us
}

func (e *AuthError) Error() string {
	text := e.Text
	if text == "" {
		switch e.Status {
		case 300:
			text = "not now: the peer may try again later"
		case 500:
			text = "the authenticator is at fault"
		default:
			text = "the peer is not known, or not allowed"
		}
	}
	return fmt.Sprintf("refused (%d): %s", e.Status, text)
}

func (e *AuthError) Unwrap() error { return errno.EACCES }

// Final reports whether err is a peer's last word, after which libzmq connects
// to it no more: it broke the protocol, or refused us for good. What we refused
// ourselves, what our own authenticator got wrong, and what is no ZeroMQ at all
// is not: another time it may go well.
func Final(err error) bool {
	if ae, ok := errors.AsType[*AuthError](err); ok {
		return ae.Peer && ae.Status != 300
	}
	if pe, ok := errors.AsType[*ProtocolError](err); ok {
		return !pe.Foreign && pe.Code&^0xf != ZAPUnspecified
	}
	return errors.Is(err, errno.EPROTO)
}
