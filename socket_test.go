package zmq_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"syscall"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }

// TestErrorsAreStandard: each error is also what the standard library calls it.
func TestErrorsAreStandard(t *testing.T) {
	for _, c := range []struct{ err, is error }{
		{zmq.ErrAgain, os.ErrDeadlineExceeded},
		{zmq.ErrAgain, syscall.EAGAIN},
		{zmq.ErrClosed, net.ErrClosed},
		{zmq.ErrTerminated, net.ErrClosed},
		{zmq.ErrUnsupported, errors.ErrUnsupported},
		{zmq.ErrNoTransport, errors.ErrUnsupported},
		{zmq.ErrNoEndpoint, os.ErrNotExist},
		{zmq.ErrAddressInUse, syscall.EADDRINUSE},
		{zmq.ErrNoRoute, syscall.EHOSTUNREACH},
		{zmq.ErrTooBig, syscall.EMSGSIZE},
		{zmq.ErrInvalid, syscall.EINVAL},
		{zmq.ErrTooMany, syscall.EMFILE},
	} {
		wrapped := &zmq.Error{Op: "send", Type: zmq.Push, Err: c.err}
		if !errors.Is(c.err, c.is) || !errors.Is(wrapped, c.is) || !errors.Is(wrapped, c.err) {
			t.Errorf("%v is not %v", c.err, c.is)
		}
		if errors.Is(c.err, io.EOF) {
			t.Errorf("%v is everything", c.err)
		}
	}
	e := &zmq.Error{Op: "bind", Type: zmq.Rep, Endpoint: "tcp://x", Err: zmq.ErrInvalid}
	if e.Error() == "" || e.Timeout() || !(&zmq.Error{Err: zmq.ErrAgain}).Timeout() {
		t.Errorf("%v", e)
	}
}

