package zmq4

import (
	"fmt"
	"io"

	"github.com/zeroth-mq/zmq"
)

// A Security is a security mechanism: a value of package security/null,
// security/plain or security/curve. A program's own can be used with Open, and
// not with sockets, which use it for no connection.
type Security interface {
	// Type is the mechanism's name on the wire, at most 20 bytes.
	Type() SecurityType
	// Handshake exchanges the mechanism's commands over a connection that has
	// exchanged greetings, and sets conn.Peer.Meta.
	Handshake(conn *Conn, server bool) error
	// Encrypt writes the encrypted form of data to w.
	Encrypt(w io.Writer, data []byte) (int, error)
	// Decrypt writes the decrypted form of data to w.
	Decrypt(w io.Writer, data []byte) (int, error)
}

// A SecurityType is the name of a security mechanism.
type SecurityType string

// The mechanisms: without security; user and password in the clear, RFC 24;
// encrypted, with keys, RFC 26.
const (
	NullSecurity  SecurityType = "NULL"
	PlainSecurity SecurityType = "PLAIN"
	CurveSecurity SecurityType = "CURVE"
)

// A native mechanism says which options of package zmq it is, for endpoints that
// are bound (server) and for those that are connected.
type native interface {
	SocketOptions(server bool) []zmq.Option
}

type nullSecurity struct{}

func (nullSecurity) Type() SecurityType                            { return NullSecurity }
func (nullSecurity) SocketOptions(bool) []zmq.Option               { return nil }
func (nullSecurity) Encrypt(w io.Writer, data []byte) (int, error) { return w.Write(data) }
func (nullSecurity) Decrypt(w io.Writer, data []byte) (int, error) { return w.Write(data) }

func (nullSecurity) Handshake(conn *Conn, _ bool) error {
	raw, err := conn.Meta.MarshalZMTP()
	if err == nil {
		err = conn.SendCmd(CmdReady, raw)
	}
	if err != nil {
		return err
	}
	cmd, err := conn.RecvCmd()
	switch {
	case err != nil:
		return err
	case cmd.Name != CmdReady:
		return ErrBadCmd
	}
	return conn.Peer.Meta.UnmarshalZMTP(cmd.Body)
}

// secure sets the socket's security for the endpoints that follow.
func (s *socket) secure(server bool) error {
	n, ok := s.sec.(native)
	if !ok {
		return fmt.Errorf("zmq4: sockets cannot use the security mechanism %T: use that of package security/null, security/plain or security/curve", s.sec)
	}
	if err := s.base.Set(n.SocketOptions(server)...); err != nil {
		return fmt.Errorf("zmq4: %s security: %w", s.sec.Type(), err)
	}
	return nil
}
