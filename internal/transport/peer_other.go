//go:build !linux

package transport

import (
	"net"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// PeerCred asks the system which process is at the other end of a local connection. The
// error is ENOTSUP for a connection that has no descriptor, and elsewhere than
// on Linux.
func PeerCred(net.Conn) (Cred, error) {
	return Cred{}, Errorf(errno.ENOTSUP, "this system does not tell which process a local peer is")
}
