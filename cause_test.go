package zmq_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// a hindrance is why a socket that connects has no peer.
type hindrance struct {
	name    string
	options []zmq.Option // of the socket
	// stand gives the endpoint to connect to; it lasts as long as the test.
	stand func(t *testing.T) string
	event zmq.EventKind // which tells; 0: none does
	is    error
	says  string
}

// accepting gives the endpoint of a listener that does f with each connection.
func accepting(f func(c net.Conn)) func(t *testing.T) string {
	return func(t *testing.T) string {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() { // owned by the test: see Cleanup
			defer close(done)
			for {
				c, err := ln.Accept()
				if err != nil {
					return
				}
				f(c)
				t.Cleanup(func() { c.Close() })
			}
		}()
		t.Cleanup(func() { ln.Close(); <-done })
		return "tcp://" + ln.Addr().String()
	}
}

// served gives the endpoint of a socket.
func served(typ zmq.Type, options ...zmq.Option) func(t *testing.T) string {
	return func(t *testing.T) string {
		s, err := zmq.New(typ, options...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		addr, err := s.Bind("tcp://127.0.0.1:*")
		if err != nil {
			t.Fatal(err)
		}
		return addr
	}
}

func hindrances(t *testing.T) []hindrance {
	server, me, other := newCert(t), newCert(t), newCert(t)
	nobody := zmq.AuthFunc(func(context.Context, zmq.AuthRequest) (zmq.Identity, error) {
		return zmq.Identity{}, zmq.Refuse("nobody is let in")
	})
	closed := func(t *testing.T) string {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ln.Close()
		return "tcp://" + ln.Addr().String()
	}
	return []hindrance{
		{"a key that the server does not know", []zmq.Option{me.AsClient(server.Public)},
			served(zmq.Router, server.AsServer(), zmq.Authenticate(nobody)),
			zmq.EventHandshakeRefused, syscall.EACCES, "refused (400): the server does not know our key"},
		{"the key of another server", []zmq.Option{me.AsClient(other.Public)},
			served(zmq.Router, server.AsServer(), zmq.Authenticate(nobody)),
			zmq.EventHandshakeFailed, nil, "the server key is probably wrong"},
		// Fault C2: it was taken for one that was not set.
		{"a public key of zeros", []zmq.Option{zmq.CurvePublicKey.Of(zmq.CurveKey{}), zmq.CurveSecretKey.Of(me.Secret), zmq.CurveServerKey.Of(server.Public)},
			served(zmq.Router, server.AsServer()),
			zmq.EventHandshakeFailed, zmq.ErrInvalid, "CURVE_PUBLICKEY is all zeros"},
		{"a wrong password", []zmq.Option{zmq.PlainUsername.Of("u"), zmq.PlainPassword.Of("p")},
			served(zmq.Router, zmq.PlainServer.Of(true), zmq.Authenticate(nobody)),
			zmq.EventHandshakeRefused, syscall.EACCES, "refused (400): the server does not accept our user name and password"},
		{"another mechanism", nil, served(zmq.Router, server.AsServer(), zmq.Authenticate(nobody)),
			zmq.EventProtocolError, zmq.ErrProtocol, "mechanism CURVE, this socket has NULL"},
		{"a port that nobody listens on", nil, closed, zmq.EventClosed, syscall.ECONNREFUSED, "refused"},
		{"an HTTP server", nil, accepting(func(c net.Conn) { io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }),
			zmq.EventProtocolError, zmq.ErrProtocol, "looks like an HTTP server"},
		{"a peer that closes", nil, accepting(func(c net.Conn) { c.(*net.TCPConn).CloseWrite() }),
			zmq.EventHandshakeFailed, syscall.EPIPE, "the peer closed the connection"},
		{"a peer that says nothing", nil, accepting(func(net.Conn) {}),
			zmq.EventConnected, syscall.EINPROGRESS, "has not finished the handshake"},
		{"a name that nobody has bound", nil, func(t *testing.T) string { return "inproc://cause." + t.Name() },
			0, syscall.ECONNREFUSED, "no socket of this context has bound the name"},
	}
}

// waits are the calls that wait, and the types that have them.
var waits = []struct {
	name string
	typ  zmq.Type
	call func(ctx context.Context, s *zmq.Socket) error
}{
	{"Request", zmq.Req, func(ctx context.Context, s *zmq.Socket) error {
		_, err := s.Request(ctx, []byte("x"))
		return err
	}},
	{"Send", zmq.Dealer, func(ctx context.Context, s *zmq.Socket) error {
		for { // until there is no room
			if err := s.Send(ctx, []byte("x")); err != nil {
				return err
			}
		}
	}},
	{"Recv", zmq.Dealer, func(ctx context.Context, s *zmq.Socket) error {
		_, err := s.Recv(ctx)
		return err
	}},
	{"RecvMany", zmq.Dealer, func(ctx context.Context, s *zmq.Socket) error {
		_, err := s.RecvMany(ctx, make([]zmq.Message, 3))
		return err
	}},
	{"WaitConnected", zmq.Dealer, func(ctx context.Context, s *zmq.Socket) error { return s.WaitConnected(ctx, 1) }},
	{"Poller.Wait", zmq.Dealer, func(ctx context.Context, s *zmq.Socket) error {
		p := zmq.NewPoller()
		defer p.Close()
		p.Add(s, zmq.PollIn)
		_, err := p.Wait(ctx)
		return err
	}},
	{"Receive", zmq.Dealer, func(ctx context.Context, s *zmq.Socket) (err error) {
		for _, err = range zmq.Receive(ctx, s) {
			break
		}
		return err
	}},
	{"Shutdown", zmq.Dealer, func(ctx context.Context, s *zmq.Socket) error {
		if err := s.Send(ctx, []byte("x")); err != nil {
			return err
		}
		return s.Shutdown(ctx)
	}},
}

// awaitEvent waits for an event of a kind.
func awaitEvent(events iter.Seq[zmq.Event], kind zmq.EventKind) {
	for ev := range events {
		if ev.Kind == kind {
			return
		}
	}
}

// Fault B12: a call that waited for a peer in vain said that its time was over,
// or how much was lost, and not why. Each has the last thing that happened to
// its endpoint, for errors.Is, errors.As and people, beside ctx's error.
func TestCallsHaveTheCause(t *testing.T) {
	for _, h := range hindrances(t) {
		t.Run(strings.ReplaceAll(h.name, " ", "-"), func(t *testing.T) {
			endpoint := h.stand(t)
			for _, w := range waits {
				s, err := zmq.New(w.typ, append(h.options, zmq.SendHWM.Of(1))...)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				events := s.Monitor().Events(t.Context())
				if err := s.Connect(endpoint); err != nil {
					t.Fatal(err)
				}
				if h.event != 0 {
					awaitEvent(events, h.event)
				}
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
				err = w.call(ctx, s)
				cancel()
				var lost *zmq.UndeliveredError
				if !errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &lost) {
					t.Errorf("%s: %v is not ctx's error", w.name, err)
					continue
				}
				var ep *zmq.EndpointError
				if !errors.As(err, &ep) || ep.Endpoint != endpoint || h.is != nil && !errors.Is(err, h.is) {
					t.Errorf("%s: %v has no cause", w.name, err)
				}
				var refusal *zmq.Refusal
				if h.event == zmq.EventHandshakeRefused && (!errors.As(err, &refusal) || refusal.Status != 400) {
					t.Errorf("%s: %v has no Refusal", w.name, err)
				}
				if text := err.Error(); !strings.Contains(text, ": "+endpoint+": ") || !strings.Contains(text, h.says) || strings.Contains(text, "\n") {
					t.Errorf("%s says %q, want %q in it", w.name, text, h.says)
				}
				if errors.Is(err, zmq.ErrClosed) || errors.Is(err, zmq.ErrAgain) || errors.Is(err, context.Canceled) {
					t.Errorf("%s: %v is something else as well", w.name, err)
				}
				s.Shutdown(ctx)
			}
		})
	}
}

