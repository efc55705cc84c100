package zmq_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// limit bounds what hangs. Nothing is measured against it.
const limit = testutil.Patience

// a guarded is a bound Pull with whatever security, and its events.
type guarded struct {
	*testing.T
	ctx    context.Context
	own    *zmq.Context
	s      *zmq.Socket
	addr   string
	events chan zmq.Event
}

func guard(t *testing.T, options ...zmq.Option) *guarded {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	g := &guarded{T: t, ctx: ctx, own: zmq.NewContext()}
	t.Cleanup(func() {
		now, stop := context.WithCancel(context.Background())
		stop()
		g.own.Shutdown(now)
		cancel()
	})
	g.s = g.socket(zmq.Pull, options...)
	g.events = g.watch(g.s)
	var err error
	if g.addr, err = g.s.Bind("tcp://127.0.0.1:*"); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *guarded) socket(typ zmq.Type, options ...zmq.Option) *zmq.Socket {
	g.Helper()
	s, err := g.own.New(typ, append([]zmq.Option{zmq.ReconnectInterval.Of(5 * time.Millisecond)}, options...)...)
	if err != nil {
		g.Fatal(err)
	}
	return s
}

// watch collects a socket's events until it closes.
func (g *guarded) watch(s *zmq.Socket) chan zmq.Event {
	c := make(chan zmq.Event, 4096)
	all := s.Monitor().Events(g.ctx)
	var wg sync.WaitGroup
	wg.Go(func() { // owned by the test, through Cleanup
		for ev := range all {
			select {
			case c <- ev:
			default:
			}
		}
	})
	g.Cleanup(wg.Wait)
	return c
}

// connect makes a Push that has sent one message.
func (g *guarded) connect(options ...zmq.Option) (*zmq.Socket, chan zmq.Event) {
	g.Helper()
	s := g.socket(zmq.Push, append(options, zmq.Linger.Of(0))...)
	events := g.watch(s)
	if err := s.Connect(g.addr); err != nil {
		g.Fatal(err)
	}
	if err := s.Send(g.ctx, []byte("hello")); err != nil {
		g.Fatal(err)
	}
	return s, events
}

// receive takes the message.
func (g *guarded) receive() zmq.Message {
	g.Helper()
	m, err := g.s.Recv(g.ctx)
	if err != nil || string(m.Bytes()) != "hello" {
		g.Fatalf("%q, %v", m, err)
	}
	return m
}

// until waits for an event.
func (g *guarded) until(c chan zmq.Event, kind zmq.EventKind) zmq.Event {
	g.Helper()
	for {
		select {
		case ev := <-c:
			if ev.Kind == kind {
				return ev
			}
		case <-g.ctx.Done():
			g.Fatalf("no event %v", kind)
		}
	}
}

// refused waits for a refusal of that status on both sides.
func (g *guarded) refused(client chan zmq.Event, status int, text string) {
	g.Helper()
	ev := g.until(g.events, zmq.EventHandshakeRefused)
	r, ok := errors.AsType[*zmq.Refusal](ev.Err)
	if !ok || r.Status != status || !strings.Contains(r.Text, text) || !strings.Contains(ev.Err.Error(), text) {
		g.Errorf("the server's event tells %v; want %d, %q", ev.Err, status, text)
	}
	if status == 300 {
		return // the client is told nothing
	}
	ev = g.until(client, zmq.EventHandshakeRefused)
	if r, ok := errors.AsType[*zmq.Refusal](ev.Err); !ok || r.Status != status || text != "" && strings.Contains(ev.Err.Error(), text) {
		g.Errorf("the client's event tells %v; want %d, and no reason", ev.Err, status)
	}
}

type authFunc = func(context.Context, zmq.AuthRequest) (zmq.Identity, error)

