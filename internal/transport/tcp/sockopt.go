package tcp

import (
	"net"
	"syscall"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// A role says which socket options apply. TCP_NODELAY is on for all of them by
// package net's own default.
type role int

const (
	roleListen      role = iota
	roleAccepted         // what it did not inherit from its listener
	roleConnect          // from any address
	roleConnectFrom      // from a chosen address, which may be in TIME_WAIT
)

// keepAlive is the option in package net's terms. A zero or negative value of
// one of the three leaves the system's.
func keepAlive(o *opt.Net) net.KeepAliveConfig {
	if o.KeepAlive != 1 {
		return net.KeepAliveConfig{}
	}
	seconds := func(n int) time.Duration {
		if n <= 0 {
			return -1
		}
		return time.Duration(n) * time.Second
	}
	count := o.KeepAliveCnt
	if count <= 0 {
		count = -1
	}
	return net.KeepAliveConfig{Enable: true, Count: count,
		Idle: seconds(o.KeepAliveIdle), Interval: seconds(o.KeepAliveIntvl)}
}

// control sets the options that must be there before bind(2) or connect(2).
func control(o *opt.Net, r role) func(network, addr string, c syscall.RawConn) error {
	return func(network, _ string, c syscall.RawConn) error {
		var err error
		if cerr := c.Control(func(fd uintptr) { err = setOptions(fd, network == "tcp6", o, r) }); cerr != nil {
			return cerr
		}
		return err
	}
}

// tuneAccepted sets the options that an accepted socket does not inherit.
func tuneAccepted(c *net.TCPConn, o *opt.Net) error {
	if o.MaxRT <= 0 && o.Priority == 0 {
		return nil
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	return control(o, roleAccepted)("", "", raw)
}

// failed names the option that the system refused.
func failed(option string, err error) error {
	if err == nil {
		return nil
	}
	return &transport.Error{Errno: errno.Of(err, errno.EINVAL), Text: "cannot set " + option, Cause: err}
}
