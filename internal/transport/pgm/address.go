package pgm

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// The groups of an address that names none.
var (
	defaultGroup4 = netip.MustParseAddr("239.192.0.1")
	defaultGroup6 = netip.MustParseAddr("ff08::1")
)

// maxGroups bounds the groups that one endpoint may join; each takes a socket.
const maxGroups = 20

// An address is an endpoint taken apart.
type address struct {
	iface  string // name, address or network; empty: the system's choice
	groups []netip.Addr
	send   netip.Addr
	port   uint16
}

// parseAddress reads [interface;]group[,group...][;send group]:port.
func parseAddress(s string) (a address, err error) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return a, transport.Errorf(errno.EINVAL, "address %q has no port", s)
	}
	port, err := strconv.ParseUint(s[i+1:], 10, 16)
	if err != nil || port == 0 {
		return a, transport.Errorf(errno.EINVAL, "port %q is not a number from 1 to 65535", s[i+1:])
	}
	a.port = uint16(port)
	parts := strings.Split(s[:i], ";")
	if len(parts) > 3 {
		return a, transport.Errorf(errno.EINVAL, "address %q has more parts than interface;groups;send group", s)
	}
	first, _, _ := strings.Cut(parts[0], ",")
	if g, ok := literal(first); ok && g.IsMulticast() {
		parts = append([]string{""}, parts...)
	}
	if len(parts) > 3 {
		return a, transport.Errorf(errno.EINVAL, "address %q has groups where it should have an interface", s)
	}
	a.iface = parts[0]
	if strings.Contains(a.iface, ",") {
		return a, transport.Errorf(errno.EINVAL, "address %q: one endpoint uses one interface", s)
	}
	if len(parts) > 1 && parts[1] != "" {
		if err := a.join(strings.Split(parts[1], ",")); err != nil {
			return a, err
		}
	} else {
		a.groups = []netip.Addr{defaultGroup4}
		if ip, ok := literal(a.iface); ok && ip.Is6() {
			a.groups[0] = defaultGroup6
		}
	}
	a.send = a.groups[0]
	if len(parts) > 2 {
		if a.send, err = group(parts[2]); err != nil {
			return a, err
		}
	}
	return a, a.oneFamily()
}

func (a *address) join(list []string) error {
	if len(list) > maxGroups {
		return transport.Errorf(errno.EINVAL, "%d groups; one endpoint joins %d at most", len(list), maxGroups)
	}
	for _, text := range list {
		g, err := group(text)
		if err != nil {
			return err
		}
		a.groups = append(a.groups, g)
	}
	return nil
}

// oneFamily refuses to mix IPv4 and IPv6.
func (a *address) oneFamily() error {
	six := a.send.Is6()
	for _, g := range a.groups {
		if g.Is6() != six {
			return transport.Errorf(errno.EINVAL, "group %s is not of the same family as %s", g, a.send)
		}
	}
	if ip, ok := literal(a.iface); ok && ip.Is6() != six {
		return transport.Errorf(errno.EINVAL, "interface %s is not of the same family as group %s", ip, a.send)
	}
	return nil
}

func group(text string) (netip.Addr, error) {
	g, ok := literal(text)
	if !ok || !g.IsMulticast() {
		return g, transport.Errorf(errno.EINVAL, "%q is not the address of a multicast group", text)
	}
	return g, nil
}

// literal reads an IP address, with brackets or without.
func literal(text string) (netip.Addr, bool) {
	if n := len(text); n > 1 && text[0] == '[' && text[n-1] == ']' {
		text = text[1 : n-1]
	}
	ip, err := netip.ParseAddr(text)
	return ip.Unmap(), err == nil
}