func TestTypeNames(t *testing.T) {
	for k, name := range map[zmq.Type]string{
		zmq.Pair: "PAIR", zmq.Pub: "PUB", zmq.Sub: "SUB", zmq.Req: "REQ", zmq.Rep: "REP", zmq.Dealer: "DEALER",
		zmq.Router: "ROUTER", zmq.Pull: "PULL", zmq.Push: "PUSH", zmq.XPub: "XPUB", zmq.XSub: "XSUB", zmq.Stream: "STREAM",
		-1: "unknown socket type", 99: "unknown socket type",
	} {
		if k.String() != name {
			t.Errorf("%d is %q, want %q", int(k), k, name)
		}
	}
	for k := range 12 {
		s, err := zmq.New(zmq.Type(k))
		if err != nil {
			t.Fatal(err)
		}
		if s.Type() != zmq.Type(k) {
			t.Errorf("made a %s, want a %s", s.Type(), zmq.Type(k))
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestDefaults is the table of the package comment.
func TestDefaults(t *testing.T) {
	s, err := zmq.New(zmq.Dealer)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	check(t, s, zmq.SendHWM, 1000)
	check(t, s, zmq.RecvHWM, 1000)
	check(t, s, zmq.SendHWMBytes, 64<<20)
	check(t, s, zmq.RecvHWMBytes, 64<<20)
	check(t, s, zmq.MaxMsgSize, 256<<20)
	check(t, s, zmq.MaxMessage, 1<<30)
	check(t, s, zmq.MaxFrames, 1<<16)
	check(t, s, zmq.MaxConnections, 1<<16)
	check(t, s, zmq.MaxHandshakes, 4096)
	check(t, s, zmq.MaxSubscriptions, 1<<18)
	check(t, s, zmq.MaxSubscriptionBytes, 16<<20)
	check(t, s, zmq.IPv6, true)
	check(t, s, zmq.HeartbeatInterval, 15e9)
	check(t, s, zmq.HeartbeatTimeout, 45e9)
	check(t, s, zmq.HandshakeInterval, 30e9)
	check(t, s, zmq.ReconnectInterval, 100e6)
	check(t, s, zmq.Linger, 5e9)
}

func check[T comparable](t *testing.T, s *zmq.Socket, o zmq.Opt[T], want T) {
	t.Helper()
	if got, err := zmq.Get(s, o); err != nil || got != want {
		t.Errorf("%s is %v, want %v (%v)", string(o), got, want, err)
	}
}

// TestMany: what SendMany and RecvMany do beside sending and receiving.
func TestMany(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	pull, addr := bind(zmq.Pull)
	push := connect(zmq.Push, addr)
	if n, err := push.SendMany(ended, [][]byte{{1}}); n != 0 || !errors.Is(err, context.Canceled) {
		t.Error(n, err)
	}
	if n, err := pull.RecvMany(ended, make([]zmq.Message, 1)); n != 0 || !errors.Is(err, context.Canceled) {
		t.Error(n, err)
	}
	if n, err := push.SendMany(t.Context(), nil); n != 0 || err != nil {
		t.Error(n, err)
	}
	if n, err := pull.RecvMany(t.Context(), nil); n != 0 || err != nil {
		t.Error(n, err)
	}
	if n, err := pull.SendMany(t.Context(), [][]byte{{1}}); n != 0 || !errors.Is(err, zmq.ErrUnsupported) {
		t.Error(n, err)
	}
	if n, err := push.RecvMany(t.Context(), make([]zmq.Message, 1)); n != 0 || !errors.Is(err, zmq.ErrUnsupported) {
		t.Error(n, err)
	}
	large := bytes.Repeat([]byte("x"), 100_000)
	for i, m := range [][]byte{{}, []byte("small"), large} {
		if n, err := push.SendMany(t.Context(), [][]byte{m, m, m}); n != 3 || err != nil {
			t.Fatal(n, err)
		}
		if err := push.Send(t.Context(), m, m); err != nil {
			t.Fatal(err)
		}
		msgs := make([]zmq.Message, 10)
		for got := 0; got < 4; {
			n, err := pull.RecvMany(t.Context(), msgs[got:])
			if err != nil {
				t.Fatal(err)
			}
			got += n
		}
		for k, got := range msgs[:4] {
			if !bytes.Equal(got.Bytes(), m) || got.Len() != 1+k/3 || got.Peer().Endpoint == "" {
				t.Errorf("message %d of round %d: %d frames, %d bytes", k, i, got.Len(), got.Size())
			}
		}
		zmq.ReleaseAll(msgs)
		if msgs[0].Len() != 0 {
			t.Error("released, and still there")
		}
	}
	pull.Close()
	push.Close()
	if n, err := pull.RecvMany(t.Context(), make([]zmq.Message, 1)); n != 0 || !errors.Is(err, zmq.ErrClosed) {
		t.Error(n, err)
	}
	// Requests are sent one by one.
	req, _ := bind(zmq.Req)
	defer req.Close()
	if err := req.Set(zmq.SendTimeout.Of(0)); err != nil {
		t.Fatal(err)
	}
	if n, err := req.SendMany(t.Context(), [][]byte{{1}, {2}}); n != 0 || !errors.Is(err, zmq.ErrAgain) {
		t.Error(n, err)
	}
}

// TestSendOwned: what is handed over is not copied where it is large, and arrives.
func TestSendOwned(t *testing.T) {
	large, small := bytes.Repeat([]byte("x"), 100_000), []byte("small")
	for _, endpoint := range []string{"tcp://127.0.0.1:*", "inproc://owned"} {
		pull := open(zmq.Pull)
		addr, err := pull.Bind(endpoint)
		if err != nil {
			t.Fatal(err)
		}
		push := connect(zmq.Push, addr)
		for _, frames := range [][][]byte{{large}, {small}, {large, small}, {small, large, large}} {
			if err := push.SendOwned(t.Context(), frames...); err != nil {
				t.Fatal(err)
			}
			m, err := pull.Recv(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := m.Frames(); !slices.EqualFunc(got, frames, bytes.Equal) {
				t.Errorf("%d frames of %d bytes", len(got), m.Size())
			}
			for i, f := range frames {
				shares := &m.Frame(i)[0] == &f[0]
				if want := endpoint == "inproc://owned" && len(f) == len(large); shares != want {
					t.Errorf("%s: frame %d of %d bytes is the sender's: %v", endpoint, i, len(f), shares)
				}
			}
			m.Release()
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := push.SendOwned(ended, large); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		push.Close()
		if err := push.SendOwned(t.Context(), large); !errors.Is(err, zmq.ErrClosed) {
			t.Error(err)
		}
		if err := pull.SendOwned(t.Context(), large); !errors.Is(err, zmq.ErrUnsupported) {
			t.Error(err)
		}
		pull.Close()
	}
}
