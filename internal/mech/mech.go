// Package mech is the security handshakes of ZMTP 3 as state machines without
// I/O: the engine carries their commands.
package mech

import (
	"fmt"
	"strings"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/zmtp"
)

// A Mechanism is one side of one handshake. One goroutine uses it. What it
// returns is valid until its next call, but for Peer and Box.
type Mechanism interface {
	// Next returns the body of the next command to send; ok is false when
	// the other side is to move, an answer is awaited, or all is done.
	Next() (body []byte, ok bool)
	// Process takes the body of a command from the peer. Its errors are
	// *ProtocolError and *AuthError.
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
	// Closed says what it means that the peer closed the connection just now;
	// empty: that is not known.
	Closed() string
	// Done reports that the handshake succeeded and traffic may flow.
	Done() bool
	// Peer is what the peer said of itself, once Done.
	Peer() []zmtp.Property
	// Box encrypts the traffic, once Done; nil: traffic goes in the clear.
	Box() Box
	// Wipe forgets all keys and passwords, whatever has become of the
	// handshake. But for Peer and Box nothing may be called after it.
	Wipe()
}

// A Box is the two directions of an encrypted connection. One goroutine may
// Seal while another Opens and Reads.
type Box interface {
	// Seal appends the body of the frame that carries a frame with the given
	// zmtp flags (FlagMore, FlagCommand) and body. The outer frame is neither
	// a command nor followed by more. What was sealed must not be sealed
	// again in the same Box.
	Seal(dst []byte, flags byte, body []byte) []byte
	// Overhead is by how much a sealed body is longer.
	Overhead() int
	// Open checks a sealed body and returns the flags and the size of what it
	// holds, which Read gives; until that is read, the sealed body must not
	// change. Its errors are *ProtocolError, and the connection ends.
	Open(body []byte) (flags byte, size int, err error)
	// Read decrypts the next bytes into p. It returns fewer than len(p) only
	// when there are no more.
	Read(p []byte) int
}

// A Request is what an authenticator has to decide about (ZAP, RFC 27).
type Request struct {
	Mechanism   string   // NULL, PLAIN, CURVE
	Credentials [][]byte // none; user name and password; the client's public key

	// The connection. The engine fills it in.
	Address       string // the Peer-Address of libzmq: an IP, or uid:gid:pid
	Local, Remote string
	Endpoint      string // as bound or connected
	Incoming      bool   // the peer connected to us
}

// A Reply is what an authenticator decided.
type Reply struct {
	Status   int // 200; 300 try again later; 400 no; 500 the authenticator is at fault
	Text     string
	UserID   string
	Metadata []zmtp.Property
	// Err is why there is no decision: ErrNoAuthenticator, or the answer broke the
	// protocol. The connection ends with it and the peer is told nothing.
	Err error
}

// ErrNoAuthenticator is the Err of a Reply when there is neither a ZAP handler nor
// another authenticator. The mechanism decides what that means.
var ErrNoAuthenticator = fmt.Errorf("there is no authenticator to decide about the peer: %w", errno.EFAULT)

// Settings choose a mechanism, and are what it works with.
type Settings struct {
	Mechanism int     // opt.MechNull and so on
	Sec       opt.Sec // keys, names and passwords
	Domain    string  // ZAP_DOMAIN
	Enforce   bool    // ZAP_ENFORCE_DOMAIN
	Always    bool    // the authenticator is asked about every peer, also under NULL without a domain
}

// mechanisms are those there are, by their numbers.
var mechanisms = [...]struct {
	name string
	new  func(*Settings, Local) (Mechanism, error)
}{
	opt.MechNull:   {"NULL", newNull},
	opt.MechPlain:  {"PLAIN", newPlain},
	opt.MechCurve:  {"CURVE", newCurve},
	opt.MechGSSAPI: {"GSSAPI", nil},
}

// Name is that of the chosen mechanism, as greetings have it.
func (s *Settings) Name() string { return mechanisms[s.Mechanism].name }

// Has reports whether there is a mechanism of that name, in any case.
func Has(name string) bool {
	for _, m := range mechanisms {
		if strings.EqualFold(m.name, name) {
			return m.new != nil
		}
	}
	return false
}

// Check reports whether the chosen mechanism exists: EPROTONOSUPPORT.
func (s *Settings) Check() error {
	if mechanisms[s.Mechanism].new == nil {
		return fmt.Errorf("mechanism %s: %w", s.Name(), errno.EPROTONOSUPPORT)
	}
	return nil
}

// BadMetadata is the code of an error for what a peer says of itself. libzmq's
// monitor tells of it only at the clients of PLAIN and CURVE.
func (s *Settings) BadMetadata() uint32 {
	if s.Mechanism == opt.MechNull || s.Sec.Server {
		return 0
	}
	return InvalidMetadata
}

// Secures reports whether peers that cannot shake hands must be refused.
func (s *Settings) Secures() bool {
	return s.Mechanism != opt.MechNull || s.Domain != "" || s.Always
}

// New starts a handshake. Errors: those of Check, and what is wrong with our
// own keys.
func New(s *Settings, l Local) (Mechanism, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	return mechanisms[s.Mechanism].new(s, l)
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

// is reports whether body is the command of that name, and returns its data.
// A mechanism looks for the name it expects, as bytes, before anything else:
// what PLAIN calls an error has no name of the right form.
func is(body []byte, name string) (data []byte, ok bool) {
	if len(body) > len(name) && int(body[0]) == len(name) && string(body[1:1+len(name)]) == name {
		return body[1+len(name):], true
	}
	return nil, false
}

// unexpected is the error for a command out of its order, and for what is no
// command at all, which libzmq tells apart in CURVE only.
func unexpected(body []byte, where string) error {
	name, _, err := zmtp.ParseCommand(body)
	switch {
	case err == nil:
		return Failf(UnexpectedCommand, "unexpected command %q in the %s handshake", name, where)
	case where == "CURVE":
		return Failf(MalformedUnknown, "handshake: %v", err)
	}
	return Failf(UnexpectedCommand, "handshake: %v", err)
}

// metadata reads the properties of a READY or INITIATE; code is of the error
// for bad ones.
func metadata(code uint32, name string, data []byte) ([]zmtp.Property, error) {
	props, err := zmtp.ParseMetadata(data)
	if err != nil {
		return nil, Failf(code, "%s: %v", name, err)
	}
	return props, nil
}

// refusal is the error that the data of an ERROR stands for; no says what a
// status 400 means.
func refusal(data []byte, no string) error {
	reason, err := zmtp.ParseError(data)
	if err != nil {
		return Failf(MalformedError, "ERROR: %v", err)
	}
	switch reason {
	case "300":
		return &AuthError{Status: 300, Text: "the peer says: not now, try again later", Peer: true}
	case "400":
		return &AuthError{Status: 400, Text: no, Peer: true}
	case "500":
		return &AuthError{Status: 500, Text: "the peer's authenticator is at fault", Peer: true}
	}
	return Failf(0, "the peer refused the connection: %q", reason)
}

// wipe forgets keys.
func wipe(keys ...*[32]byte) {
	for _, k := range keys {
		clear(k[:])
	}
}
