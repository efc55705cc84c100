// Package null has the NULL mechanism: no security.
package null

import (
	"fmt"
	"io"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/compat/gozeromq/zmq4"
)

// Security is the NULL mechanism, which sockets have by default.
func Security() zmq4.Security { return security{} }

type security struct{}

func (security) Type() zmq4.SecurityType { return zmq4.NullSecurity }

// SocketOptions is for sockets: none.
func (security) SocketOptions(bool) []zmq.Option { return nil }

// Handshake exchanges READY commands, as RFC 23 has it.
func (security) Handshake(conn *zmq4.Conn, _ bool) error {
	raw, err := conn.Meta.MarshalZMTP()
	if err != nil {
		return fmt.Errorf("security/null: could not marshal metadata: %w", err)
	}
	if err := conn.SendCmd(zmq4.CmdReady, raw); err != nil {
		return fmt.Errorf("security/null: could not send metadata to peer: %w", err)
	}
	cmd, err := conn.RecvCmd()
	switch {
	case err != nil:
		return fmt.Errorf("security/null: could not recv metadata from peer: %w", err)
	case cmd.Name != zmq4.CmdReady:
		return zmq4.ErrBadCmd
	}
	return conn.Peer.Meta.UnmarshalZMTP(cmd.Body)
}

func (security) Encrypt(w io.Writer, data []byte) (int, error) { return w.Write(data) }
func (security) Decrypt(w io.Writer, data []byte) (int, error) { return w.Write(data) }
