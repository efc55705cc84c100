package tcp

import (
	"math"
	"time"

	"golang.org/x/sys/unix"

	"github.com/zeroth-mq/zmq/internal/opt"
)

func setSystemOptions(fd int, o *opt.Net, r role) error {
	if o.MaxRT > 0 && r != roleListen {
		ms := min(max(o.MaxRT/time.Millisecond, 1), math.MaxInt32)
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(ms)); err != nil {
			return failed("TCP_MAXRT", err)
		}
	}
	if o.Priority != 0 { // not inherited, and IP_TOS changes it: it comes last
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PRIORITY, o.Priority); err != nil {
			return failed("PRIORITY", err)
		}
	}
	if r == roleAccepted {
		return nil
	}
	if o.BusyPoll != 0 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_BUSY_POLL, o.BusyPoll); err != nil {
			return failed("BUSY_POLL", err)
		}
	}
	if o.BindToDevice != "" {
		if err := unix.BindToDevice(fd, o.BindToDevice); err != nil {
			return failed("BINDTODEVICE", err)
		}
	}
	return nil
}