func TestAuthenticatorDecidesForEveryMechanism(t *testing.T) {
	server, err1 := zmq.NewCurveCert()
	client, err2 := zmq.NewCurveCert()
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		mechanism      string
		server, client []zmq.Option
		as             func(zmq.AuthRequest) bool
	}{
		{"NULL", nil, nil, func(r zmq.AuthRequest) bool { return r.Username == "" }},
		{"PLAIN", []zmq.Option{zmq.PlainServer.Of(true)}, []zmq.Option{zmq.PlainUsername.Of("alice"), zmq.PlainPassword.Of("sesame")},
			func(r zmq.AuthRequest) bool { return r.Username == "alice" && r.Password == "sesame" }},
		{"CURVE", []zmq.Option{server.AsServer()}, []zmq.Option{client.AsClient(server.Public)},
			func(r zmq.AuthRequest) bool { return r.PublicKey == client.Public }},
	} {
		t.Run(c.mechanism, func(t *testing.T) {
			var mu sync.Mutex
			var last zmq.AuthRequest
			answer := authFunc(nil)
			g := guard(t, append(c.server, zmq.ZAPDomain.Of("global"), zmq.Authenticate(zmq.AuthFunc(
				func(ctx context.Context, r zmq.AuthRequest) (zmq.Identity, error) {
					mu.Lock()
					defer mu.Unlock()
					last = r
					return answer(ctx, r)
				})))...)
			as := func(f authFunc) { mu.Lock(); defer mu.Unlock(); answer = f }

			as(func(context.Context, zmq.AuthRequest) (zmq.Identity, error) {
				return zmq.Identity{UserID: "Alice", Metadata: map[string]string{"X-Team": "blue", "Role": "boss"}}, nil
			})
			s, _ := g.connect(c.client...)
			m := g.receive()
			p := m.Peer()
			team, _ := p.Property("X-Team")
			role, _ := p.Property("Role")
			user, _ := p.Property("User-Id")
			if p.UserID != "Alice" || user != "Alice" || team != "blue" || role != "boss" || p.Mechanism != c.mechanism {
				t.Errorf("%+v, team %q, role %q, user id %q", p, team, role, user)
			}
			mu.Lock()
			r := last
			mu.Unlock()
			if r.Mechanism != c.mechanism || r.Domain != "global" || r.Address != "127.0.0.1" || r.Endpoint != g.addr || r.Remote == "" || r.Local == "" || !r.Incoming || !c.as(r) {
				t.Errorf("%+v", r)
			}
			s.Close()

			for _, no := range []struct {
				err    error
				status int
				text   string
			}{
				{zmq.Refuse("not %s", "you"), 400, "not you"},
				{&zmq.Refusal{Text: "nobody"}, 400, "nobody"},
				{&zmq.Refusal{Status: 300, Text: "later"}, 300, "later"},
				{&zmq.Refusal{Status: 500, Text: "mine"}, 500, "mine"},
				{errors.New("no database"), 500, "no database"},
				{&zmq.Refusal{Status: 42, Text: "odd"}, 500, "42"},
			} {
				as(func(context.Context, zmq.AuthRequest) (zmq.Identity, error) { return zmq.Identity{UserID: "x"}, no.err })
				s, events := g.connect(c.client...)
				g.refused(events, no.status, no.text)
				s.Close()
			}

			as(func(context.Context, zmq.AuthRequest) (zmq.Identity, error) { panic("oops") })
			s, events := g.connect(c.client...)
			g.refused(events, 500, "panicked: oops")
			s.Close()

			// And the socket lives on.
			as(func(context.Context, zmq.AuthRequest) (zmq.Identity, error) { return zmq.Identity{}, nil })
			g.connect(c.client...)
			if p := g.receive().Peer(); p.UserID != "" {
				t.Errorf("%+v", p)
			}
		})
	}
}

// An Authenticator that takes its time keeps no other connection waiting, and not for longer than the
// handshake may take.
func TestAuthenticatorMayTakeItsTime(t *testing.T) {
	asked, ended := make(chan struct{}, 100), make(chan error, 100)
	g := guard(t, zmq.PlainServer.Of(true), zmq.HandshakeInterval.Of(200*time.Millisecond), zmq.Authenticate(zmq.AuthFunc(
		func(ctx context.Context, r zmq.AuthRequest) (zmq.Identity, error) {
			if r.Username == "fast" {
				return zmq.Identity{}, nil
			}
			asked <- struct{}{}
			<-ctx.Done()
			ended <- ctx.Err()
			return zmq.Identity{}, ctx.Err()
		})))
	g.connect(zmq.PlainUsername.Of("slow"), zmq.PlainPassword.Of("x"))
	<-asked
	g.connect(zmq.PlainUsername.Of("fast"), zmq.PlainPassword.Of("x"))
	g.receive()
	<-ended
	g.until(g.events, zmq.EventHandshakeFailed)
}

// Close ends the waiting.
func TestCloseWhileAuthenticating(t *testing.T) {
	asked := make(chan struct{}, 100)
	g := guard(t, zmq.HandshakeInterval.Of(limit), zmq.Authenticate(zmq.AuthFunc(
		func(ctx context.Context, r zmq.AuthRequest) (zmq.Identity, error) {
			asked <- struct{}{}
			<-ctx.Done()
			return zmq.Identity{}, ctx.Err()
		})))
	g.connect()
	<-asked
	if err := g.s.Close(); err != nil {
		t.Error(err)
	}
	if g.ctx.Err() != nil {
		t.Error("it waited for the handshake")
	}
}