// The same of a bound socket, whose last peer was not let in, or has gone; of
// SendTimeout; and of a socket without endpoints. What has come right is no
// cause any more.
func TestCauseOfBoundSocket(t *testing.T) {
	push, err := zmq.New(zmq.Push, zmq.SendTimeout.Of(20*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer push.Close()
	cause := func() error {
		t.Helper()
		err := push.Send(t.Context(), []byte("x"))
		var e *zmq.Error
		if !errors.Is(err, zmq.ErrAgain) || !errors.As(err, &e) {
			t.Fatal(err)
		}
		return e.Cause
	}
	if err := cause(); err == nil || !strings.Contains(err.Error(), "neither bound nor connected") {
		t.Errorf("no endpoint: %v", err)
	}
	addr, err := push.Bind("tcp://127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	if err := cause(); err != nil {
		t.Errorf("nobody has come yet: %v", err)
	}
	events := push.Monitor().Events(t.Context())
	sub, err := zmq.New(zmq.Sub)
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	if err := sub.Connect(addr); err != nil {
		t.Fatal(err)
	}
	awaitEvent(events, zmq.EventDisconnected)
	var ep *zmq.EndpointError
	if err := cause(); !errors.As(err, &ep) || ep.Endpoint != addr || !strings.HasPrefix(ep.Remote, "tcp://127.0.0.1:") ||
		!errors.Is(err, zmq.ErrProtocol) || !strings.Contains(err.Error(), `a PUSH socket cannot talk to the peer's "SUB"`) {
		t.Errorf("refused: %v", err)
	}
	sub.Close()
	pull, err := zmq.New(zmq.Pull)
	if err != nil {
		t.Fatal(err)
	}
	if err := pull.Connect(addr); err != nil {
		t.Fatal(err)
	}
	events = push.Monitor().Events(t.Context())
	if err := push.WaitConnected(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	var e *zmq.Error
	if err := push.WaitConnected(ctx, 2); !errors.As(err, &e) || e.Cause != nil {
		t.Errorf("one is there, and none was refused since: %v", err)
	}
	pull.Close()
	awaitEvent(events, zmq.EventDisconnected)
	if err := cause(); !errors.As(err, &ep) || ep.Kind != zmq.EventDisconnected || !strings.Contains(err.Error(), "connection lost: ") {
		t.Errorf("gone: %v", err)
	}
}

// What this side does itself is no cause.
func TestOwnDoingIsNoCause(t *testing.T) {
	addr := accepting(func(net.Conn) {})(t)
	push, err := zmq.New(zmq.Push)
	if err != nil {
		t.Fatal(err)
	}
	defer push.Close()
	if err := push.Connect(addr); err != nil {
		t.Fatal(err)
	}
	if err := push.Disconnect(addr); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err = push.Send(ctx, []byte("x"))
	if errors.Is(err, zmq.ErrClosed) || errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "neither bound nor connected") {
		t.Errorf("%v", err)
	}
}

func newCert(t *testing.T) *zmq.CurveCert {
	t.Helper()
	c, err := zmq.NewCurveCert()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A peer that has shaken hands and waits for its place is a cause, until it has
// the place.
func TestWaitingPeerIsACause(t *testing.T) {
	first, err := zmq.New(zmq.Pair)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	addr, err := first.Bind("tcp://127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := zmq.New(zmq.Pair)
	if err != nil {
		t.Fatal(err)
	}
	defer pair.Close()
	if err := pair.Connect(addr); err != nil {
		t.Fatal(err)
	}
	if err := pair.WaitConnected(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	second := served(zmq.Pair)(t)
	events := pair.Monitor().Events(t.Context())
	if err := pair.Connect(second); err != nil {
		t.Fatal(err)
	}
	awaitEvent(events, zmq.EventWaiting)
	cause := func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		_, err := pair.Recv(ctx)
		var e *zmq.Error
		if !errors.As(err, &e) {
			t.Fatal(err)
		}
		return e.Cause
	}
	var ep *zmq.EndpointError
	if err := cause(); !errors.As(err, &ep) || ep.Endpoint != second || ep.Kind != zmq.EventWaiting {
		t.Errorf("%v", err)
	}
	events = pair.Monitor().Events(t.Context())
	if err := pair.Disconnect(addr); err != nil {
		t.Fatal(err)
	}
	awaitEvent(events, zmq.EventAdmitted)
	if err := cause(); err != nil {
		t.Errorf("it has its place: %v", err)
	}
}
