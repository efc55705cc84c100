package ipc

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
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

// dir is a directory whose name is short enough for a socket.
func dir(t *testing.T) string {
	t.Helper()
	d, err := os.MkdirTemp("", "zi")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(d) })
	return d
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

func dial(t *testing.T, addr string) (net.Conn, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := Transport{}.Dial(ctx, addr, options())
	if err == nil {
		t.Cleanup(func() { c.Close() })
	}
	return c, err
}

// connect makes a connection to l's own endpoint and passes a byte each way.
func connect(t *testing.T, l transport.Listener) (client, server net.Conn) {
	t.Helper()
	client, err := dial(t, strings.TrimPrefix(l.Endpoint(), "ipc://"))
	if err != nil {
		t.Fatalf("Dial(%s): %v", l.Endpoint(), err)
	}
	if server, err = l.Accept(); err != nil {
		t.Fatalf("Accept: %v", err)
	}
	t.Cleanup(func() { server.Close() })
	for _, ends := range [][2]net.Conn{{client, server}, {server, client}} {
		b := make([]byte, 1)
		ends[1].SetDeadline(time.Now().Add(patience))
		if _, err := ends[0].Write([]byte{7}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(ends[1], b); err != nil || b[0] != 7 {
			t.Fatalf("read %v, %v", b, err)
		}
	}
	return client, server
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// The answers are those of libzmq 4.3.4.
func TestAddresses(t *testing.T) {
	long := "/tmp/" + strings.Repeat("x", 110)
	for _, c := range []struct {
		addr          string
		bind, connect errno.Errno
	}{
		{"@", errno.EINVAL, errno.EINVAL}, {"", errno.EINVAL, errno.EINVAL},
		{long, errno.ENAMETOOLONG, errno.ENAMETOOLONG},
		{"@" + strings.Repeat("x", sunPath-1), errno.ENAMETOOLONG, errno.ENAMETOOLONG},
		{"*", 0, 0}, {"*anything", 0, 0}, {"/nonexistent/x", 0, 0}, {strings.Repeat("x", sunPath-1), 0, 0},
	} {
		if err := (Transport{}).CheckBind(c.addr, options()); errno.Of(err, 0) != c.bind {
			t.Errorf("CheckBind(%q): %v", c.addr, err)
		}
		if err := (Transport{}).CheckConnect(c.addr, options()); errno.Of(err, 0) != c.connect {
			t.Errorf("CheckConnect(%q): %v", c.addr, err)
		}
		if c.bind != 0 {
			if _, err := (Transport{}).Listen(c.addr, options()); errno.Of(err, 0) != c.bind {
				t.Errorf("Listen(%q): %v", c.addr, err)
			}
			if _, err := dial(t, c.addr); errno.Of(err, 0) != c.connect {
				t.Errorf("Dial(%q): %v", c.addr, err)
			}
		}
	}
	d := dir(t)
	if _, err := (Transport{}).Listen(filepath.Join(d, "missing", "x"), options()); errno.Of(err, 0) != errno.ENOENT {
		t.Errorf("missing directory: %v", err)
	}
	empty := filepath.Join(d, "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := (Transport{}).Listen(empty, options()); errno.Of(err, 0) != errno.EADDRINUSE || !exists(empty) {
		t.Errorf("a directory: %v", err)
	}
	if _, err := dial(t, filepath.Join(d, "nobody")); errno.Of(err, 0) != errno.ENOENT {
		t.Errorf("no socket: %v", err)
	}
}

func TestPath(t *testing.T) {
	path := filepath.Join(dir(t), "s")
	first := listen(t, path, options())
	if first.Endpoint() != "ipc://"+path {
		t.Errorf("endpoint %s", first.Endpoint())
	}
	connect(t, first)
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	second := listen(t, path, options()) // replaces what first has left
	connect(t, second)
	done := make(chan error, 1)
	go func() { // owner: this test, through done
		_, err := second.Accept()
		done <- err
	}()
	second.Close()
	if err := <-done; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept after Close: %v", err)
	}
	if !exists(path) {
		t.Error("the file is gone, which libzmq leaves behind")
	}
	if _, err := dial(t, path); errno.Of(err, 0) != errno.ECONNREFUSED {
		t.Errorf("nobody listens: %v", err)
	}
	if err := second.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("second Close: %v", err)
	}
}

