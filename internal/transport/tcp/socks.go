package tcp

import (
	"context"
	"net"
	"time"

	"golang.org/x/net/proxy"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// proxied reads SOCKS_PROXY, "host:port" or "source:port;host:port" as an
// endpoint has it. Without a source there it is the endpoint's own, src.
func proxied(src *target, o *opt.Net) (*target, target, error) {
	from, via, err := parseConnect(o.SOCKS.Proxy)
	if err != nil || via.port == 0 {
		return nil, via, transport.Errorf(errno.EINVAL, "SOCKS proxy %q is not host:port", o.SOCKS.Proxy)
	}
	if from == nil {
		from = src
	}
	return from, via, nil
}

// dialSocks connects to dst through the SOCKS5 proxy f, which resolves dst's
// name. The connection is the bare one to the proxy, so that its descriptor
// stays within reach. Any failure after the proxy was reached that has no
// number of its own is ECONNREFUSED; one that says nothing for HANDSHAKE_IVL is
// an ETIMEDOUT.
func dialSocks(ctx context.Context, f *forward, dst target) (net.Conn, error) {
	var auth *proxy.Auth
	if f.o.SOCKS.User != "" {
		auth = &proxy.Auth{User: f.o.SOCKS.User, Password: f.o.SOCKS.Password}
	}
	p, err := proxy.SOCKS5("tcp", f.via.String(), auth, f)
	if err != nil {
		return nil, transport.Wrap(err, errno.EINVAL)
	}
	_, err = p.(proxy.ContextDialer).DialContext(ctx, "tcp", dst.String())
	switch late := f.late != nil && !f.late.Stop(); {
	case f.conn == nil:
		return nil, transport.Wrap(err, errno.EHOSTUNREACH)
	case ctx.Err() != nil:
		err = ctx.Err()
	case late:
		err = transport.Errorf(errno.ETIMEDOUT, "the SOCKS proxy %s did not answer within HANDSHAKE_IVL", f.via)
	}
	if err != nil {
		f.conn.Close()
		return nil, transport.Wrap(err, errno.ECONNREFUSED)
	}
	return f.conn, nil
}

// forward makes the one connection to the proxy and keeps it: the SOCKS client
// returns a wrapper that hides the descriptor.
type forward struct {
	d    *net.Dialer
	via  target
	o    *opt.Net
	conn net.Conn
	late *time.Timer // of the proxy's answers; nil: they may take any time
}

func (f *forward) Dial(network, addr string) (net.Conn, error) {
	return f.DialContext(context.Background(), network, addr)
}

func (f *forward) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	c, err := dial(ctx, f.d, f.via, f.o)
	if err != nil {
		return nil, err
	}
	f.conn = c
	if f.o.HandshakeIvl > 0 {
		f.late = time.AfterFunc(f.o.HandshakeIvl, func() { c.SetDeadline(time.Unix(1, 0)) })
	}
	return c, nil
}
