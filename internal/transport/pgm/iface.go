package pgm

import (
	"net"
	"net/netip"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// A place is an address of this machine, and the interface that has it.
type place struct {
	ip    netip.Addr
	iface *net.Interface
}

// local finds the address and interface that an endpoint is to use.
func (a *address) local() (place, error) {
	six := a.send.Is6()
	if a.iface == "" {
		return defaultPlace(a.send)
	}
	if ip, ok := literal(a.iface); ok {
		return placeOf(ip)
	}
	if n, err := opt.ParseNetwork(a.iface); err == nil {
		return find(six, a.iface, func(_ *net.Interface, ip netip.Addr) bool { return opt.InNetworks([]netip.Prefix{n}, ip) })
	}
	return find(six, a.iface, func(i *net.Interface, _ netip.Addr) bool { return i.Name == a.iface })
}

// placeOf is where an address is. One that an interface's network contains
// will do if the interface is a loopback: all of 127.0.0.0/8 is this machine.
func placeOf(ip netip.Addr) (place, error) {
	p, err := find(ip.Is6(), ip.String(), func(_ *net.Interface, have netip.Addr) bool {
		return have.WithZone("") == ip.WithZone("") && (ip.Zone() == "" || ip.Zone() == have.Zone())
	})
	if err != nil && ip.IsLoopback() {
		if p, err = find(ip.Is6(), ip.String(), func(_ *net.Interface, have netip.Addr) bool { return have.IsLoopback() }); err == nil {
			p.ip = ip
		}
	}
	return p, err
}

// defaultPlace is the address that packets for a group would come from by the
// system's routes; without a route for it, that of the first interface that can
// do multicast; without one, the loopback's.
func defaultPlace(group netip.Addr) (place, error) {
	// Connecting a UDP socket sends nothing.
	if c, err := net.Dial("udp", netip.AddrPortFrom(group, 9).String()); err == nil {
		ip := c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
		c.Close()
		if p, err := placeOf(ip); err == nil {
			return p, nil
		}
	}
	const wanted = net.FlagUp | net.FlagMulticast
	p, err := find(group.Is6(), "", func(i *net.Interface, _ netip.Addr) bool {
		return i.Flags&(wanted|net.FlagLoopback) == wanted
	})
	if err == nil {
		return p, nil
	}
	return find(group.Is6(), "", func(i *net.Interface, ip netip.Addr) bool { return ip.IsLoopback() })
}

// find is the first address of the family on an interface that is up and which
// fits.
func find(six bool, name string, fits func(*net.Interface, netip.Addr) bool) (place, error) {
	all, err := net.Interfaces()
	if err != nil {
		return place{}, transport.Wrap(err, errno.ENODEV)
	}
	for n := range all {
		i := &all[n]
		list, err := i.Addrs()
		if err != nil || i.Flags&net.FlagUp == 0 {
			continue
		}
		for _, x := range list {
			in, ok := x.(*net.IPNet)
			if !ok {
				continue
			}
			ip, ok := netip.AddrFromSlice(in.IP)
			if ip = ip.Unmap(); !ok || ip.Is6() != six {
				continue
			}
			if ip.Is6() && ip.IsLinkLocalUnicast() {
				ip = ip.WithZone(i.Name)
			}
			if fits(i, ip) {
				return place{ip, i}, nil
			}
		}
	}
	family := "IPv4"
	if six {
		family = "IPv6"
	}
	if name == "" {
		return place{}, transport.Errorf(errno.ENODEV, "no network interface has an %s address", family)
	}
	return place{}, transport.Errorf(errno.ENODEV, "no network interface that is up, with an %s address, is %q", family, name)
}
