package tcp

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// A target is "host:port" taken apart: host without its brackets, "*" for any.
type target struct {
	host string
	port uint16
}

func (t target) String() string { return net.JoinHostPort(t.host, strconv.Itoa(int(t.port))) }

// parseTarget cuts at the last colon, so that IPv6 literals need no brackets.
// The port is a decimal number up to 65535; where any is set it may also be
// "*". Stricter than libzmq, which reads as much of a number as it finds and
// keeps 16 bits of it ("80abc" is 80 there, "70000" is 4464): here these are
// EINVAL, because the port that it would give is not the one that was meant.
func parseTarget(s string, any bool) (target, error) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return target{}, transport.Errorf(errno.EINVAL, "address %q has no port", s)
	}
	host, text := s[:i], s[i+1:]
	if n := len(host); n >= 2 && host[0] == '[' && host[n-1] == ']' {
		host = host[1 : n-1]
	}
	if text == "*" && any {
		return target{host, 0}, nil
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 && text != "0" {
		return target{}, transport.Errorf(errno.EINVAL, "port %q is not a number from 0 to 65535", text)
	}
	return target{host, uint16(port)}, nil
}

// parseBind reads the address of a listener. An empty host is ENODEV, as the
// host that it names does not exist.
func parseBind(addr string) (target, error) {
	if strings.Contains(addr, ";") {
		return target{}, transport.Errorf(errno.EINVAL, "address %q: only connect takes a source address before ';'", addr)
	}
	t, err := parseTarget(addr, true)
	if err == nil && t.host == "" {
		err = transport.Errorf(errno.ENODEV, "address %q has no host; use * for all", addr)
	}
	return t, err
}

// parseConnect reads "[source;]host:port". The set of characters and the rule
// for the first one are libzmq's, so that a mistaken endpoint fails at once
// and not in the background. It refuses an empty host as well, which libzmq
// would try for ever.
func parseConnect(addr string) (src *target, dst target, err error) {
	text := addr
	if i := strings.LastIndexByte(addr, ';'); i >= 0 {
		s, err := parseTarget(addr[:i], true)
		if err == nil && s.host == "" {
			err = transport.Errorf(errno.EINVAL, "source address %q has no host; use * for any", addr[:i])
		}
		if err != nil {
			return nil, dst, err
		}
		src, text = &s, addr[i+1:]
	}
	for i := range len(addr) {
		if c := addr[i]; !alnum(c) && strings.IndexByte(".-:%;[]_*", c) < 0 {
			return nil, dst, transport.Errorf(errno.EINVAL, "address %q: %q cannot be in a host name", addr, c)
		}
	}
	if text == "" || !alnum(text[0]) && text[0] != '[' && text[0] != ':' {
		return nil, dst, transport.Errorf(errno.EINVAL, "%q is not an address to connect to", text)
	}
	dst, err = parseTarget(text, false)
	if err == nil && dst.host == "" {
		err = transport.Errorf(errno.EINVAL, "address %q has no host", text)
	}
	return src, dst, err
}

func alnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// literal reads a numeric host; ok is false for a name. IPv4 inside IPv6 comes
// back as IPv4. EINVAL: the zone does not exist. ENODEV: an IPv6 address while
// the IPV6 option is off.
func literal(host string, o *opt.Net) (a netip.Addr, ok bool, err error) {
	a, perr := netip.ParseAddr(host)
	if perr != nil {
		return a, false, nil
	}
	a = a.Unmap()
	if z := a.Zone(); z != "" && !zoneExists(z) {
		return a, true, transport.Errorf(errno.EINVAL, "address %s: no network interface %q", host, z)
	}
	if a.Is6() && !o.IPv6 {
		return a, true, transport.Errorf(errno.ENODEV, "address %s is IPv6: set the IPV6 option first", host)
	}
	return a, true, nil
}

func zoneExists(zone string) bool {
	if _, err := net.InterfaceByName(zone); err == nil {
		return true
	}
	i, err := strconv.Atoi(zone)
	if err != nil {
		return false
	}
	_, err = net.InterfaceByIndex(i)
	return err == nil
}

// interfaceAddr is the address of the network interface of that name, of the
// family that prefers asks for first; ok is false where there is no such
// interface or it has no usable address.
func interfaceAddr(name string, o *opt.Net) (a netip.Addr, ok bool) {
	ifi, err := net.InterfaceByName(name)
	if err != nil {
		return a, false
	}
	list, err := ifi.Addrs()
	if err != nil {
		return a, false
	}
	var addrs []netip.Addr
	for _, x := range list {
		if n, is := x.(*net.IPNet); is {
			if a, is := netip.AddrFromSlice(n.IP); is {
				if a = a.Unmap(); a.IsLinkLocalUnicast() && a.Is6() {
					a = a.WithZone(name)
				}
				addrs = append(addrs, a)
			}
		}
	}
	return prefer(addrs, o)
}

// prefer picks one of a name's addresses to bind: IPv4 unless IPV6 is on, then
// IPv6 as libzmq has it; but with DualStack IPv4 again, which every peer that
// knows the name can reach. The other family is taken where the preferred one
// is missing and IPV6 is on.
func prefer(addrs []netip.Addr, o *opt.Net) (a netip.Addr, ok bool) {
	six := o.IPv6 && !o.DualStack
	for _, a := range addrs {
		if a.Is6() == six {
			return a, true
		}
	}
	if o.IPv6 && len(addrs) > 0 {
		return addrs[0], true
	}
	return a, false
}
