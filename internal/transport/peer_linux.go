package transport

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// PeerCred asks the system which process is at the other end of a local connection. The
// error is ENOTSUP for a connection that has no descriptor, and elsewhere than
// on Linux.
func PeerCred(c net.Conn) (Cred, error) {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return Cred{}, Errorf(errno.ENOTSUP, "the connection has no descriptor to ask for its peer")
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return Cred{}, Wrap(err, errno.EBADF)
	}
	var u *unix.Ucred
	var uerr error
	if err := raw.Control(func(fd uintptr) {
		u, uerr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil {
		return Cred{}, Wrap(err, errno.EBADF)
	}
	if uerr != nil {
		return Cred{}, Wrap(uerr, errno.ENOTSUP)
	}
	return Cred{PID: int(u.Pid), UID: int(u.Uid), GID: int(u.Gid)}, nil
}
