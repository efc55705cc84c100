package ipc

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

func TestAbstract(t *testing.T) {
	name := fmt.Sprintf("@zeroth-ipc-test-%d", os.Getpid())
	l := listen(t, name, options())
	if l.Endpoint() != "ipc://"+name {
		t.Errorf("endpoint %s", l.Endpoint())
	}
	connect(t, l)
	if _, err := (Transport{}).Listen(name, options()); errno.Of(err, 0) != errno.EADDRINUSE {
		t.Errorf("second bind: %v", err)
	}
	l.Close()
	if _, err := dial(t, name); errno.Of(err, 0) != errno.ECONNREFUSED {
		t.Errorf("nobody listens: %v", err)
	}
	longest := name + strings.Repeat("x", sunPath-1-len(name))
	connect(t, listen(t, longest, options()))
}

func TestPeerAddress(t *testing.T) {
	client, server := connect(t, listen(t, filepath.Join(dir(t), "s"), options()))
	want := fmt.Sprintf("localhost:%d:%d:%d", os.Getuid(), os.Getgid(), os.Getpid())
	for _, c := range []net.Conn{client, server} {
		if got := transport.PeerAddress(c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	server.Close()
	if got := transport.PeerAddress(server); got != "localhost" {
		t.Errorf("closed: %q", got)
	}
}

func TestIPCFilters(t *testing.T) {
	me, gid, uid := os.Getpid(), os.Getgid(), os.Getuid()
	for what, c := range map[string]struct {
		o    *opt.Net
		want bool
	}{
		"pid":       {options(func(o *opt.Net) { o.IPC.FilterPID = []int{1 << 30, me} }), true},
		"uid":       {options(func(o *opt.Net) { o.IPC.FilterUID = []int{uid} }), true},
		"gid":       {options(func(o *opt.Net) { o.IPC.FilterGID = []int{gid} }), true},
		"one of":    {options(func(o *opt.Net) { o.IPC.FilterPID, o.IPC.FilterGID = []int{1 << 30}, []int{gid} }), true},
		"other pid": {options(func(o *opt.Net) { o.IPC.FilterPID = []int{1 << 30} }), false},
		"other uid": {options(func(o *opt.Net) { o.IPC.FilterUID = []int{uid + 12345} }), false},
		"other gid": {options(func(o *opt.Net) { o.IPC.FilterGID = []int{1 << 30} }), false},
	} {
		l := listen(t, filepath.Join(dir(t), "s"), c.o)
		if c.want {
			connect(t, l)
			continue
		}
		if _, err := dial(t, strings.TrimPrefix(l.Endpoint(), "ipc://")); err != nil {
			t.Fatal(err)
		}
		_, err := l.Accept()
		var r *transport.Rejected
		if !errors.As(err, &r) || !strings.Contains(r.Reason, "IPC_FILTER") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestUseFD(t *testing.T) {
	path := filepath.Join(dir(t), "s")
	outer, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer outer.Close()
	f, err := outer.(*net.UnixListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	use := func(fd int) *opt.Net { return options(func(o *opt.Net) { o.UseFD = fd }) }
	l := listen(t, path, use(int(f.Fd())))
	if l.Endpoint() != "ipc://"+path {
		t.Errorf("endpoint %s", l.Endpoint())
	}
	connect(t, l)
	l.Close()
	if !exists(path) {
		t.Error("Close removed the caller's file")
	}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	tf, err := tcp.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer tf.Close()
	if _, err := (Transport{}).Listen(path, use(int(tf.Fd()))); errno.Of(err, 0) != errno.EINVAL {
		t.Errorf("a TCP socket: %v", err)
	}
	if !exists(path) {
		t.Error("a failed bind removed the caller's file")
	}
}
