package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct{ in, scheme, addr string }{
		{"tcp://127.0.0.1:1", "tcp", "127.0.0.1:1"}, {"ipc:///tmp/x", "ipc", "/tmp/x"}, {"TCP://x", "TCP", "x"},
		{"inproc://a://b", "inproc", "a://b"}, {"foo://*", "foo", "*"},
	} {
		if s, a, err := Split(c.in); s != c.scheme || a != c.addr || err != nil {
			t.Errorf("Split(%q) = %q, %q, %v", c.in, s, a, err)
		}
	}
	for _, in := range []string{"", "tcp", "tcp:/x", "tcp://", "://x", "://", "tcp://a\x00b", ";127.0.0.1:1"} {
		if _, _, err := Split(in); errno.Of(err, 0) != errno.EINVAL {
			t.Errorf("Split(%q): %v, want EINVAL", in, err)
		}
	}
}

type named struct {
	Transport
	name string
}

func (n *named) Scheme() string { return n.name }

func TestTable(t *testing.T) {
	t.Cleanup(func() { // for the next round of -count
		table.Lock()
		defer table.Unlock()
		delete(table.m, "test-scheme")
	})
	if _, ok := Lookup("test-scheme"); ok {
		t.Error("found what was not registered")
	}
	a, b := &named{name: "test-scheme"}, &named{name: "test-scheme"}
	Register(a)
	Register(b)
	if got, ok := Lookup("test-scheme"); !ok || got != Transport(b) {
		t.Error("the later one does not win")
	}
	if _, ok := Lookup("TEST-SCHEME"); ok {
		t.Error("schemes are case-sensitive")
	}
}

func TestWrap(t *testing.T) {
	op := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for _, c := range []struct {
		in   error
		want errno.Errno
	}{
		{op(os.NewSyscallError("connect", syscall.Errno(errno.ECONNREFUSED))), errno.ECONNREFUSED},
		{op(&net.DNSError{Err: "no such host", Name: "x"}), errno.EHOSTUNREACH},
		{op(&net.DNSError{Err: "refused", UnwrapErr: syscall.Errno(errno.ECONNREFUSED)}), errno.EHOSTUNREACH},
		{op(os.ErrDeadlineExceeded), errno.ETIMEDOUT},
		{context.DeadlineExceeded, errno.ETIMEDOUT},
		{errors.New("odd"), errno.EPROTO},
		{op(Errorf(errno.ENOTSUP, "no")), errno.ENOTSUP},
		{net.ErrClosed, errno.EPROTO},
	} {
		err := Wrap(c.in, errno.EPROTO)
		if errno.Of(err, 0) != c.want || !errors.Is(err, c.want) {
			t.Errorf("Wrap(%v) = %v, errno %s, want %s", c.in, err, errno.Of(err, 0).Name(), c.want.Name())
		}
	}
	if Wrap(nil, errno.EPROTO) != nil {
		t.Error("Wrap(nil)")
	}
	if err := Wrap(fmt.Errorf("x: %w", context.Canceled), errno.EPROTO); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
	if err := Wrap(net.ErrClosed, errno.ENOTSOCK); !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	var ne net.Error
	if err := Wrap(os.ErrDeadlineExceeded, errno.EPROTO); !errors.As(err, &ne) || !ne.Timeout() {
		t.Errorf("timeout: %v", err)
	}
	for want, e := range map[string]*Error{
		"a":                   {Errno: errno.EPROTO, Text: "a"},
		"a: EOF":              {Errno: errno.EPROTO, Text: "a", Cause: errors.New("EOF")},
		"EOF":                 {Errno: errno.EPROTO, Cause: errors.New("EOF")},
		errno.EPROTO.Error():  {Errno: errno.EPROTO},
		"peer refused by us!": {Errno: errno.EPROTO, Text: "peer refused by us!"},
	} {
		if e.Error() != want {
			t.Errorf("%q, want %q", e.Error(), want)
		}
	}
}

func TestRejected(t *testing.T) {
	var err error = &Rejected{Addr: &net.UnixAddr{}, Reason: "no"}
	var ne net.Error
	if !errors.As(err, &ne) || ne.Timeout() || errno.Of(err, 0) != errno.EACCES || err.Error() != "peer refused: no" {
		t.Errorf("%v", err)
	}
}

func TestPeerAddressWithoutOne(t *testing.T) {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	if s := PeerAddress(a); s != "" {
		t.Errorf("%q", s)
	}
	if _, err := PeerCred(a); errno.Of(err, 0) != errno.ENOTSUP {
		t.Errorf("%v", err)
	}
}
