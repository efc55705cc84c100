//go:build unix

package engine

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

const canReadNow = true

// readNow reads what is there into b. False: nothing is.
func readNow(fd uintptr, b []byte) (n int, done bool, err error) {
	for {
		n, err = unix.Read(int(fd), b)
		switch err {
		case unix.EINTR:
		case unix.EAGAIN:
			return 0, false, nil
		default:
			return max(n, 0), true, err
		}
	}
}

// hungUp reports whether both directions of a connection have ended, or, on Linux,
// if half is set, whether the peer's has. What has come
// before may still wait to be read.
func hungUp(conn net.Conn, half bool) (over bool) {
	c, ok := conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	raw.Control(func(fd uintptr) {
		p := []unix.PollFd{{Fd: int32(fd)}}
		if half {
			p[0].Events = pollHalf
		}
		n, err := unix.Poll(p, 0)
		over = err == nil && n > 0 && p[0].Revents&(unix.POLLHUP|unix.POLLERR|p[0].Events) != 0
	})
	return over
}
