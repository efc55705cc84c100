package mech

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/zmtp"
)

func plainClientSettings() *Settings {
	return &Settings{Mechanism: opt.MechPlain, Sec: opt.Sec{PlainUsername: "joe", PlainPassword: "secret"}}
}

func plainServerSettings() *Settings {
	return &Settings{Mechanism: opt.MechPlain, Sec: opt.Sec{Server: true}}
}

// a couple makes the two sides of a handshake.
type couple struct {
	name           string
	client, server func() *Settings
}

var couples = []couple{
	{"PLAIN", plainClientSettings, plainServerSettings},
	{"CURVE", clientSettings, serverSettings},
}

func begin(t testing.TB, s *Settings) Mechanism {
	t.Helper()
	m, err := New(s, local())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// answer lets the peer in wherever a side asks.
func answer(m Mechanism) {
	if m.Ask() != nil {
		m.Answer(Reply{Status: 200})
	}
}

// run takes a new handshake through its first n commands, and returns both
// sides and those commands.
func (c couple) run(t testing.TB, n int) (client, server Mechanism, said [][]byte) {
	t.Helper()
	client, server = begin(t, c.client()), begin(t, c.server())
	for i := range n {
		from, to := client, server
		if i%2 == 1 {
			from, to = server, client
		}
		body, ok := from.Next()
		if !ok {
			t.Fatalf("command %d is not there", i)
		}
		said = append(said, bytes.Clone(body))
		if err := to.Process(body); err != nil {
			t.Fatal(err)
		}
		answer(to)
	}
	return client, server, said
}

func TestHandshakes(t *testing.T) {
	for _, c := range couples {
		client, server, _ := c.run(t, 4)
		for _, m := range []Mechanism{client, server} {
			if !m.Done() || !slices.Equal(m.Peer(), said) || m.Refused() != nil {
				t.Errorf("%s: done %v, peer %v", c.name, m.Done(), m.Peer())
			}
			if body, ok := m.Next(); ok {
				t.Errorf("%s: said %q on top", c.name, body)
			}
		}
	}
}

// turn is the handshake with command n due, said by from.
func (c couple) turn(t testing.TB, n int) (from, to Mechanism) {
	client, server, _ := c.run(t, n)
	if n%2 == 1 {
		return server, client
	}
	return client, server
}

// Whichever command is cut at whatever byte, the handshake fails and says so.
func TestHandshakeCutAnywhere(t *testing.T) {
	for _, c := range couples {
		for i := range 4 {
			from, to := c.turn(t, i)
			body, _ := from.Next()
			if c.name == "PLAIN" && i >= 2 {
				// A READY that ends with a property is a READY.
				body = body[:len(body)-1]
			}
			for n := range body {
				if c.name == "PLAIN" && i >= 2 && wholeProperties(body[:n]) {
					continue
				}
				_, to = c.turn(t, i)
				err := to.Process(body[:n:n])
				if pe, ok := errors.AsType[*ProtocolError](err); !ok || pe.Code == 0 && c.name == "CURVE" || !errors.Is(err, errno.EPROTO) {
					t.Fatalf("%s, command %d cut at %d: %v", c.name, i, n, err)
				}
				answer(to)
				if to.Done() {
					t.Fatalf("%s, command %d cut at %d: done", c.name, i, n)
				}
			}
			if err := to.Process(append(bytes.Clone(body), 0)); err == nil && i < 2 {
				t.Errorf("%s, command %d with a byte behind it was accepted", c.name, i)
			}
		}
	}
}

func wholeProperties(body []byte) bool {
	_, data, err := zmtp.ParseCommand(body)
	if err != nil {
		return false
	}
	_, err = zmtp.ParseMetadata(data)
	return err == nil
}

// No byte of CURVE's commands can be changed, but for the padding of HELLO.
func TestCurveTampered(t *testing.T) {
	c := couples[1]
	for i := range 4 {
		from, to := c.turn(t, i)
		body, _ := from.Next()
		for n := range body {
			if i == 0 && n >= 8 && n < 8+padding {
				continue
			}
			bad := bytes.Clone(body)
			bad[n] ^= 0x40
			if err := begun(t, to).Process(bad); err == nil {
				t.Errorf("command %d: byte %d may be changed", i, n)
			}
		}
	}
}

// begun is a copy of to, which a failed command may have changed.
func begun(t *testing.T, to Mechanism) Mechanism {
	t.Helper()
	switch m := to.(type) {
	case *curveClient:
		n := *m
		return &n
	case *curveServer:
		n := *m
		return &n
	}
	t.Fatal("no CURVE")
	return nil
}

// At each step all commands but the one that is due are refused, those that
// were right before included.
func TestHandshakeOutOfOrder(t *testing.T) {
	for _, c := range couples {
		_, _, all := c.run(t, 4)
		for i := range 5 {
			client, server, _ := c.run(t, i)
			for _, m := range []Mechanism{client, server} {
				for j, body := range all {
					due := j == i && (m == server) == (j%2 == 0)
					if due {
						continue
					}
					err := m.Process(body)
					if pe, ok := errors.AsType[*ProtocolError](err); !ok || pe.Code != UnexpectedCommand {
						t.Errorf("%s, step %d, %T: command %d: %v", c.name, i, m, j, err)
					}
				}
				for _, name := range []string{"MESSAGE", "PING", "SUBSCRIBE", "X"} {
					if err := m.Process(zmtp.AppendCommandBody(nil, name, []byte("data"))); err == nil {
						t.Errorf("%s, step %d, %T: %s was accepted", c.name, i, m, name)
					}
				}
			}
		}
	}
}

// Commands of another connection are worth nothing.
func TestCurveReplay(t *testing.T) {
	c := couples[1]
	_, _, old := c.run(t, 4)
	for i := 1; i < 4; i++ {
		_, to := c.turn(t, i)
		err := to.Process(old[i])
		if pe, ok := errors.AsType[*ProtocolError](err); !ok || pe.Code != Cryptographic {
			t.Errorf("command %d: %v", i, err)
		}
	}
}

// A vouch must be for this connection, and given to this server.
func TestVouch(t *testing.T) {
	for _, change := range []func(*curveClient){
		func(c *curveClient) { c.shortPublic[0]++ },
		func(c *curveClient) { c.server[0]++ },
	} {
		client, server, _ := couples[1].run(t, 2)
		change(client.(*curveClient))
		body, _ := client.Next()
		wantError(t, "vouch", server.Process(body), KeyExchange, "vouches")
	}
	client, server, _ := couples[1].run(t, 2)
	client.(*curveClient).public = serverPublic
	body, _ := client.Next()
	wantError(t, "vouch", server.Process(body), Cryptographic, "belong together")
}

// What a handshake does about each decision.
func TestDecisions(t *testing.T) {
	enforced := func(s *Settings) *Settings {
		s.Enforce = true
		return s
	}
	domain := func(s *Settings) *Settings {
		s.Domain = "d"
		return s
	}
	nobody := func(err error) bool { return err == ErrNoAuthenticator }
	refused := func(status int) func(error) bool {
		return func(err error) bool {
			ae, ok := errors.AsType[*AuthError](err)
			return ok && ae.Status == status
		}
	}
	null := func() *Settings { return domain(&Settings{}) }
	for _, c := range []struct {
		name  string
		s     *Settings
		reply Reply
		said  string           // to a peer that is refused
		want  func(error) bool // nil: it is let in
	}{
		{"NULL", null(), Reply{Status: 200}, "", nil},
		{"NULL 400", null(), Reply{Status: 400}, "\x05ERROR\x03400", refused(400)},
		{"NULL 300", null(), Reply{Status: 300}, "", refused(300)},
		{"NULL, nobody", null(), Reply{Err: ErrNoAuthenticator}, "", nil},
		{"NULL, nobody, enforced", enforced(null()), Reply{Err: ErrNoAuthenticator}, "", nobody},
		{"NULL, fault", null(), Reply{Err: errno.EINVAL}, "", func(err error) bool { return err == errno.EINVAL }},
		{"PLAIN", plainServerSettings(), Reply{Status: 200}, "", nil},
		{"PLAIN 400", plainServerSettings(), Reply{Status: 400}, "^RROR\x03400", refused(400)},
		{"PLAIN 500", plainServerSettings(), Reply{Status: 500}, "^RROR\x03500", refused(500)},
		{"PLAIN, nobody", plainServerSettings(), Reply{Err: ErrNoAuthenticator}, "", nobody},
		{"CURVE", serverSettings(), Reply{Status: 200}, "", nil},
		{"CURVE 500", serverSettings(), Reply{Status: 500}, "\x05ERROR\x03500", refused(500)},
		{"CURVE 300", serverSettings(), Reply{Status: 300}, "", refused(300)},
		{"CURVE, nobody", serverSettings(), Reply{Err: ErrNoAuthenticator}, "", nil},
		{"CURVE, nobody, domain", domain(serverSettings()), Reply{Err: ErrNoAuthenticator}, "", nil},
		{"CURVE, nobody, domain enforced", enforced(domain(serverSettings())), Reply{Err: ErrNoAuthenticator}, "", nobody},
	} {
		m := begin(t, c.s)
		switch c.s.Mechanism {
		case opt.MechPlain:
			hello, _ := begin(t, plainClientSettings()).Next()
			m.Process(hello)
		case opt.MechCurve:
			client := begin(t, clientSettings())
			relay(t, client, m)
			relay(t, m, client)
			relay(t, client, m)
		}
		if body, ok := m.Next(); ok || m.Ask() == nil || m.Refused() != nil {
			t.Fatalf("%s: said %q, asks %v", c.name, body, m.Ask())
		}
		m.Answer(c.reply)
		if m.Ask() != nil {
			t.Errorf("%s: asks twice", c.name)
		}
		body, _ := m.Next()
		if c.want == nil {
			if m.Refused() != nil || body == nil {
				t.Errorf("%s: refused with %v, said %q", c.name, m.Refused(), body)
			}
			continue
		}
		if !c.want(m.Refused()) {
			t.Errorf("%s: refused with %v", c.name, m.Refused())
		}
		if string(body) != c.said || m.Done() {
			t.Errorf("%s: said %q", c.name, body)
		}
		if body, ok := m.Next(); ok {
			t.Errorf("%s: said %q on top", c.name, body)
		}
		if c.said != "" {
			client := begin(t, plainClientSettings())
			client.Next()
			wantRefusal(t, client.Process([]byte(c.said)), c.reply.Status)
		}
	}
	if m := begin(t, enforced(serverSettings())).(*curveServer); !m.skip {
		t.Error("nobody is asked without a domain where that is enforced")
	}
}

func relay(t *testing.T, from, to Mechanism) {
	t.Helper()
	body, _ := from.Next()
	if err := to.Process(body); err != nil {
		t.Fatal(err)
	}
}

// Keys and passwords do not get into what is printed.
func TestNothingIsTold(t *testing.T) {
	s := clientSettings()
	s.Sec.PlainPassword = "hunter2"
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%+v", *s), fmt.Sprintf("%#v", s.Sec), fmt.Sprintf("%x", s.Sec)} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, fmt.Sprint(clientSecret[:4])[1:10]) || strings.Contains(text, fmt.Sprintf("%x", clientSecret[:4])) {
			t.Errorf("tells %s", text)
		}
	}
}

func fuzzHandshake(f *testing.F, c couple) {
	_, _, all := c.run(f, 4)
	for i, body := range all {
		f.Add(byte(i), body)
	}
	f.Add(byte(1), []byte("^RROR\x03400"))
	f.Add(byte(1), []byte("\x05ERROR\x03400"))
	f.Fuzz(func(t *testing.T, at byte, body []byte) {
		_, to := c.turn(t, int(at%4))
		err := to.Process(body)
		if err != nil && !errors.Is(err, errno.EPROTO) && !errors.Is(err, errno.EACCES) {
			t.Fatalf("%v is neither a protocol error nor a refusal", err)
		}
		answer(to)
		to.Next()
		if c.name == "CURVE" && err == nil && to.Done() {
			t.Fatal("done without the key")
		}
	})
}

func FuzzPlain(f *testing.F) { fuzzHandshake(f, couples[0]) }
func FuzzCurve(f *testing.F) { fuzzHandshake(f, couples[1]) }