// Fault B19: bind deleted whatever was at its path. What a user has there, or
// another process listens on, stays.
func TestBindRemovesNothingOfOthers(t *testing.T) {
	d := dir(t)
	file, dead, live, dgram := filepath.Join(d, "file"), filepath.Join(d, "dead"), filepath.Join(d, "live"), filepath.Join(d, "dgram")
	if err := os.WriteFile(file, []byte("in the way"), 0o600); err != nil {
		t.Fatal(err)
	}
	listen(t, dead, options()).Close()
	first := listen(t, live, options())
	g, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: dgram, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	taken := []string{file, live, dgram}
	for name, to := range map[string]string{"link": file, "dangling": filepath.Join(d, "nothing"), "link to a dead socket": dead} {
		name = filepath.Join(d, name)
		if err := os.Symlink(to, name); err != nil {
			t.Fatal(err)
		}
		taken = append(taken, name)
	}
	for _, path := range taken {
		before, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := (Transport{}).Listen(path, options()); errno.Of(err, 0) != errno.EADDRINUSE {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
		if after, err := os.Lstat(path); err != nil || !os.SameFile(before, after) {
			t.Errorf("%s was replaced: %v", filepath.Base(path), err)
		}
	}
	if text, err := os.ReadFile(file); string(text) != "in the way" {
		t.Errorf("the file: %q, %v", text, err)
	}
	c, err := first.Accept() // of the bind that asked whether a process listens
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	connect(t, first)
	connect(t, listen(t, dead, options()))
}

func TestWildcard(t *testing.T) {
	d := dir(t)
	for _, name := range []string{"TMPDIR", "TEMPDIR", "TMP"} {
		t.Setenv(name, "")
	}
	t.Setenv("TMPDIR", filepath.Join(d, "missing"))
	t.Setenv("TEMPDIR", d)
	l := listen(t, "*", options())
	path := strings.TrimPrefix(l.Endpoint(), "ipc://")
	if filepath.Base(path) != "socket" || filepath.Dir(filepath.Dir(path)) != d || !strings.HasPrefix(filepath.Base(filepath.Dir(path)), "tmp") {
		t.Errorf("endpoint %s", l.Endpoint())
	}
	other := listen(t, "*", options())
	if other.Endpoint() == l.Endpoint() {
		t.Error("two wildcards at one place")
	}
	connect(t, l)
	l.Close()
	if exists(filepath.Dir(path)) {
		t.Error("Close leaves the directory behind")
	}
	connect(t, other)
	other.Close()

	t.Chdir(d)
	t.Setenv("TEMPDIR", "")
	l = listen(t, "*", options())
	path = strings.TrimPrefix(l.Endpoint(), "ipc://")
	if filepath.IsAbs(path) || !exists(filepath.Join(d, path)) {
		t.Errorf("without any of the variables: %s", l.Endpoint())
	}
	connect(t, l)
	t.Chdir("/")
	l.Close()
	if exists(filepath.Join(d, path)) {
		t.Error("Close from another directory leaves the socket behind")
	}

	long := filepath.Join(d, strings.Repeat("x", 100))
	if err := os.Mkdir(long, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMP", long)
	if _, err := (Transport{}).Listen("*", options()); errno.Of(err, 0) != errno.ENAMETOOLONG {
		t.Errorf("long directory: %v", err)
	}
	if left, err := os.ReadDir(long); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	l := listen(t, filepath.Join(dir(t), "s"), options())
	if _, err := (Transport{}).Dial(ctx, strings.TrimPrefix(l.Endpoint(), "ipc://"), options()); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
