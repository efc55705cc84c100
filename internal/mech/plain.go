package mech

import (
	"bytes"

	"github.com/zeroth-mq/zmq/zmtp"
)

// PLAIN (RFC 24) is HELLO with a user name and a password, WELCOME, INITIATE,
// READY. All of it, and the traffic, is in the clear.

func newPlain(s *Settings, l Local) (Mechanism, error) {
	if s.Sec.Server {
		return &plainServer{local: l}, nil
	}
	return &plainClient{local: l, user: s.Sec.PlainUsername, pass: s.Sec.PlainPassword}, nil
}

// a step is how far a handshake of four commands has come. The client sends
// the first and the third.
type step int

const (
	hello    step = iota // is due
	welcome              // is due
	initiate             // is due
	ready                // is due
	finished
)

type plainClient struct {
	verdict // never asks
	local   Local
	user    string
	pass    string
	step    step
	peer    []zmtp.Property
}

func (c *plainClient) Next() ([]byte, bool) {
	switch c.step {
	case hello:
		c.step = welcome
		body := zmtp.AppendCommandBody(nil, zmtp.CmdHello)
		body = append(append(body, byte(len(c.user))), c.user...)
		return append(append(body, byte(len(c.pass))), c.pass...), true
	case initiate:
		c.step = ready
		return zmtp.AppendCommandBody(nil, zmtp.CmdInitiate, c.local.properties(nil)), true
	}
	return nil, false
}

func (c *plainClient) Process(body []byte) error {
	if data, ok := is(body, zmtp.CmdWelcome); ok && c.step == welcome {
		if len(data) > 0 {
			return Failf(MalformedWelcome, "WELCOME of PLAIN with %d bytes of data", len(data))
		}
		c.step = initiate
		return nil
	}
	if data, ok := is(body, zmtp.CmdReady); ok && c.step == ready {
		var err error
		if c.peer, err = metadata(InvalidMetadata, zmtp.CmdReady, data); err == nil {
			c.step = finished
		}
		return err
	}
	if data, ok := plainError(body); ok {
		return refusal(data, "the server does not accept our user name and password")
	}
	return unexpected(body, "PLAIN")
}

func (c *plainClient) Answer(Reply) {}

func (c *plainClient) Closed() string {
	if c.step == welcome {
		return "the server closed the connection during PLAIN HELLO: probably it has no authenticator to check passwords"
	}
	return "the server closed the connection during PLAIN INITIATE"
}

func (c *plainClient) Box() Box              { return nil }
func (c *plainClient) Wipe()                 { c.user, c.pass = "", "" }
func (c *plainClient) Done() bool            { return c.step == finished }
func (c *plainClient) Peer() []zmtp.Property { return c.peer }

type plainServer struct {
	verdict
	local    Local
	step     step
	peer     []zmtp.Property
	password []byte // that is asked about
}

func (s *plainServer) Next() ([]byte, bool) {
	if s.err != nil {
		return s.tell(plainName)
	}
	switch {
	case s.step == welcome && s.ask == nil:
		s.step = initiate
		return zmtp.AppendCommandBody(nil, zmtp.CmdWelcome), true
	case s.step == ready:
		s.step = finished
		return zmtp.AppendCommandBody(nil, zmtp.CmdReady, s.local.properties(nil)), true
	}
	return nil, false
}

func (s *plainServer) Process(body []byte) error {
	if data, ok := is(body, zmtp.CmdHello); ok && s.step == hello {
		user, data, ok1 := text(data)
		password, data, ok2 := text(data)
		if !ok1 || !ok2 || len(data) > 0 {
			return Failf(MalformedHello, "HELLO of PLAIN is not a user name and a password")
		}
		s.step = welcome
		s.password = bytes.Clone(password)
		s.ask = &Request{Mechanism: "PLAIN", Credentials: [][]byte{bytes.Clone(user), s.password}}
		return nil
	}
	if data, ok := is(body, zmtp.CmdInitiate); ok && s.step == initiate {
		var err error
		if s.peer, err = metadata(0, zmtp.CmdInitiate, data); err == nil {
			s.step = ready
		}
		return err
	}
	return unexpected(body, "PLAIN")
}

// text takes a text with its length in a byte off b.
func text(b []byte) (t, rest []byte, ok bool) {
	if len(b) == 0 || len(b) < 1+int(b[0]) {
		return nil, nil, false
	}
	n := 1 + int(b[0])
	return b[1:n], b[n:], true
}

// Answer takes the decision. A password that is not checked is a wrong one.
func (s *plainServer) Answer(r Reply) { s.take(r, ErrNoAuthenticator) }

func (s *plainServer) Closed() string        { return "" }
func (s *plainServer) Box() Box              { return nil }
func (s *plainServer) Wipe()                 { clear(s.password); s.ask = nil }
func (s *plainServer) Done() bool            { return s.step == finished }
func (s *plainServer) Peer() []zmtp.Property { return s.peer }
