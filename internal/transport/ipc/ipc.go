// Package ipc is the ipc:// transport: local sockets named by a path, or on
// Linux by an abstract name.
package ipc

import (
	"context"
	"net"
	"syscall"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// Transport is ipc. The zero value is ready.
//
// bind: a path, "@name" for an abstract name, or anything that starts with "*"
// for a file in a new directory. connect: a path or "@name".
//
// Errors of the checks: EINVAL for "@" alone, ENAMETOOLONG for what does not
// fit a socket address, ENOTSUP for an abstract name elsewhere than on Linux.
// Listen adds ENOENT and EACCES for the directory, and EADDRINUSE for a
// name that is taken: see there.
type Transport struct{}

var _ transport.Transport = Transport{}

// Scheme is "ipc".
func (Transport) Scheme() string { return "ipc" }

// Wild is a file in a new directory.
func (Transport) Wild() string { return "*" }

// Named says that the address is the socket's name.
func (Transport) Named() {}

// Framing is ZMTP.
func (Transport) Framing() string { return transport.ZMTP }

// CheckBind accepts what Listen may be able to bind.
func (Transport) CheckBind(addr string, _ *opt.Net) error {
	if wildcard(addr) {
		return nil
	}
	return check(addr)
}

// CheckConnect accepts what Dial may be able to reach. A star has no meaning
// here: it is a path like any other.
func (Transport) CheckConnect(addr string, _ *opt.Net) error { return check(addr) }

func wildcard(addr string) bool { return addr[:min(1, len(addr))] == "*" }

func abstract(addr string) bool { return addr[:min(1, len(addr))] == "@" }

func check(addr string) error {
	switch {
	case addr == "" || addr == "@":
		return transport.Errorf(errno.EINVAL, "address %q has no name", addr)
	case len(addr) >= sunPath:
		return transport.Errorf(errno.ENAMETOOLONG, "path of %d bytes: a local socket's has at most %d", len(addr), sunPath-1)
	case abstract(addr) && !haveAbstract:
		return transport.Errorf(errno.ENOTSUP, "abstract names such as %q exist on Linux only: use a path", addr)
	}
	return nil
}

// Dial connects.
func (t Transport) Dial(ctx context.Context, addr string, o *opt.Net) (net.Conn, error) {
	if err := t.CheckConnect(addr, o); err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: max(0, o.ConnectTimeout)}
	d.ControlContext = func(ctx context.Context, _, _ string, c syscall.RawConn) error {
		transport.Connecting(ctx, c, false, true) // it connects or fails at once
		return nil
	}
	c, err := d.DialContext(ctx, "unix", addr)
	if err != nil {
		return nil, transport.Wrap(err, errno.ECONNREFUSED)
	}
	return c, nil
}
