package tcp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// lookupTime bounds the name lookup inside Listen, which has no context.
const lookupTime = 10 * time.Second

// Listen binds and listens. With o.UseFD it adopts that listening socket and
// ignores addr and every option that works before listen(2).
func (Transport) Listen(addr string, o *opt.Net) (transport.Listener, error) {
	t, err := parseBind(addr)
	if err != nil {
		return nil, err
	}
	l := &listener{opts: *o}
	l.opts.AcceptFilters = slices.Clone(o.AcceptFilters)
	if o.UseFD > 0 {
		return l.adopt(o.UseFD)
	}
	host, err := bindAddr(t.host, o)
	if err != nil {
		return nil, err
	}
	l.tcp, err = listenTCP(netip.AddrPortFrom(host, t.port), o)
	mapped := o.IPv6 && !o.DualStack
	if err != nil && t.host == "*" && o.IPv6 && noIPv6(err) {
		mapped = false
		l.tcp, err = listenTCP(netip.AddrPortFrom(netip.IPv4Unspecified(), t.port), o)
	}
	if err != nil {
		return nil, err
	}
	if err := transport.SetBacklog(l.tcp, o.Backlog); err != nil {
		l.tcp.Close()
		return nil, err
	}
	l.name(mapped && !o.DualStack)
	return l, nil
}

// bindAddr resolves a listener's host: "*", a literal, a network interface, a
// name. ENODEV: none of these.
func bindAddr(host string, o *opt.Net) (netip.Addr, error) {
	if host == "*" {
		if o.IPv6 {
			return netip.IPv6Unspecified(), nil
		}
		return netip.IPv4Unspecified(), nil
	}
	if a, ok, err := literal(host, o); ok {
		return a, err
	}
	if a, ok := interfaceAddr(host, o); ok {
		return a, nil
	}
	network := "ip4"
	if o.IPv6 {
		network = "ip"
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookupTime)
	defer cancel()
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, network, host)
	for i := range addrs {
		addrs[i] = addrs[i].Unmap()
	}
	a, ok := prefer(addrs, o)
	if !ok {
		return a, &transport.Error{Errno: errno.ENODEV, Cause: err,
			Text: fmt.Sprintf("no network interface and no host of this machine is named %q", host)}
	}
	return a, nil
}

func listenTCP(a netip.AddrPort, o *opt.Net) (*net.TCPListener, error) {
	network := "tcp" // with an IPv6 address: a socket for both families
	if a.Addr().Is4() {
		network = "tcp4"
	}
	lc := net.ListenConfig{
		Control:         control(o, roleListen),
		KeepAlive:       -1, // package net would turn it on
		KeepAliveConfig: keepAlive(o),
	}
	lc.SetMultipathTCP(false)
	l, err := lc.Listen(context.Background(), network, a.String())
	if err != nil {
		return nil, transport.Wrap(err, errno.EINVAL)
	}
	return l.(*net.TCPListener), nil
}

// noIPv6 tells a system without IPv6 from one where binding failed.
func noIPv6(err error) bool {
	return errors.Is(err, errno.EAFNOSUPPORT) || errors.Is(err, errno.EADDRNOTAVAIL)
}

// A listener is a TCP socket that accepts, tunes and filters. All fields are
// fixed once Listen returns.
type listener struct {
	tcp      *net.TCPListener
	opts     opt.Net
	adopted  bool // from USE_FD: package net did not see our ListenConfig
	endpoint string
}

func (l *listener) adopt(fd int) (transport.Listener, error) {
	nl, err := transport.ListenFD(fd)
	if err != nil {
		return nil, err
	}
	t, ok := nl.(*net.TCPListener)
	if !ok {
		nl.Close()
		return nil, transport.Errorf(errno.EINVAL, "descriptor %d is not a TCP socket", fd)
	}
	l.tcp, l.adopted = t, true
	l.name(false)
	return l, nil
}

// name fixes the endpoint. With mapped, an IPv4 address is written as the IPv6
// address that stands for it, as libzmq does under IPV6.
func (l *listener) name(mapped bool) {
	a := l.tcp.Addr().(*net.TCPAddr).AddrPort()
	host := a.Addr().Unmap()
	text := host.String()
	if host.Is4() && mapped {
		text = "::ffff:" + text
	}
	l.endpoint = "tcp://" + net.JoinHostPort(text, fmt.Sprint(a.Port()))
}

// SyscallConn gives access to the descriptor: see transport.FD.
func (l *listener) SyscallConn() (syscall.RawConn, error) { return l.tcp.SyscallConn() }

func (l *listener) Endpoint() string { return l.endpoint }
func (l *listener) Addr() net.Addr   { return l.tcp.Addr() }
func (l *listener) Close() error     { return transport.Wrap(l.tcp.Close(), errno.ENOTSOCK) }

// Accept waits for a peer. A *transport.Rejected is about one peer only: it was
// outside the filters, or gone before its options were set.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.tcp.AcceptTCP()
	if err != nil {
		return nil, transport.Wrap(err, errno.ENOTSOCK)
	}
	if !l.admits(c) {
		c.Close()
		return nil, &transport.Rejected{Addr: c.RemoteAddr(), Reason: "its address is outside TCP_ACCEPT_FILTER"}
	}
	if l.adopted {
		err = c.SetKeepAliveConfig(keepAlive(&l.opts))
	}
	if err == nil {
		err = tuneAccepted(c, &l.opts)
	}
	if err != nil {
		c.Close()
		return nil, &transport.Rejected{Addr: c.RemoteAddr(), Reason: transport.Wrap(err, errno.EINVAL).Error()}
	}
	return c, nil
}

func (l *listener) admits(c *net.TCPConn) bool {
	return len(l.opts.AcceptFilters) == 0 ||
		opt.InNetworks(l.opts.AcceptFilters, c.RemoteAddr().(*net.TCPAddr).AddrPort().Addr())
}
