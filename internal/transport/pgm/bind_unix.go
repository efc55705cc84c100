//go:build unix

package pgm

import (
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// bind opens a socket that shares its address with others: every subscriber of
// a host hears a group. Package net will not bind to a group, which keeps what
// is sent to other groups and to this host away.
func bind(set *settings, at netip.AddrPort, iface *net.Interface) (net.PacketConn, error) {
	family, kind, number := unix.AF_INET, unix.SOCK_DGRAM, 0
	if set.six {
		family = unix.AF_INET6
	}
	if set.raw {
		kind, number = unix.SOCK_RAW, proto
	}
	fd, err := unix.Socket(family, kind, number)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	unix.CloseOnExec(fd)
	f := os.NewFile(uintptr(fd), "pgm")
	defer f.Close() // package net has a copy by then
	if err := share(fd, set); err != nil {
		return nil, err
	}
	var addr unix.Sockaddr
	if set.six {
		a := &unix.SockaddrInet6{Port: int(at.Port()), Addr: at.Addr().As16()}
		if ip := at.Addr(); ip.IsLinkLocalUnicast() || ip.IsLinkLocalMulticast() || ip.IsInterfaceLocalMulticast() {
			a.ZoneId = uint32(iface.Index)
		}
		addr = a
	} else {
		addr = &unix.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}
	}
	if err := unix.Bind(fd, addr); err != nil {
		return nil, os.NewSyscallError("bind", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, os.NewSyscallError("setnonblock", err)
	}
	return net.FilePacketConn(f)
}

// share sets what must be there before bind. Every PGM socket of a port must
// have the same, libzmq's too, which has SO_REUSEPORT.
func share(fd int, set *settings) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return os.NewSyscallError("setsockopt", err)
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil && !set.raw {
		return os.NewSyscallError("setsockopt", err)
	}
	if set.six {
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1); err != nil && !set.raw {
			return os.NewSyscallError("setsockopt", err)
		}
	}
	return bindToDevice(fd, set.device)
}
