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
// if half is set, whether the peer's has. What has come before may still wait to be
// read.
func hungUp(conn net.Conn, half bool) bool {
	events := int16(0)
	if half {
		events = pollHalf
	}
	return polled(conn, events)&(unix.POLLHUP|unix.POLLERR|events) != 0
}

// inputWaits reports whether there is something to read, were it the end.
func inputWaits(conn net.Conn) bool { return polled(conn, unix.POLLIN) != 0 }

// polled asks the system for events, and for those that it tells unasked.
func polled(conn net.Conn, events int16) (happened int16) {
	c, ok := conn.(syscall.Conn)
	if !ok {
		return 0
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return 0
	}
	raw.Control(func(fd uintptr) {
		p := []unix.PollFd{{Fd: int32(fd), Events: events}}
		if n, err := unix.Poll(p, 0); err == nil && n > 0 {
			happened = p[0].Revents
		}
	})
	return happened
}
