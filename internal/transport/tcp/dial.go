package tcp

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// Dial connects. A name's addresses are tried as package net does: IPv6 and
// IPv4 side by side under IPV6, IPv4 alone without it. With a SOCKS proxy the
// name goes to the proxy as it is.
func (Transport) Dial(ctx context.Context, addr string, o *opt.Net) (net.Conn, error) {
	src, dst, err := parseConnect(addr)
	if err != nil {
		return nil, err
	}
	var via target
	if o.SOCKS.Proxy != "" {
		if src, via, err = proxied(src, o); err != nil {
			return nil, err
		}
	}
	d, err := dialer(src, o)
	if err != nil {
		return nil, err
	}
	if o.ConnectTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.ConnectTimeout)
		defer cancel()
	}
	if o.SOCKS.Proxy != "" {
		return dialSocks(ctx, &forward{d: d, via: via, o: o}, dst)
	}
	return dial(ctx, d, dst, o)
}

func dial(ctx context.Context, d *net.Dialer, dst target, o *opt.Net) (net.Conn, error) {
	a, ok, err := literal(dst.host, o)
	if err != nil {
		return nil, err
	}
	if ok {
		dst.host = a.String()
	} else {
		transport.LooksUp(ctx)
	}
	network := "tcp4"
	if o.IPv6 {
		network = "tcp"
	}
	c, err := d.DialContext(ctx, network, dst.String())
	var unfit *net.AddrError
	if errors.As(err, &unfit) {
		return nil, &transport.Error{Errno: errno.EHOSTUNREACH, Cause: err,
			Text: "the host has no address of the family in use (IPV6 option, source address)"}
	}
	if err != nil {
		return nil, transport.Wrap(err, errno.EHOSTUNREACH)
	}
	return c, nil
}

// dialer carries the options and the source address.
func dialer(src *target, o *opt.Net) (*net.Dialer, error) {
	r := roleConnect
	d := &net.Dialer{
		KeepAlive:       -1, // package net would turn it on
		KeepAliveConfig: keepAlive(o),
	}
	d.SetMultipathTCP(false)
	if src != nil {
		r = roleConnectFrom
		a, err := sourceAddr(src.host, o)
		if err != nil {
			return nil, err
		}
		local := &net.TCPAddr{Port: int(src.port)} // no IP: either family
		if a.IsValid() {
			local = net.TCPAddrFromAddrPort(netip.AddrPortFrom(a, src.port))
		}
		d.LocalAddr = local
	}
	set := control(o, r)
	d.ControlContext = func(ctx context.Context, network, addr string, c syscall.RawConn) error {
		if err := set(network, addr, c); err != nil {
			return err
		}
		to, err := netip.ParseAddrPort(addr)
		transport.Connecting(ctx, c, true, err == nil && to.Addr().IsLoopback())
		return nil
	}
	return d, nil
}

// sourceAddr resolves a source host: a literal or a network interface, never a
// name; the invalid address for "*". ENODEV: none of these.
func sourceAddr(host string, o *opt.Net) (netip.Addr, error) {
	if host == "*" {
		return netip.Addr{}, nil
	}
	if a, ok, err := literal(host, o); ok {
		return a, err
	}
	if a, ok := interfaceAddr(host, o); ok {
		return a, nil
	}
	return netip.Addr{}, transport.Errorf(errno.ENODEV, "source %q is neither an address nor a network interface", host)
}
