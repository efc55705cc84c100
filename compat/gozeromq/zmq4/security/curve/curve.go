// Package curve has the CURVE mechanism (RFC 26): both sides have keys, and what
// they say to one another is encrypted. It is not in github.com/go-zeromq/zmq4.
//
//	server, err := zmq.ReadCurveCert("server.key")
//	rep := zmq4.NewRep(ctx, zmq4.WithSecurity(curve.Server(server, auth.Keys(clients...))))
//
//	me, err := zmq.NewCurveCert()
//	req := zmq4.NewReq(ctx, zmq4.WithSecurity(curve.Client(me, serverKey)))
package curve

import (
	"errors"
	"io"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/compat/gozeromq/zmq4"
)

// Server is the side that has the key which the others know, whether it listens
// or dials. Clients says whose keys are good, as package auth does; nil: any that
// knows the server's public key. A certificate without a secret key is an error of
// Listen and Dial.
func Server(me *zmq.CurveCert, clients zmq.Authenticator) zmq4.Security {
	return security{me.AsServer(), zmq.Authenticate(clients)}
}

// Client is the side that knows the server's public key, whether it listens or
// dials. A certificate without a secret key is an error of Listen and Dial.
func Client(me *zmq.CurveCert, server zmq.CurveKey) zmq4.Security {
	return security{me.AsClient(server)}
}

type security []zmq.Option

func (security) Type() zmq4.SecurityType { return zmq4.CurveSecurity }

// SocketOptions is for sockets.
func (s security) SocketOptions(bool) []zmq.Option { return s }

var errSockets = errors.New("security/curve: it is for sockets, and not for a Conn")

// Handshake returns an error: the mechanism is for sockets.
func (security) Handshake(*zmq4.Conn, bool) error { return errSockets }

// Encrypt returns an error, as Handshake does.
func (security) Encrypt(io.Writer, []byte) (int, error) { return 0, errSockets }

// Decrypt returns an error, as Handshake does.
func (security) Decrypt(io.Writer, []byte) (int, error) { return 0, errSockets }