// A socket with keys, names or an Authenticator takes nobody who has not.
func TestNobodyWalksAround(t *testing.T) {
	server, err := zmq.NewCurveCert()
	if err != nil {
		t.Fatal(err)
	}
	any := zmq.Authenticate(zmq.AuthFunc(func(context.Context, zmq.AuthRequest) (zmq.Identity, error) { return zmq.Identity{}, nil }))
	curve := []zmq.Option{server.AsServer(), any}
	plain := []zmq.Option{zmq.PlainServer.Of(true), any}
	for _, c := range []struct {
		what           string
		server, client []zmq.Option
		says           []string
	}{
		{"NULL to CURVE", curve, nil, []string{"NULL", "CURVE"}},
		{"PLAIN to CURVE", curve, []zmq.Option{zmq.PlainUsername.Of("x"), zmq.PlainPassword.Of("y")}, []string{"PLAIN", "CURVE"}},
		{"NULL to PLAIN", plain, nil, []string{"NULL", "PLAIN"}},
		{"CURVE to NULL", nil, []zmq.Option{server.AsClient(server.Public)}, []string{"NULL", "CURVE"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			g := guard(t, c.server...)
			_, events := g.connect(c.client...)
			for _, ev := range []zmq.Event{g.until(g.events, zmq.EventProtocolError), g.until(events, zmq.EventProtocolError)} {
				for _, name := range c.says {
					if !strings.Contains(ev.Err.Error(), name) {
						t.Errorf("%v does not say %s", ev.Err, name)
					}
				}
			}
			if _, ok, _ := g.s.TryRecv(); ok {
				t.Error("the message came through")
			}
		})
	}
	// Peers of ZMTP 1.0 and 2.0 cannot be asked who they are.
	for version, hello := range map[string]string{
		"1.0": "\x01\x00" + "\x06\x00hello",
		"2.0": "\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x01\x08\x00\x00" + "\x00\x05hello",
	} {
		for name, options := range map[string][]zmq.Option{"CURVE": curve, "PLAIN": plain, "NULL with an authenticator": {any}} {
			g := guard(t, options...)
			conn, err := net.Dial("tcp", strings.TrimPrefix(g.addr, "tcp://"))
			if err != nil {
				t.Fatal(err)
			}
			conn.SetDeadline(time.Now().Add(limit))
			io.WriteString(conn, hello)
			io.Copy(io.Discard, conn) // until the socket closes it
			conn.Close()
			g.until(g.events, zmq.EventDisconnected)
			if m, ok, _ := g.s.TryRecv(); ok {
				t.Errorf("%s: %q of a peer of ZMTP %s came through", name, m, version)
			}
		}
	}
}

// A ZAP handler is a socket like any other.
func TestZAPHandlerOfTheGoAPI(t *testing.T) {
	g := guard(t, zmq.PlainServer.Of(true), zmq.ZAPDomain.Of("global"), zmq.RoutingID.Of([]byte("me")))

	// Without one, nobody comes in by PLAIN.
	s, _ := g.connect(zmq.PlainUsername.Of("alice"), zmq.PlainPassword.Of("sesame"))
	if ev := g.until(g.events, zmq.EventHandshakeFailed); !errors.Is(ev.Err, syscall.EFAULT) {
		t.Error(ev.Err)
	}
	s.Close()

	handler := g.socket(zmq.Rep)
	if _, err := handler.Bind("inproc://zeromq.zap.01"); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() { // owned by the test, through Cleanup
		for m, err := range handler.Messages(g.ctx) {
			if err != nil {
				return
			}
			status := "400"
			if m.Len() == 8 && string(m.Frame(2)) == "global" && string(m.Frame(3)) == "127.0.0.1" && string(m.Frame(4)) == "me" &&
				string(m.Frame(5)) == "PLAIN" && string(m.Frame(6)) == "alice" && string(m.Frame(7)) == "sesame" {
				status = "200"
			}
			handler.Send(g.ctx, m.Frame(0), m.Frame(1), []byte(status), []byte("so it is"), []byte("Alice"), nil)
		}
	})
	t.Cleanup(wg.Wait)
	g.connect(zmq.PlainUsername.Of("alice"), zmq.PlainPassword.Of("sesame"))
	if p := g.receive().Peer(); p.UserID != "Alice" {
		t.Errorf("%+v", p)
	}
	_, events := g.connect(zmq.PlainUsername.Of("alice"), zmq.PlainPassword.Of("open"))
	g.refused(events, 400, "so it is")
}
