//go:build !linux

package tcp

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// linuxOnly refuses the options that only Linux has. Accepted sockets pass:
// their listener was asked already.
func linuxOnly(o *opt.Net, r role) error {
	switch {
	case r == roleAccepted:
		return nil
	case o.MaxRT > 0 && !haveMaxRT:
		return unsupported("TCP_MAXRT")
	case o.Priority != 0:
		return unsupported("PRIORITY")
	case o.BusyPoll != 0:
		return unsupported("BUSY_POLL")
	case o.BindToDevice != "":
		return unsupported("BINDTODEVICE")
	}
	return nil
}

func unsupported(option string) error {
	return transport.Errorf(errno.ENOTSUP, "%s is not supported on this system", option)
}
