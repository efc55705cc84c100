// Package plain has the PLAIN mechanism (RFC 24): a user and a password, which
// anybody on the way can read. For more there is security/curve.
package plain

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/compat/gozeromq/zmq4"
)

// Security is the PLAIN mechanism with one user: where a socket dials, it says
// that user and password; where it listens, it lets in the peers that say them.
// Each may have 1 to 255 bytes; Dial and Listen return an error for others.
func Security(user, pass string) zmq4.Security { return &security{user, pass} }

type security struct{ user, pass string }

func (*security) Type() zmq4.SecurityType { return zmq4.PlainSecurity }

// SocketOptions is for sockets.
func (s *security) SocketOptions(server bool) []zmq.Option {
	if server {
		return []zmq.Option{zmq.PlainServer.Of(true), zmq.Authenticate(zmq.AuthFunc(s.authenticate))}
	}
	return []zmq.Option{
		zmq.PlainServer.Of(false), zmq.Authenticate(nil),
		zmq.PlainUsername.Of(s.user), zmq.PlainPassword.Of(zmq.Password(s.pass)),
	}
}

func (s *security) authenticate(_ context.Context, r zmq.AuthRequest) (zmq.Identity, error) {
	if r.Mechanism != "PLAIN" || !s.knows(r.Username, string(r.Password)) {
		return zmq.Identity{}, &zmq.Refusal{Status: 400, Text: "wrong user or password"}
	}
	return zmq.Identity{UserID: r.Username}, nil
}

// knows takes the same time for any text of one length.
func (s *security) knows(user, pass string) bool {
	same := subtle.ConstantTimeCompare([]byte(user), []byte(s.user))
	return same&subtle.ConstantTimeCompare([]byte(pass), []byte(s.pass)) == 1
}

// Handshake exchanges the mechanism's commands.
func (s *security) Handshake(conn *zmq4.Conn, server bool) error {
	raw, err := conn.Meta.MarshalZMTP()
	if err != nil {
		return fmt.Errorf("security/plain: could not serialize metadata: %w", err)
	}
	if server {
		return s.serve(conn, raw)
	}
	if len(s.user) > 255 || len(s.pass) > 255 {
		return errors.New("security/plain: user and password have at most 255 bytes")
	}
	hello := append([]byte{byte(len(s.user))}, s.user...)
	hello = append(append(hello, byte(len(s.pass))), s.pass...)
	if err := conn.SendCmd(zmq4.CmdHello, hello); err != nil {
		return fmt.Errorf("security/plain: could not send HELLO to server: %w", err)
	}
	if _, err := receive(conn, zmq4.CmdWelcome); err != nil {
		return err
	}
	if err := conn.SendCmd(zmq4.CmdInitiate, raw); err != nil {
		return fmt.Errorf("security/plain: could not send INITIATE to server: %w", err)
	}
	body, err := receive(conn, zmq4.CmdReady)
	if err != nil {
		return err
	}
	return conn.Peer.Meta.UnmarshalZMTP(body)
}

func (s *security) serve(conn *zmq4.Conn, raw []byte) error {
	hello, err := receive(conn, zmq4.CmdHello)
	if err != nil {
		return err
	}
	user, rest, ok := text(hello)
	pass, rest, ok2 := text(rest)
	if !ok || !ok2 || len(rest) > 0 || !s.knows(user, pass) {
		_ = conn.SendCmd(zmq4.CmdError, append([]byte{3}, "400"...)) // the peer may be gone
		return errors.New("security/plain: could not authenticate client")
	}
	if err := conn.SendCmd(zmq4.CmdWelcome, nil); err != nil {
		return fmt.Errorf("security/plain: could not send WELCOME to client: %w", err)
	}
	body, err := receive(conn, zmq4.CmdInitiate)
	if err != nil {
		return err
	}
	if err := conn.Peer.Meta.UnmarshalZMTP(body); err != nil {
		return fmt.Errorf("security/plain: could not unmarshal peer metadata: %w", err)
	}
	if err := conn.SendCmd(zmq4.CmdReady, raw); err != nil {
		return fmt.Errorf("security/plain: could not send READY to client: %w", err)
	}
	return nil
}

func receive(conn *zmq4.Conn, name string) ([]byte, error) {
	cmd, err := conn.RecvCmd()
	switch {
	case err != nil:
		return nil, fmt.Errorf("security/plain: could not receive %s: %w", name, err)
	case cmd.Name != name:
		return nil, fmt.Errorf("security/plain: expected %s, not %s", name, cmd.Name)
	}
	return cmd.Body, nil
}

// text takes a text and its length from the front of b.
func text(b []byte) (s string, rest []byte, ok bool) {
	if len(b) == 0 || len(b)-1 < int(b[0]) {
		return "", nil, false
	}
	n := 1 + int(b[0])
	return string(b[1:n]), b[n:], true
}

func (*security) Encrypt(w io.Writer, data []byte) (int, error) { return w.Write(data) }
func (*security) Decrypt(w io.Writer, data []byte) (int, error) { return w.Write(data) }
