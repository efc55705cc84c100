package tcp

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/internal/transport"
)

const patience = testutil.Patience

func options(change ...func(*opt.Net)) *opt.Net {
	o := opt.Defaults(opt.TypePair).Net
	for _, f := range change {
		f(&o)
	}
	return &o
}

func ipv6(o *opt.Net) { o.IPv6 = true }
func dual(o *opt.Net) { o.IPv6, o.DualStack = true, true }

func hasIPv6(t *testing.T) bool {
	t.Helper()
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		return false
	}
	l.Close()
	return true
}

func listen(t *testing.T, addr string, o *opt.Net) transport.Listener {
	t.Helper()
	l, err := Transport{}.Listen(addr, o)
	if err != nil {
		t.Fatalf("Listen(%q): %v", addr, err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func port(t *testing.T, l transport.Listener) string {
	t.Helper()
	_, p, err := net.SplitHostPort(strings.TrimPrefix(l.Endpoint(), "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func dialCtx(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// connect makes a connection and passes a byte each way.
func connect(t *testing.T, l transport.Listener, addr string, o *opt.Net) (client, server net.Conn) {
	t.Helper()
	client, err := Transport{}.Dial(dialCtx(t), addr, o)
	if err != nil {
		t.Fatalf("Dial(%q): %v", addr, err)
	}
	t.Cleanup(func() { client.Close() })
	server, err = l.Accept()
	if err != nil {
		t.Fatalf("Accept: %v", err)
	}
	t.Cleanup(func() { server.Close() })
	exchange(t, client, server)
	exchange(t, server, client)
	return client, server
}

func exchange(t *testing.T, from, to net.Conn) {
	t.Helper()
	to.SetDeadline(time.Now().Add(patience))
	b := make([]byte, 1)
	if _, err := from.Write([]byte{7}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(to, b); err != nil || b[0] != 7 {
		t.Fatalf("read %v, %v", b, err)
	}
}

// The answers are those of libzmq 4.3.4, but for the ones marked.
func TestBindAddresses(t *testing.T) {
	const ok = errno.Errno(0)
	for _, c := range []struct {
		addr     string
		v4, v6   errno.Errno
		is4, is6 string // the endpoint, PORT for its port
	}{
		{"*:*", ok, ok, "0.0.0.0", "[::]"},
		{"*:0", ok, ok, "0.0.0.0", "[::]"},
		{"[*]:*", ok, ok, "0.0.0.0", "[::]"},
		{"127.0.0.1:*", ok, ok, "127.0.0.1", "[::ffff:127.0.0.1]"},
		{"127.0.0.1:0", ok, ok, "127.0.0.1", "[::ffff:127.0.0.1]"},
		{"[127.0.0.1]:*", ok, ok, "127.0.0.1", "[::ffff:127.0.0.1]"},
		{"[::ffff:127.0.0.1]:*", ok, ok, "127.0.0.1", "[::ffff:127.0.0.1]"},
		{"[::1]:*", errno.ENODEV, ok, "", "[::1]"},
		{"::1:*", errno.ENODEV, ok, "", "[::1]"},
		{"[::]:*", errno.ENODEV, ok, "", "[::]"},
		{"127.0.0.1:", errno.EINVAL, errno.EINVAL, "", ""},
		{"127.0.0.1", errno.EINVAL, errno.EINVAL, "", ""},
		{"127.0.0.1:00", errno.EINVAL, errno.EINVAL, "", ""},
		{"127.0.0.1:abc", errno.EINVAL, errno.EINVAL, "", ""},
		{"a;127.0.0.1:*", errno.EINVAL, errno.EINVAL, "", ""},
		{"[fe80::1%nope]:*", errno.EINVAL, errno.EINVAL, "", ""},
		{"[fe80::1%0]:*", errno.EINVAL, errno.EINVAL, "", ""},
		{":5777", errno.ENODEV, errno.ENODEV, "", ""},
		{"[::1:*", errno.ENODEV, errno.ENODEV, "", ""},
		{"*:*:*", errno.ENODEV, errno.ENODEV, "", ""},
		{"no such host:*", errno.ENODEV, errno.ENODEV, "", ""},
		{"192.0.2.254:*", errno.EADDRNOTAVAIL, errno.EADDRNOTAVAIL, "", ""},
		// Stricter than libzmq, which takes these for some other port.
		{"127.0.0.1:-1", errno.EINVAL, errno.EINVAL, "", ""},
		{"127.0.0.1:70000", errno.EINVAL, errno.EINVAL, "", ""},
		{"127.0.0.1:80abc", errno.EINVAL, errno.EINVAL, "", ""},
		{"127.0.0.1: 5777", errno.EINVAL, errno.EINVAL, "", ""},
	} {
		check := func(o *opt.Net, want errno.Errno, host string) {
			t.Helper()
			l, err := Transport{}.Listen(c.addr, o)
			if err == nil {
				defer l.Close()
			}
			if got := errno.Of(err, 0); got != want || (err == nil) != (want == 0) {
				t.Errorf("Listen(%q) IPV6=%v: %v, want %s", c.addr, o.IPv6, err, want.Name())
				return
			}
			cerr := Transport{}.CheckBind(c.addr, o)
			if cerr != nil && errno.Of(cerr, 0) != want {
				t.Errorf("CheckBind(%q): %v, but Listen says %v", c.addr, cerr, err)
			}
			if err == nil && l.Endpoint() != "tcp://"+host+":"+port(t, l) {
				t.Errorf("Listen(%q) IPV6=%v is at %s, want %s", c.addr, o.IPv6, l.Endpoint(), host)
			}
		}
		check(options(), c.v4, c.is4)
		if hasIPv6(t) {
			check(options(ipv6), c.v6, c.is6)
		}
	}
}

// The answers are those of libzmq 4.3.4, but for the ones marked.
func TestConnectAddresses(t *testing.T) {
	good := []string{"127.0.0.1:5777", "127.0.0.1:0", "nosuch.invalid:5777", "[::1]:5777", "::1:5777", "lo:0;127.0.0.1:5777",
		"127.0.0.1:0;127.0.0.1:5777", "x_y:5777", "nosuch:0;127.0.0.1:5777", "[fe80::1%nope]:5777", "127.0.0.1:*;host:1",
		"*:0;127.0.0.1:5777", // in libzmq's manual, not in its code
	}
	bad := []string{"*:5777", "127.0.0.1:*", "127.0.0.1:", "127.0.0.1", "a b:5777", "a/b:5777", "127.0.0.1:abc", "_x:5777", "-x:5777",
		";127.0.0.1:5777", "a@b:57", "a:1:b", "",
		// Stricter than libzmq, which tries these in vain for ever, or another port.
		":5777", "a:5777;", "127.0.0.1:5777;a", "127.0.0.1:99999", "127.0.0.1:80abc", ":1;127.0.0.1:1"}
	for _, a := range good {
		if err := (Transport{}).CheckConnect(a, options()); err != nil {
			t.Errorf("%q: %v", a, err)
		}
	}
	for _, a := range bad {
		if err := (Transport{}).CheckConnect(a, options()); errno.Of(err, 0) != errno.EINVAL {
			t.Errorf("%q: %v, want EINVAL", a, err)
		}
		if _, err := (Transport{}).Dial(dialCtx(t), a, options()); errno.Of(err, 0) != errno.EINVAL {
			t.Errorf("Dial(%q): %v, want EINVAL", a, err)
		}
	}
}

func TestConnects(t *testing.T) {
	v4, six := options(), options(ipv6)
	l := listen(t, "*:*", v4)
	p := port(t, l)
	for _, a := range []string{"127.0.0.1:", "localhost:", "127.0.0.1:0;127.0.0.1:", "*:*;127.0.0.1:", "127.0.0.2:0;127.0.0.1:"} {
		_, server := connect(t, l, a+p, v4)
		if got := transport.PeerAddress(server); !strings.HasPrefix(got, "127.0.0.") {
			t.Errorf("%s: peer address %q", a, got)
		}
		if strings.HasPrefix(a, "127.0.0.2") && transport.PeerAddress(server) != "127.0.0.2" {
			t.Errorf("%s: came from %s", a, transport.PeerAddress(server))
		}
	}
	if !hasIPv6(t) {
		t.Log("no IPv6 on this system: only its absence is tested")
		return
	}
	l = listen(t, "*:*", six)
	p = port(t, l)
	connect(t, l, "127.0.0.1:"+p, v4) // one listener for both
	connect(t, l, "127.0.0.1:"+p, six)
	connect(t, l, "[::ffff:127.0.0.1]:"+p, six)
	connect(t, l, "localhost:"+p, six)
	_, server := connect(t, l, "::1:"+p, six)
	if got := transport.PeerAddress(server); got != "::1" {
		t.Errorf("peer address %q", got)
	}
	if _, err := (Transport{}).Dial(dialCtx(t), "[::1]:"+p, v4); errno.Of(err, 0) != errno.ENODEV {
		t.Errorf("an IPv6 literal without IPV6: %v", err)
	}
	if _, err := (Transport{}).Dial(dialCtx(t), "127.0.0.1:0;[::1]:"+p, six); errno.Of(err, 0) == 0 {
		t.Errorf("from IPv4 to IPv6: %v", err)
	}
	// An IPv4 listener is found under a name that has both addresses.
	l = listen(t, "127.0.0.1:*", v4)
	connect(t, l, "localhost:"+port(t, l), six)
}

func TestNamesAndInterfaces(t *testing.T) {
	l := listen(t, "localhost:*", options())
	if !strings.HasPrefix(l.Endpoint(), "tcp://127.0.0.1:") {
		t.Errorf("localhost is bound at %s", l.Endpoint())
	}
	l = listen(t, "localhost:*", options(dual))
	if !strings.HasPrefix(l.Endpoint(), "tcp://127.0.0.1:") {
		t.Errorf("with DualStack localhost is bound at %s: not every peer can reach it", l.Endpoint())
	}
	l = listen(t, "127.0.0.1:*", options(dual))
	if !strings.HasPrefix(l.Endpoint(), "tcp://127.0.0.1:") {
		t.Errorf("with DualStack: %s", l.Endpoint())
	}
	name := loopback(t)
	l = listen(t, name+":*", options())
	if !strings.HasPrefix(l.Endpoint(), "tcp://127.0.0.1:") {
		t.Errorf("%s is bound at %s", name, l.Endpoint())
	}
	connect(t, l, name+":0;127.0.0.1:"+port(t, l), options())
	if _, err := (Transport{}).Dial(dialCtx(t), "no-such-card:0;127.0.0.1:1", options()); errno.Of(err, 0) != errno.ENODEV {
		t.Errorf("unknown source: %v", err)
	}
}

func loopback(t *testing.T) string {
	t.Helper()
	list, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range list {
		if i.Flags&net.FlagLoopback != 0 && i.Flags&net.FlagUp != 0 {
			return i.Name
		}
	}
	t.Fatal("no loopback interface")
	return ""
}

func TestPrefer(t *testing.T) {
	a4, a6 := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("fd00::1")
	for _, c := range []struct {
		in   []netip.Addr
		o    *opt.Net
		want netip.Addr
	}{
		{[]netip.Addr{a6, a4}, options(), a4}, {[]netip.Addr{a4, a6}, options(ipv6), a6}, {[]netip.Addr{a6, a4}, options(dual), a4},
		{[]netip.Addr{a6}, options(dual), a6}, {[]netip.Addr{a4}, options(ipv6), a4}, {[]netip.Addr{a6}, options(), netip.Addr{}},
	} {
		if got, ok := prefer(c.in, c.o); got != c.want && ok || ok != c.want.IsValid() {
			t.Errorf("prefer(%v) = %v, %v; want %v", c.in, got, ok, c.want)
		}
	}
}

func TestErrors(t *testing.T) {
	l := listen(t, "127.0.0.1:*", options())
	p := port(t, l)
	if _, err := (Transport{}).Listen("127.0.0.1:"+p, options()); errno.Of(err, 0) != errno.EADDRINUSE {
		t.Errorf("second bind: %v", err)
	}
	done := make(chan error, 1)
	go func() { // owner: this test, through done
		_, err := l.Accept()
		done <- err
	}()
	if err := l.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if err := <-done; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept after Close: %v", err)
	}
	if err := l.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("second Close: %v", err)
	}
	_, err := (Transport{}).Dial(dialCtx(t), "127.0.0.1:"+p, options())
	if errno.Of(err, 0) != errno.ECONNREFUSED || strings.Contains(err.Error(), "dial tcp") {
		t.Errorf("nobody there: %v", err)
	}
	if _, err := (Transport{}).Dial(dialCtx(t), "a..b:1", options()); errno.Of(err, 0) != errno.EHOSTUNREACH {
		t.Errorf("no such name: %v", err)
	}
	// The port is free at once, also from TIME_WAIT.
	listen(t, "127.0.0.1:"+p, options())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (Transport{}).Dial(ctx, "127.0.0.1:"+p, options()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestAcceptFilter(t *testing.T) {
	o := options(func(o *opt.Net) {
		o.AcceptFilters = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.2/32")}
	})
	l := listen(t, "127.0.0.1:*", o)
	o.AcceptFilters[1] = netip.MustParsePrefix("0.0.0.0/0") // too late: Listen has its copy
	c, err := Transport{}.Dial(dialCtx(t), "127.0.0.1:"+port(t, l), options())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = l.Accept()
	var r *transport.Rejected
	if !errors.As(err, &r) || !strings.HasPrefix(r.Addr.String(), "127.0.0.1:") {
		t.Fatalf("Accept: %v", err)
	}
	c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the refused connection is open: %v", err)
	}
	connect(t, l, "127.0.0.2:0;127.0.0.1:"+port(t, l), options())

	for text, want := range map[string]bool{"::ffff:127.0.0.0/104": true, "::ffff:10.0.0.0/104": false, "::/0": false, "0.0.0.0/0": true, "127.0.0.1/8": true} {
		p, err := opt.ParseNetwork(text)
		if err != nil {
			t.Fatal(err)
		}
		l := listen(t, "127.0.0.1:*", options(func(o *opt.Net) { o.AcceptFilters = []netip.Prefix{p} }))
		c, err := Transport{}.Dial(dialCtx(t), "127.0.0.1:"+port(t, l), options())
		if err != nil {
			t.Fatal(err)
		}
		s, err := l.Accept()
		if (err == nil) != want {
			t.Errorf("filter %s: %v", text, err)
		}
		if err == nil {
			s.Close()
		}
		c.Close()
	}
}

func TestConnectTimeout(t *testing.T) {
	// A proxy that never answers stands for a network that does not.
	l := listen(t, "127.0.0.1:*", options())
	o := options(func(o *opt.Net) {
		o.ConnectTimeout = 50 * time.Millisecond
		o.SOCKS.Proxy = "127.0.0.1:" + port(t, l)
	})
	_, err := Transport{}.Dial(dialCtx(t), "127.0.0.1:1", o)
	var ne net.Error
	if errno.Of(err, 0) != errno.ETIMEDOUT || !errors.As(err, &ne) || !ne.Timeout() {
		t.Errorf("%v, want ETIMEDOUT", err)
	}
}

func FuzzAddresses(f *testing.F) {
	for _, s := range []string{"*:*", "[::1]:5", "a:0;b:1", "[", "]:", "%:1", ";;:", "127.0.0.1:5777"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, err := range []error{(Transport{}).CheckBind(s, options()), (Transport{}).CheckConnect(s, options())} {
			if err != nil && errno.Of(err, 0) == 0 {
				t.Errorf("%q: an error without errno: %v", s, err)
			}
		}
		if src, dst, err := parseConnect(s); err == nil && (dst.host == "" || src != nil && src.host == "") {
			t.Errorf("%q: no host", s)
		}
	})
}
