package engine

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// askTCP asks the system about a TCP connection. False: it is none, or closed.
func askTCP(raw syscall.RawConn) (s tcpState, ok bool) {
	raw.Control(func(fd uintptr) {
		info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		if err != nil {
			return
		}
		// After the count of what is acknowledged: what is acknowledged in
		// between is then counted in neither, and a mark is too low, not one
		// that is never reached.
		left, err := unix.IoctlGetInt(int(fd), unix.SIOCOUTQ)
		if err != nil {
			return
		}
		ok = true
		s = tcpState{
			acked:    info.Bytes_acked,
			left:     left,
			unsent:   int(info.Notsent_bytes),
			resent:   info.Unacked > 0 && info.Retransmits > 0,
			probed:   info.Probes > 0,
			noWindow: info.Snd_wnd == 0,
			heard:    time.Duration(info.Last_ack_recv) * time.Millisecond,
		}
	})
	return s, ok
}
