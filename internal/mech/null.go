package mech

import "github.com/zeroth-mq/zmq/zmtp"

// null is the NULL mechanism: a READY each way, in any order (RFC 37). Where
// there is a domain the peer's address is asked about first.
type null struct {
	verdict
	local   Local
	enforce bool
	sent    bool
	ready   bool
	peer    []zmtp.Property
}

func newNull(s *Settings, l Local) (Mechanism, error) {
	n := &null{local: l, enforce: s.Enforce}
	if s.Domain != "" || s.Always {
		n.ask = &Request{Mechanism: "NULL"}
	}
	return n, nil
}

func (n *null) Next() ([]byte, bool) {
	if n.err != nil {
		return n.tell(errorName)
	}
	if n.sent || n.ask != nil {
		return nil, false
	}
	n.sent = true
	return zmtp.AppendCommandBody(nil, zmtp.CmdReady, n.local.properties(nil)), true
}

func (n *null) Process(body []byte) error {
	if data, ok := is(body, zmtp.CmdReady); ok && !n.ready {
		var err error
		n.peer, err = metadata(0, zmtp.CmdReady, data)
		n.ready = err == nil
		return err
	}
	if data, ok := is(body, zmtp.CmdError); ok {
		return refusal(data, "the peer does not let our address in")
	}
	return unexpected(body, "NULL")
}

func (n *null) Answer(r Reply) {
	var without error
	if n.enforce {
		without = ErrNoAuthenticator
	}
	n.take(r, without)
}

func (n *null) Closed() string        { return "" }
func (n *null) Box() Box              { return nil }
func (n *null) Wipe()                 {}
func (n *null) Done() bool            { return n.sent && n.ready }
func (n *null) Peer() []zmtp.Property { return n.peer }
