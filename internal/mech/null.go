package mech

import "github.com/zeroth-mq/zmq/zmtp"

// null is the NULL mechanism: a READY each way, in any order (RFC 37).
type null struct {
	local Local
	sent  bool
	ready bool
	peer  []zmtp.Property
}

// NewNull starts a NULL handshake; both sides do the same.
func NewNull(l Local) Mechanism { return &null{local: l} }

func (n *null) Next() ([]byte, bool) {
	if n.sent {
		return nil, false
	}
	n.sent = true
	return zmtp.AppendCommandBody(nil, zmtp.CmdReady, n.local.properties(nil)), true
}

func (n *null) Process(body []byte) error {
	name, data, err := zmtp.ParseCommand(body)
	if err != nil {
		return Failf(MalformedUnknown, "handshake: %v", err)
	}
	switch {
	case name == zmtp.CmdReady && !n.ready:
		if n.peer, err = zmtp.ParseMetadata(data); err != nil {
			return Failf(InvalidMetadata, "READY: %v", err)
		}
		n.ready = true
		return nil
	case name == zmtp.CmdError:
		reason, err := zmtp.ParseError(data)
		if err != nil {
			return Failf(MalformedError, "ERROR: %v", err)
		}
		return Failf(0, "the peer refused the connection: %q", reason)
	}
	return Failf(UnexpectedCommand, "unexpected command %q in the NULL handshake", name)
}

func (n *null) Ask() *Request         { return nil }
func (n *null) Answer(Reply)          {}
func (n *null) Refused() error        { return nil }
func (n *null) Box() Box              { return nil }
func (n *null) Done() bool            { return n.sent && n.ready }
func (n *null) Peer() []zmtp.Property { return n.peer }
