//go:build !unix

package transport

import (
	"net"
	"syscall"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// SetBacklog does nothing here: the system does not let a listening socket's
// queue be changed, and package net asks for the longest there is.
func SetBacklog(syscall.Conn, int) error { return nil }

// ListenFD is ENOTSUP here: package net cannot adopt a socket.
func ListenFD(int) (net.Listener, error) {
	return nil, Errorf(errno.ENOTSUP, "USE_FD is not supported on this system")
}
