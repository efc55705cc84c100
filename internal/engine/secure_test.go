package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/curve"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// curveConfigs are the two sides of a CURVE connection.
func curveConfigs(t testing.TB) (client, server *Config) {
	t.Helper()
	pub, sec, err1 := curve.NewKeypair()
	spub, ssec, err2 := curve.NewKeypair()
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	client, server = config(), config()
	client.Security = mech.Settings{Mechanism: opt.MechCurve, Sec: opt.Sec{CurvePublicKey: pub, CurvePublicSet: true, CurveSecretKey: sec, CurveServerKey: spub}}
	server.Security = mech.Settings{Mechanism: opt.MechCurve, Sec: opt.Sec{Server: true, CurveSecretKey: ssec}}
	return client, server
}

func plainConfigs() (client, server *Config) {
	client, server = config(), config()
	client.Security = mech.Settings{Mechanism: opt.MechPlain, Sec: opt.Sec{PlainUsername: "joe", PlainPassword: "secret"}}
	server.Security = mech.Settings{Mechanism: opt.MechPlain, Sec: opt.Sec{Server: true}}
	server.Auth = func(_ context.Context, r mech.Request) mech.Reply {
		if r.Mechanism == "PLAIN" && string(r.Credentials[0]) == "joe" && string(r.Credentials[1]) == "secret" {
			return mech.Reply{Status: 200, UserID: "Joe", Metadata: []zmtp.Property{{Name: "X-group", Value: "staff"}, {Name: "X-a", Value: "zap"}}}
		}
		return mech.Reply{Status: 400, Text: "no such user"}
	}
	return client, server
}

// a pair is two engines that talk to each other.
type pair struct{ a, b *run }

func both(t *testing.T, a, b *Config) pair {
	t.Helper()
	near, far := link2(t)
	p := pair{startOn(t, near, far, a, newSock(t, pipe.Marks{})), startOn(t, far, near, b, newSock(t, pipe.Marks{}))}
	t.Cleanup(func() {
		near.Close()
		far.Close()
	})
	return p
}

// Messages of every size and shape, both ways, under each mechanism.
func TestSecureTraffic(t *testing.T) {
	pc, ps := plainConfigs()
	cc, cs := curveConfigs(t)
	for _, c := range []struct{ client, server *Config }{{pc, ps}, {cc, cs}} {
		p := both(t, c.client, c.server)
		for _, way := range [][2]*run{{p.a, p.b}, {p.b, p.a}} {
			var want []string
			for i, n := range []int{0, 1, 30, 31, 32, 200, 222, 223, 255, 256, 2000, 8191, 8192, 16383, 16384, 65535, 65536, 300_000, 3_000_000} {
				frames := []string{letters(n), "", fmt.Sprint(i), letters(n / 2)}[:1+i%4]
				way[0].send(frames...)
				want = append(want, strings.Join(frames, "|"))
			}
			for i := range 3000 {
				way[0].send(fmt.Sprint(i))
				want = append(want, fmt.Sprint(i))
			}
			for i, w := range want {
				if got := way[1].recv(); got != w {
					t.Fatalf("message %d: %d bytes, want %d", i, len(got), len(w))
				}
			}
		}
		p.a.close()
		p.a.over()
		p.b.over()
	}
}

// Who the peer is, and what the authenticator said of it.
func TestSecurePeer(t *testing.T) {
	client, server := plainConfigs()
	client.Wire.Metadata = []opt.Property{{Name: "X-a", Value: "mine"}}
	p := both(t, client, server)
	p.a.send("x")
	p.b.recv()
	peer := p.b.far.Peer()
	for name, want := range map[string]string{"User-Id": "Joe", "X-group": "staff", "X-a": "zap", "Socket-Type": "DEALER"} {
		if got, ok := peer.Get(name); !ok || got != want {
			t.Errorf("%s: %q, %v", name, got, ok)
		}
	}
	if peer.Mechanism != "PLAIN" {
		t.Errorf("mechanism %q", peer.Mechanism)
	}
	p.b.send("y")
	p.a.recv()
	if _, ok := p.a.far.Peer().Get("User-Id"); ok {
		t.Error("the client has asked nobody")
	}
	p.a.close()
	p.a.over()
	p.b.over()
}

