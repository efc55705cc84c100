package opt

import (
	"fmt"
	"net/netip"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// ParseNetwork reads a network, "10.0.0.0/8", or an address, which is a network
// of one. IPv4 inside IPv6, "::ffff:10.0.0.0/104", is IPv4. EINVAL: anything
// else; short forms and leading zeros ("10.1", "010.0.0.1") mean different
// addresses to different programs, a zone belongs to one machine, and
// "::ffff:0:0/90" would be a part of IPv6 with all of IPv4 in it.
func ParseNetwork(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	const mapped = 96 // bits ahead of IPv4
	switch {
	case err != nil, p.Addr().Is4In6() && p.Bits() < mapped:
		return netip.Prefix{}, fmt.Errorf("%q is not an address or a network such as 10.0.0.0/8: %w", text, errno.EINVAL)
	case p.Addr().Is4In6():
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-mapped)
	}
	return p.Masked(), nil
}

// InNetworks reports whether one of the networks, which ParseNetwork has read,
// contains an address, in whatever form it has.
func InNetworks(list []netip.Prefix, a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
