package tcp

import (
	"context"
	"net"

	"golang.org/x/net/proxy"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// dialSocks connects to dst through the SOCKS5 proxy, which resolves dst's
// name. The connection is the bare one to the proxy, so that its descriptor
// stays within reach. Any failure after the proxy was reached that has no
// number of its own is ECONNREFUSED.
func dialSocks(ctx context.Context, d *net.Dialer, dst target, o *opt.Net) (net.Conn, error) {
	via, err := parseTarget(o.SocksProxy, false)
	if err != nil || via.host == "" || via.port == 0 {
		return nil, transport.Errorf(errno.EINVAL, "SOCKS proxy %q is not host:port", o.SocksProxy)
	}
	var auth *proxy.Auth
	if o.SocksUser != "" {
		auth = &proxy.Auth{User: o.SocksUser, Password: o.SocksPassword}
	}
	f := &forward{d: d, via: via, o: o}
	p, err := proxy.SOCKS5("tcp", via.String(), auth, f)
	if err != nil {
		return nil, transport.Wrap(err, errno.EINVAL)
	}
	if _, err := p.(proxy.ContextDialer).DialContext(ctx, "tcp", dst.String()); err != nil {
		if f.conn == nil {
			return nil, transport.Wrap(err, errno.EHOSTUNREACH)
		}
		f.conn.Close()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
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
}

func (f *forward) Dial(network, addr string) (net.Conn, error) {
	return f.DialContext(context.Background(), network, addr)
}

func (f *forward) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	c, err := dial(ctx, f.d, f.via, f.o)
	f.conn = c
	return c, err
}
