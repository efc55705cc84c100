package zmq4_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	. "github.com/zeroth-mq/zmq/compat/gozeromq/zmq4"
	"github.com/zeroth-mq/zmq/compat/gozeromq/zmq4/transport"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// TestDialRefused: as many attempts as allowed, and the error of package net.
func TestDialRefused(t *testing.T) {
	addr := freeAddr(t)
	for ep, want := range map[string]string{
		"tcp://" + addr:                "dial tcp " + addr + ": connect: connection refused",
		"ipc://" + t.TempDir() + "x/y": "connect: no such file or directory",
		"inproc://nobody":              "inproc: connection refused",
	} {
		for _, s := range []Socket{
			NewPull(ctx, WithDialerRetry(3*time.Millisecond), WithDialerMaxRetries(3)),
			NewReq(ctx, WithDialerRetry(3*time.Millisecond), WithDialerMaxRetries(0)),
		} {
			err := s.Dial(ep)
			if err == nil || !strings.HasPrefix(err.Error(), `zmq4: could not dial to "`+ep+`" (retry=3ms): `) || !strings.HasSuffix(err.Error(), want) {
				t.Errorf("%v, want %s", err, want)
			}
			var op *net.OpError
			if strings.HasPrefix(ep, "tcp") && (!errors.As(err, &op) || op.Temporary() || op.Timeout() || !errors.Is(err, syscall.ECONNREFUSED)) {
				t.Errorf("%#v", err)
			}
			s.Close()
		}
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestDialWaits: the listener comes later.
func TestDialWaits(t *testing.T) {
	ends := endpoints(t)
	ends["tcp"] = "tcp://" + freeAddr(t)
	for name, ep := range ends {
		if name == "abstract" && !abstract {
			continue
		}
		t.Run(name, func(t *testing.T) {
			push := NewPush(ctx, WithDialerRetry(time.Millisecond), WithDialerMaxRetries(-1))
			defer push.Close()
			done := make(chan error)
			go func() { done <- push.Dial(ep) }() // the test waits for it
			pull := NewPull(ctx)
			listen(t, pull, ep)
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			send(t, push, "a")
			expect(t, pull, "a")
		})
	}
}

// TestDialEnds: Close and the context end what would try for ever, and a peer that
// never answers.
func TestDialEnds(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for _, ep := range []string{"tcp://" + freeAddr(t), "tcp://" + silent.Addr().String(), "inproc://never"} {
		for _, typ := range []SocketType{Pull, Req} {
			s := constructors[typ](ctx, WithDialerMaxRetries(-1), WithDialerRetry(time.Millisecond))
			done := make(chan error)
			go func() { done <- s.Dial(ep) }() // the test waits for it
			time.AfterFunc(5*time.Millisecond, func() { s.Close() })
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("%s to %s: %v", typ, ep, err)
			}
			s.Close()
		}
	}
}

func TestDialIncompatible(t *testing.T) {
	each(t, func(t *testing.T, ep string) {
		var text safeBuffer
		pull := NewPull(ctx, WithLogger(log.New(&text, "", 0)))
		ep = listen(t, pull, ep)
		sub := NewSub(ctx)
		defer sub.Close()
		err := sub.Dial(ep)
		if err == nil || err.Error() != `zmq4: could not open a ZMTP connection: zmq4: could not initialize ZMTP connection: zmq4: peer="PULL" not compatible with "SUB"` {
			t.Error(err)
		}
		push := NewPush(ctx)
		dial(t, push, ep)
		send(t, push, "a")
		expect(t, pull, "a")
		const want = `could not open a ZMTP connection with "`
		for end := time.Now().Add(testutil.Patience); !strings.HasPrefix(ep, "inproc") && !strings.HasPrefix(text.String(), want); {
			if time.Now().After(end) {
				t.Fatalf("logged: %q", text.String())
			}
			time.Sleep(time.Millisecond)
		}
		pull.Close()
	})
}

// TestDialAnyHost: what Addr says, a star and a name reach this host.
func TestDialAnyHost(t *testing.T) {
	for _, at := range []string{"tcp://*:*", "tcp://:0", "tcp://0.0.0.0:0", "tcp://localhost:0"} {
		pull := NewPull(ctx)
		listen(t, pull, at)
		addr, ok := pull.Addr().(*net.TCPAddr)
		if !ok || addr.Port == 0 {
			t.Fatalf("%T %v", pull.Addr(), pull.Addr())
		}
		port := pull.Addr().String()
		port = port[strings.LastIndex(port, ":"):]
		for _, ep := range []string{"tcp://" + addr.String(), "tcp://*" + port, "tcp://localhost" + port, "tcp://" + port} {
			push := NewPush(ctx)
			dial(t, push, ep)
			send(t, push, ep)
			expect(t, pull, ep)
			if push.Addr() != nil {
				t.Errorf("a socket that dialled is at %v", push.Addr())
			}
		}
	}
}

// TestRestart: a connection is made again, and its loss told once, after all that
// came over it; or not at all.
func TestRestart(t *testing.T) {
	ends := endpoints(t)
	ends["tcp"] = "tcp://" + freeAddr(t)
	for name, ep := range ends {
		if name == "abstract" && !abstract {
			continue
		}
		t.Run(name, func(t *testing.T) {
			push := NewPush(ctx)
			listen(t, push, ep)
			told := NewPull(ctx, WithDialerRetry(time.Millisecond))
			dial(t, told, ep)
			send(t, push, "a")
			push.Close() // when it returns the message has left
			expect(t, told, "a")
			if m, err := told.Recv(); err != io.EOF || m.Err() != io.EOF {
				t.Fatalf("%v, %v", m, err)
			}
			push = NewPush(ctx)
			listen(t, push, ep)
			send(t, push, "b")
			expect(t, told, "b")

			hidden := NewPull(ctx, WithDialerRetry(time.Millisecond), WithAutomaticReconnect(true))
			dial(t, hidden, ep)
			told.Close()
			push.Close()
			push = NewPush(ctx)
			listen(t, push, ep)
			send(t, push, "c")
			expect(t, hidden, "c")
		})
	}
}

// TestAcceptedLoss: a peer that had connected to us leaves without being told.
func TestAcceptedLoss(t *testing.T) {
	pull := NewPull(ctx)
	ep := listen(t, pull, local)
	for _, text := range []string{"a", "b"} {
		push := NewPush(ctx)
		dial(t, push, ep)
		send(t, push, text)
		push.Close()
		expect(t, pull, text)
	}
}

// TestSilentClient: one that says nothing holds up no other.
func TestSilentClient(t *testing.T) {
	pull := NewPull(ctx, quiet)
	ep := listen(t, pull, local)
	for range 5 {
		c, err := net.Dial("tcp", strings.TrimPrefix(ep, "tcp://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	push := NewPush(ctx)
	dial(t, push, ep)
	send(t, push, "a")
	expect(t, pull, "a")
}

// TestPing: a peer that asks is answered, and the program sees nothing of it.
func TestPing(t *testing.T) {
	pull := NewPull(ctx)
	ep := listen(t, pull, local)
	peer, err := testutil.Dial(strings.TrimPrefix(ep, "tcp://"), "PUSH")
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Conn.Close()
	if _, err := peer.Conn.Write(append(testutil.Frame(4, []byte("\x04PING\x00\x00ctx")), testutil.Frame(0, []byte("a"))...)); err != nil {
		t.Fatal(err)
	}
	expect(t, pull, "a")
	flags, body, err := peer.ReadFrame()
	if err != nil || flags != 4 || string(body) != "\x04PONGctx" {
		t.Errorf("%x %q %v", flags, body, err)
	}
}

func TestListen(t *testing.T) {
	pull := NewPull(ctx)
	first := listen(t, pull, local)
	other := NewPull(ctx)
	defer other.Close()
	err := other.Listen(first)
	var op *net.OpError
	if want := `zmq4: could not listen to "` + first + `": listen tcp ` + strings.TrimPrefix(first, "tcp://") + ": bind: address already in use"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if !errors.As(err, &op) || !errors.Is(err, syscall.EADDRINUSE) || other.Addr() != nil {
		t.Errorf("%#v", err)
	}
	// Both of two endpoints work, and Addr is that of the last.
	path := t.TempDir() + "/s"
	second := listen(t, pull, "ipc://"+path)
	if a, ok := pull.Addr().(*net.UnixAddr); !ok || a.String() != path {
		t.Errorf("%T %v", pull.Addr(), pull.Addr())
	}
	for _, ep := range []string{first, second} {
		push := NewPush(ctx)
		dial(t, push, ep)
		send(t, push, ep)
		expect(t, pull, ep)
	}
	pull.Close()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket file is left: %v", err)
	}
	for ep, want := range map[string]string{
		"tcp://nohost.invalid:1": "lookup nohost.invalid", "tcp://127.0.0.1:99999": "invalid port", "udp://127.0.0.1:0": "listen udp", "ipc:///nowhere/at/all": "no such file or directory",
	} {
		if err := other.Listen(ep); err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, &op) {
			t.Errorf("%s: %v", ep, err)
		}
	}
}

// TestListenTwice: a program that removed the file listens again while the older
// socket lives, which must not remove what is not its own.
func TestListenTwice(t *testing.T) {
	path := t.TempDir() + "/s"
	older, newer := NewRep(ctx), NewRep(ctx)
	listen(t, older, "ipc://"+path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	listen(t, newer, "ipc://"+path)
	older.Close()
	req := NewReq(ctx)
	dial(t, req, "ipc://"+path)
	send(t, req, "a")
	expect(t, newer, "a")
}

type foreign struct {
	transport.Transport
	calls int
	conn  net.Conn
}

func (f *foreign) Addr(ep string) (string, error) { return ep, nil }

func (f *foreign) Dial(context.Context, transport.Dialer, string) (net.Conn, error) {
	if f.calls++; f.conn == nil {
		return nil, io.ErrNoProgress
	}
	return f.conn, nil
}

func TestTransports(t *testing.T) {
	for _, name := range []string{"inproc", "ipc", "tcp", "udp"} {
		if !slices.Contains(Transports(), name) || !slices.IsSorted(Transports()) {
			t.Errorf("%q", Transports())
		}
	}
	n := made.Add(1) // names are for the life of the process
	theirs, renamed := fmt.Sprintf("foreign%d", n), fmt.Sprintf("renamed%d", n)
	f := &foreign{}
	if err := RegisterTransport("tcp", f); err == nil || err.Error() != `zmq4: duplicate transport "tcp" (transport.netTransport)` {
		t.Error(err)
	}
	if err := RegisterTransport(theirs, f); err != nil {
		t.Fatal(err)
	}
	if err := RegisterTransport(renamed, transport.New("tcp")); err != nil {
		t.Fatal(err)
	}
	s := NewPull(ctx, WithDialerRetry(time.Microsecond), WithDialerMaxRetries(20))
	ep := listen(t, s, renamed+"://127.0.0.1:0")
	if err := s.Dial(theirs + "://x"); !errors.Is(err, io.ErrNoProgress) || f.calls != 21 {
		t.Errorf("%d calls, %v", f.calls, err)
	}
	f.conn, _ = net.Pipe()
	for _, call := range []func(string) error{s.Dial, s.Listen} {
		if err := call(theirs + "://x"); err == nil || !strings.Contains(err.Error(), "*zmq4_test.foreign") {
			t.Error(err)
		}
	}
	push := NewPush(ctx)
	dial(t, push, renamed+"://"+strings.TrimPrefix(ep, "tcp://"))
	send(t, push, "a")
	expect(t, s, "a")
	if _, err := transport.New("x").Addr("y"); err == nil {
		t.Error("a transport that is none has addresses")
	}
}