// What both sides end with when the handshake fails.
func TestSecureRefusals(t *testing.T) {
	say := func(r mech.Reply) func(context.Context, mech.Request) mech.Reply {
		return func(context.Context, mech.Request) mech.Reply { return r }
	}
	auth := func(err error, status int) bool {
		ae, ok := errors.AsType[*mech.AuthError](err)
		return ok && ae.Status == status
	}
	code := func(err error, code uint32) bool {
		pe, ok := errors.AsType[*mech.ProtocolError](err)
		return ok && pe.Code == code
	}
	for _, c := range []struct {
		name           string
		plain          bool
		change         func(client, server *Config)
		client, server func(error) bool
	}{
		{"400", false, func(_, s *Config) { s.Auth = say(mech.Reply{Status: 400, Text: "no"}) },
			func(err error) bool { return auth(err, 400) }, func(err error) bool { return auth(err, 400) }},
		{"500", true, func(_, s *Config) { s.Auth = say(mech.Reply{Status: 500}) },
			func(err error) bool { return auth(err, 500) }, func(err error) bool { return auth(err, 500) }},
		{"300", false, func(_, s *Config) { s.Auth = say(mech.Reply{Status: 300}) },
			func(err error) bool { return errors.Is(err, errClosedByPeer) }, func(err error) bool { return auth(err, 300) }},
		{"wrong password", true, func(c, _ *Config) { c.Security.Sec.PlainPassword = "x" },
			func(err error) bool { return auth(err, 400) }, func(err error) bool { return auth(err, 400) }},
		{"nobody", true, func(_, s *Config) { s.Auth = nil },
			func(err error) bool { return strings.Contains(err.Error(), "PLAIN HELLO") },
			func(err error) bool { return errors.Is(err, errno.EFAULT) }},
		{"nobody, domain enforced", false, func(_, s *Config) { s.Security.Enforce, s.Security.Domain = true, "d" },
			func(err error) bool { return strings.Contains(err.Error(), "CURVE INITIATE") },
			func(err error) bool { return errors.Is(err, errno.EFAULT) }},
		{"server key", false, func(c, _ *Config) { c.Security.Sec.CurveServerKey = c.Security.Sec.CurvePublicKey },
			func(err error) bool { return strings.Contains(err.Error(), "server key is probably wrong") },
			func(err error) bool { return code(err, mech.Cryptographic) }},
		{"no server key", false, func(c, _ *Config) { c.Security.Sec.CurveServerKey = [32]byte{} },
			func(err error) bool { return errors.Is(err, errno.EINVAL) }, func(err error) bool { return errors.Is(err, errClosedByPeer) }},
		{"keys of two pairs", false, func(c, _ *Config) { c.Security.Sec.CurvePublicKey = c.Security.Sec.CurveServerKey },
			func(err error) bool { return strings.Contains(err.Error(), "CURVE INITIATE") },
			func(err error) bool { return code(err, mech.Cryptographic) }},
		{"mechanism", false, func(c, _ *Config) { c.Security = mech.Settings{} },
			func(err error) bool { return code(err, mech.MechanismMismatch) },
			func(err error) bool { return code(err, mech.MechanismMismatch) }},
		{"two clients", true, func(c, s *Config) { s.Security = c.Security },
			func(err error) bool { return err != nil }, func(err error) bool { return err != nil }},
		{"socket type of the authenticator", false, func(_, s *Config) {
			s.Auth = say(mech.Reply{Status: 200, Metadata: []zmtp.Property{{Name: "Socket-Type", Value: "PUB"}}})
		}, func(err error) bool { return errors.Is(err, errClosedByPeer) }, func(err error) bool { return code(err, 0) }},
		{"GSSAPI", false, func(c, s *Config) { c.Security.Mechanism, s.Security.Mechanism = opt.MechGSSAPI, opt.MechGSSAPI },
			func(err error) bool { return err != nil }, func(err error) bool { return errors.Is(err, errno.EPROTONOSUPPORT) || errors.Is(err, errClosedByPeer) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, server := curveConfigs(t)
			if c.plain {
				client, server = plainConfigs()
			}
			c.change(client, server)
			p := both(t, client, server)
			cerr, serr := p.a.over(), p.b.over()
			if !c.client(cerr) || !c.server(serr) {
				t.Errorf("client: %v\nserver: %v", cerr, serr)
			}
			for _, err := range []error{cerr, serr} {
				if _, ok := err.(*HandshakeError); !ok {
					t.Errorf("%T is no error of the handshake", err)
				}
			}
		})
	}
}

