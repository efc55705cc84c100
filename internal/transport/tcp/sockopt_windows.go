package tcp

import (
	"time"

	"golang.org/x/sys/windows"

	"github.com/zeroth-mq/zmq/internal/opt"
)

const haveMaxRT = true

// Numbers of the Windows headers that x/sys does not name.
const (
	soExclusiveAddrUse = ^windows.SO_REUSEADDR
	ipTOS              = 3
	ipv6TClass         = 39
	tcpMaxRT           = 5 // whole seconds
)

func setOptions(s uintptr, six bool, o *opt.Net, r role) error {
	h := windows.Handle(s)
	if o.MaxRT > 0 && r != roleListen {
		secs := int((o.MaxRT + time.Second - 1) / time.Second)
		if err := windows.SetsockoptInt(h, windows.IPPROTO_TCP, tcpMaxRT, secs); err != nil {
			return failed("TCP_MAXRT", err)
		}
	}
	if r == roleAccepted {
		return nil
	}
	if r == roleListen {
		// Without it another process could take the port away.
		if err := windows.SetsockoptInt(h, windows.SOL_SOCKET, soExclusiveAddrUse, 1); err != nil {
			return failed("SO_EXCLUSIVEADDRUSE", err)
		}
	}
	if o.SndBuf >= 0 {
		if err := windows.SetsockoptInt(h, windows.SOL_SOCKET, windows.SO_SNDBUF, o.SndBuf); err != nil {
			return failed("SNDBUF", err)
		}
	}
	if o.RcvBuf >= 0 {
		if err := windows.SetsockoptInt(h, windows.SOL_SOCKET, windows.SO_RCVBUF, o.RcvBuf); err != nil {
			return failed("RCVBUF", err)
		}
	}
	if o.TOS != 0 {
		level, name := windows.IPPROTO_IP, ipTOS
		if six {
			level, name = windows.IPPROTO_IPV6, ipv6TClass
		}
		if err := windows.SetsockoptInt(h, level, name, o.TOS); err != nil {
			return failed("TOS", err)
		}
	}
	return linuxOnly(o, r)
}
