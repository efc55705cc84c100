package pgm

import (
	"context"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/sys/windows"
)

// bind opens a socket that shares its address with others. The system does not
// bind to a group: what is sent to other groups on the same port is heard, too.
func bind(set *settings, at netip.AddrPort, _ *net.Interface) (net.PacketConn, error) {
	if err := bindToDevice(0, set.device); err != nil {
		return nil, err
	}
	ip := at.Addr()
	if ip.IsMulticast() {
		ip = netip.IPv4Unspecified()
		if set.six {
			ip = netip.IPv6Unspecified()
		}
	}
	network, text := "udp4", netip.AddrPortFrom(ip, at.Port()).String()
	switch {
	case set.raw && set.six:
		network, text = "ip6:113", ip.String()
	case set.raw:
		network, text = "ip4:113", ip.String()
	case set.six:
		network = "udp6"
	}
	lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var err error
		if cerr := c.Control(func(fd uintptr) {
			err = windows.SetsockoptInt(windows.Handle(fd), windows.SOL_SOCKET, windows.SO_REUSEADDR, 1)
		}); cerr != nil {
			return cerr
		}
		return err
	}}
	return lc.ListenPacket(context.Background(), network, text)
}
