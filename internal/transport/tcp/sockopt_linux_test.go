package tcp

import (
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
)

func sockopt(t *testing.T, c any, level, name int) int {
	t.Helper()
	raw, err := c.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	var gerr error
	if err := raw.Control(func(fd uintptr) { n, gerr = unix.GetsockoptInt(int(fd), level, name) }); err != nil {
		t.Fatal(err)
	}
	if gerr != nil {
		t.Fatal(gerr)
	}
	return n
}

func TestSocketOptions(t *testing.T) {
	o := options(func(o *opt.Net) {
		o.SndBuf, o.RcvBuf = 20000, 30000
		o.KeepAlive, o.KeepAliveCnt, o.KeepAliveIdle, o.KeepAliveIntvl = 1, 3, 44, 55
		o.MaxRT, o.TOS, o.Priority, o.Backlog = 7*time.Second, 0x20, 3, 7
		o.BindToDevice = loopback(t)
	})
	l := listen(t, "127.0.0.1:*", o)
	if got := backlog(t, l.(*listener).tcp); got != 7 {
		t.Errorf("backlog %d, want 7", got)
	}
	client, server := connect(t, l, "127.0.0.1:"+port(t, l), o)
	for side, c := range map[string]net.Conn{"client": client, "server": server} {
		for _, w := range []struct {
			what              string
			level, name, want int
		}{
			{"SNDBUF", unix.SOL_SOCKET, unix.SO_SNDBUF, 40000}, // the system doubles both
			{"RCVBUF", unix.SOL_SOCKET, unix.SO_RCVBUF, 60000},
			{"KEEPALIVE", unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
			{"KEEPCNT", unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 3},
			{"KEEPIDLE", unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 44},
			{"KEEPINTVL", unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, 55},
			{"MAXRT", unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, 7000},
			{"TOS", unix.IPPROTO_IP, unix.IP_TOS, 0x20},
			{"PRIORITY", unix.SOL_SOCKET, unix.SO_PRIORITY, 3},
			{"NODELAY", unix.IPPROTO_TCP, unix.TCP_NODELAY, 1},
		} {
			if got := sockopt(t, c, w.level, w.name); got != w.want {
				t.Errorf("%s %s is %d, want %d", side, w.what, got, w.want)
			}
		}
	}
}

func TestSocketOptionsLeftAlone(t *testing.T) {
	l := listen(t, "127.0.0.1:*", options())
	client, server := connect(t, l, "127.0.0.1:"+port(t, l), options())
	for _, c := range []net.Conn{client, server} {
		if sockopt(t, c, unix.SOL_SOCKET, unix.SO_KEEPALIVE) != 0 {
			t.Error("keep-alive is on by itself")
		}
		if sockopt(t, c, unix.IPPROTO_TCP, unix.TCP_NODELAY) != 1 {
			t.Error("TCP_NODELAY is off")
		}
		if sockopt(t, c, unix.SOL_SOCKET, unix.SO_PROTOCOL) != unix.IPPROTO_TCP {
			t.Error("not plain TCP")
		}
	}
	if hasIPv6(t) {
		o := options(ipv6, func(o *opt.Net) { o.TOS = 0x40 })
		l := listen(t, "*:*", o)
		if sockopt(t, l.(*listener).tcp, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY) != 0 {
			t.Error("the listener takes IPv6 only")
		}
		client, server := connect(t, l, "[::1]:"+port(t, l), o)
		for _, c := range []net.Conn{client, server} {
			if got := sockopt(t, c, unix.IPPROTO_IPV6, unix.IPV6_TCLASS); got != 0x40 {
				t.Errorf("TCLASS %#x", got)
			}
		}
	}
}

func TestOptionsThatFail(t *testing.T) {
	for _, c := range []struct {
		option string
		change func(*opt.Net)
		want   errno.Errno
	}{
		{"BINDTODEVICE", func(o *opt.Net) { o.BindToDevice = "no-such-card" }, errno.ENODEV},
	} {
		if _, err := (Transport{}).Listen("127.0.0.1:*", options(c.change)); errno.Of(err, 0) != c.want || !strings.Contains(err.Error(), c.option) {
			t.Errorf("Listen with %s: %v", c.option, err)
		}
		if _, err := (Transport{}).Dial(dialCtx(t), "127.0.0.1:1", options(c.change)); errno.Of(err, 0) != c.want || !strings.Contains(err.Error(), c.option) {
			t.Errorf("Dial with %s: %v", c.option, err)
		}
	}
}

// backlog asks the system for the length of a listening socket's queue, which
// tcp_info reports in a field that means something else for connections.
func backlog(t *testing.T, c syscall.Conn) int {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var info *unix.TCPInfo
	var gerr error
	if err := raw.Control(func(fd uintptr) { info, gerr = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO) }); err != nil {
		t.Fatal(err)
	}
	if gerr != nil {
		t.Fatal(gerr)
	}
	return int(info.Sacked)
}

func TestUseFD(t *testing.T) {
	outer, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer outer.Close()
	f, err := outer.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	use := func(fd int) *opt.Net { return options(func(o *opt.Net) { o.UseFD = fd }) }
	l := listen(t, "ignored:1", use(int(f.Fd())))
	if l.Endpoint() != "tcp://"+outer.Addr().String() {
		t.Errorf("endpoint %s", l.Endpoint())
	}
	_, server := connect(t, l, outer.Addr().String(), options())
	if sockopt(t, server, unix.SOL_SOCKET, unix.SO_KEEPALIVE) != 0 {
		t.Error("keep-alive is on by itself")
	}
	l.Close()
	if _, err := unix.GetsockoptInt(int(f.Fd()), unix.SOL_SOCKET, unix.SO_ACCEPTCONN); err != nil {
		t.Errorf("the caller's descriptor is gone: %v", err)
	}

	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	local, err := net.Listen("unix", t.TempDir()+"/s")
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	lf, err := local.(*net.UnixListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer lf.Close()
	for what, c := range map[string]struct {
		fd   int
		want errno.Errno
	}{
		"a pipe": {int(r.Fd()), errno.ENOTSOCK}, "not listening": {fd, errno.EINVAL},
		"nothing": {1 << 20, errno.EBADF}, "a local socket": {int(lf.Fd()), errno.EINVAL},
	} {
		if l, err := (Transport{}).Listen("*:*", use(c.fd)); errno.Of(err, 0) != c.want || errors.Is(err, nil) {
			t.Errorf("%s: %v, %v", what, l, err)
		}
	}
}
