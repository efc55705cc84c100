// Package tcp is the tcp:// transport.
package tcp

import (
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// Transport is tcp. The zero value is ready.
//
// bind:    host:port with host *, a literal, a network interface or a name,
// and port a number, 0 or *. connect: [source:port;]host:port.
//
// Errors of the checks: EINVAL for a malformed address. Listen adds ENODEV
// (the host is nothing of this machine), EADDRINUSE, EADDRNOTAVAIL, EACCES and
// ENOTSUP (an option that this system does not have); Dial what the network
// says, EHOSTUNREACH for a name that does not resolve.
type Transport struct{}

var _ transport.Transport = Transport{}

// Scheme is "tcp".
func (Transport) Scheme() string { return "tcp" }

// Wild is a port of the loopback interface.
func (Transport) Wild() string { return "127.0.0.1:*" }

// Framing is ZMTP.
func (Transport) Framing() string { return transport.ZMTP }

// CheckBind accepts what Listen may be able to bind.
func (Transport) CheckBind(addr string, _ *opt.Net) error {
	_, err := parseBind(addr)
	return err
}

// CheckConnect accepts what Dial may be able to reach.
func (Transport) CheckConnect(addr string, _ *opt.Net) error {
	_, _, err := parseConnect(addr)
	return err
}
