//go:build unix

package tcp

import (
	"golang.org/x/sys/unix"

	"github.com/zeroth-mq/zmq/internal/opt"
)

func setOptions(s uintptr, six bool, o *opt.Net, r role) error {
	fd := int(s)
	if r != roleAccepted {
		if o.SndBuf >= 0 {
			if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, o.SndBuf); err != nil {
				return failed("SNDBUF", err)
			}
		}
		if o.RcvBuf >= 0 {
			if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, o.RcvBuf); err != nil {
				return failed("RCVBUF", err)
			}
		}
		if o.TOS != 0 {
			err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_TOS, o.TOS)
			if six {
				// Where an IPv6 socket takes IP_TOS it is for the IPv4 peers
				// that it may have as well; not all systems do.
				err = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, o.TOS)
			}
			if err != nil {
				return failed("TOS", err)
			}
		}
	}
	if r == roleConnectFrom {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
			return failed("SO_REUSEADDR", err)
		}
	}
	return setSystemOptions(fd, o, r)
}
