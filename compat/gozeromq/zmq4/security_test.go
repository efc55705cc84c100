package zmq4_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/auth"
	. "github.com/zeroth-mq/zmq/compat/gozeromq/zmq4"
	"github.com/zeroth-mq/zmq/compat/gozeromq/zmq4/security/curve"
	"github.com/zeroth-mq/zmq/compat/gozeromq/zmq4/security/null"
	"github.com/zeroth-mq/zmq/compat/gozeromq/zmq4/security/plain"
)

func keys(t *testing.T) *zmq.CurveCert {
	t.Helper()
	c, err := zmq.NewCurveCert()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestSecurity: who may come in, whichever side listens.
func TestSecurity(t *testing.T) {
	server, me, stranger := keys(t), keys(t), keys(t)
	secure := curve.Server(server, auth.Keys(me.Public))
	for name, c := range map[string]struct {
		server, client Security
		ok             bool
	}{
		"nil is NULL":       {nil, null.Security(), true},
		"PLAIN":             {plain.Security("user", "secret"), plain.Security("user", "secret"), true},
		"wrong password":    {plain.Security("user", "secret"), plain.Security("user", "secres"), false},
		"wrong user":        {plain.Security("user", "secret"), plain.Security("usr", "secret"), false},
		"no password":       {plain.Security("user", "secret"), nil, false},
		"PLAIN and CURVE":   {plain.Security("user", "secret"), curve.Client(me, server.Public), false},
		"CURVE":             {secure, curve.Client(me, server.Public), true},
		"CURVE for anybody": {curve.Server(server, nil), curve.Client(stranger, server.Public), true},
		"a stranger":        {secure, curve.Client(stranger, server.Public), false},
		"another server":    {secure, curve.Client(me, stranger.Public), false},
	} {
		t.Run(name, func(t *testing.T) {
			rep := NewRep(ctx, WithSecurity(c.server), quiet)
			ep := listen(t, rep, local)
			for _, typ := range []SocketType{Req, Dealer} {
				s := constructors[typ](ctx, WithSecurity(c.client))
				err := s.Dial(ep)
				if (err == nil) != c.ok {
					t.Errorf("%s: %v", typ, err)
				}
				if err != nil && !strings.HasPrefix(err.Error(), "zmq4: could not open a ZMTP connection: ") {
					t.Error(err)
				}
				if err == nil && typ == Req {
					send(t, s, "a")
					expect(t, rep, "a")
					send(t, rep, "b")
					expect(t, s, "b")
				}
				s.Close()
			}
		})
	}
}

// TestSecurityFails: what cannot be used is told by Listen and Dial.
func TestSecurityFails(t *testing.T) {
	pull := NewPull(ctx)
	ep := listen(t, pull, local)
	for name, sec := range map[string]Security{
		"foreign": reverse{null.Security()}, "no secret key": curve.Server(&zmq.CurveCert{}, nil), "no certificate": curve.Client(nil, zmq.CurveKey{}),
	} {
		for _, typ := range []SocketType{Push, Req} {
			s := constructors[typ](ctx, WithSecurity(sec))
			if err := s.Dial(ep); err == nil {
				t.Errorf("%s: dialled", name)
			}
			if err := s.Listen(local); err == nil {
				t.Errorf("%s: listens", name)
			}
			s.Close()
		}
	}
	long := NewPush(ctx, WithSecurity(plain.Security(strings.Repeat("u", 256), "p")))
	defer long.Close()
	if err := long.Dial(ep); err == nil {
		t.Error("a user of 256 bytes")
	}
}

func TestSecurityValues(t *testing.T) {
	for sec, typ := range map[Security]SecurityType{null.Security(): NullSecurity, plain.Security("u", "p"): PlainSecurity} {
		var sealed, open bytes.Buffer
		if _, err := sec.Encrypt(&sealed, []byte("data")); err != nil {
			t.Fatal(err)
		}
		if _, err := sec.Decrypt(&open, sealed.Bytes()); err != nil || open.String() != "data" || sec.Type() != typ {
			t.Errorf("%s, %v, %q", sec.Type(), err, open.String())
		}
	}
	sec := curve.Server(nil, nil)
	_, e1 := sec.Encrypt(nil, nil)
	_, e2 := sec.Decrypt(nil, nil)
	if sec.Type() != CurveSecurity || e1 == nil || e2 == nil {
		t.Error(sec.Type(), e1, e2)
	}
}