// NULL asks too where there is a domain, and about every peer where it is told
// to.
func TestNullAsks(t *testing.T) {
	for _, c := range []struct {
		s    mech.Settings
		asks bool
	}{{mech.Settings{}, false}, {mech.Settings{Domain: "d"}, true}, {mech.Settings{Always: true}, true}} {
		client, server := config(), config()
		server.Security, server.Endpoint, server.Incoming = c.s, "tcp://here", true
		asked := make(chan mech.Request, 1)
		server.Auth = func(_ context.Context, r mech.Request) mech.Reply {
			asked <- r
			return mech.Reply{Status: 200}
		}
		p := both(t, client, server)
		p.a.send("x")
		p.b.recv()
		if _, known := p.b.far.Peer().Get("User-Id"); known != c.asks || len(asked) > 0 != c.asks {
			t.Errorf("%+v: asked %d times, known %v", c.s, len(asked), known)
		}
		if c.asks {
			if r := <-asked; r.Mechanism != "NULL" || len(r.Credentials) > 0 || r.Endpoint != "tcp://here" || !r.Incoming || r.Remote == "" {
				t.Errorf("%+v", r)
			}
		}
		p.a.close()
		p.a.over()
		p.b.over()
	}
}

// The question ends when the peer goes, when HANDSHAKE_IVL is over, and when
// the socket closes.
func TestQuestionEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(r *run, server *Config)
		want error
	}{
		{"peer", func(r *run, _ *Config) {
			io.ReadFull(r.conn, make([]byte, 64)) // what is unread would reset the connection
			r.conn.Close()
		}, errClosedByPeer},
		{"time", nil, ErrHandshakeTimeout},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := config()
			server.Security.Domain = "d"
			if c.end == nil {
				server.HandshakeIvl = 100 * time.Millisecond
			}
			asked := make(chan bool, 1)
			server.Auth = func(ctx context.Context, r mech.Request) mech.Reply {
				asked <- true
				<-ctx.Done()
				return mech.Reply{Status: 200}
			}
			r := start(t, server, newSock(t, pipe.Marks{}))
			r.write(hello("DEALER"))
			<-asked
			if c.end != nil {
				c.end(r, server)
			}
			r.wantEnd(c.want, "")
		})
	}
}

// Peers that know no handshake are refused where there must be one.
func TestOldPeersAreRefused(t *testing.T) {
	for _, d := range dialects() {
		if d.version.Major >= 3 || d.name == "revision 2" {
			continue
		}
		for _, s := range []mech.Settings{{Mechanism: opt.MechPlain}, {Domain: "d"}} {
			cfg := config()
			cfg.Security = s
			r := newSock(t, pipe.Marks{})
			err := Run(newScript(d.steps...), cfg, r.ready)
			pe, ok := errors.AsType[*mech.ProtocolError](err)
			if !ok || r.peer != nil || !strings.Contains(pe.Text, "before 3.0") {
				t.Errorf("%s: %v", d.name, err)
			}
		}
	}
}
