//go:build unix

package transport

import (
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// SetBacklog replaces the length of a listening socket's queue, which package
// net chooses by itself: listen(2) on a socket that listens already sets it.
func SetBacklog(l syscall.Conn, n int) error {
	raw, err := l.SyscallConn()
	if err != nil {
		return Wrap(err, errno.EBADF)
	}
	var lerr error
	if err := raw.Control(func(fd uintptr) { lerr = unix.Listen(int(fd), n) }); err != nil {
		return Wrap(err, errno.EBADF)
	}
	return Wrap(os.NewSyscallError("listen", lerr), errno.EINVAL)
}

// ListenFD makes a listener from a descriptor on which bind and listen were
// called already (USE_FD). It works on a duplicate: fd stays the caller's to
// close. EINVAL: not a listening socket; EBADF: not a descriptor.
func ListenFD(fd int) (net.Listener, error) {
	on, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	if err == nil && on == 0 {
		return nil, Errorf(errno.EINVAL, "descriptor %d is not listening: call bind and listen on it first", fd)
	}
	if err != nil {
		return nil, Wrap(os.NewSyscallError("getsockopt", err), errno.EBADF)
	}
	dup, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, Wrap(os.NewSyscallError("fcntl", err), errno.EBADF)
	}
	f := os.NewFile(uintptr(dup), "listener")
	defer f.Close()
	l, err := net.FileListener(f)
	return l, Wrap(err, errno.EINVAL)
}
