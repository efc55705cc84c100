package zmq4_test

import (
	"fmt"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

// startAuth runs the authenticator until the test ends.
func startAuth(t *testing.T) {
	t.Helper()
	must(t, zmq.AuthStart())
	t.Cleanup(zmq.AuthStop)
}

// defaultSocket makes a socket in the default context, which the authenticator
// is for.
func defaultSocket(t *testing.T, kind zmq.Type) *zmq.Socket {
	t.Helper()
	s, err := zmq.NewSocket(kind)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	must(t, s.SetLinger(0))
	must(t, s.SetRcvtimeo(patience))
	must(t, s.SetSndtimeo(patience))
	return s
}

func TestAuthStartsOnce(t *testing.T) {
	zmq.AuthStop()
	startAuth(t)
	if err := zmq.AuthStart(); err == nil {
		t.Error("started twice")
	}
	zmq.AuthStop()
	s := defaultSocket(t, zmq.REP)
	must(t, s.Bind("inproc://zeromq.zap.01"))
	same(t, "somebody else answers", zmq.AuthStart(), error(zmq.EADDRINUSE))
	must(t, s.Close())
	must(t, zmq.AuthStart())
}

// Who is known gets in, with what is said of him; who is not does not.
func TestAuth(t *testing.T) {
	startAuth(t)
	serverPublic, serverSecret, err := zmq.NewCurveKeypair()
	must(t, err)
	public, secret, err := zmq.NewCurveKeypair()
	must(t, err)
	strangerPublic, strangerSecret, err := zmq.NewCurveKeypair()
	must(t, err)
	zmq.AuthPlainAdd("plain", "eve", "password")
	zmq.AuthCurveAdd("curve", public)
	zmq.AuthDeny("closed", "127.0.0.0/8")
	zmq.AuthSetMetadataHandler(func(_, _, domain, _, _, mechanism string, _ ...string) map[string]string {
		return map[string]string{"User-Id": "user of " + domain, "Via": mechanism}
	})
	t.Cleanup(func() {
		zmq.AuthPlainRemoveAll("plain")
		zmq.AuthCurveRemoveAll("curve")
		zmq.AuthSetMetadataHandler(nil)
	})
	for _, c := range []struct {
		domain string
		server func(*zmq.Socket) error
		client func(*zmq.Socket) error
		via    string // "": not let in
	}{
		{"null", func(s *zmq.Socket) error { return s.ServerAuthNull("null") }, func(*zmq.Socket) error { return nil }, "NULL"},
		{"closed", func(s *zmq.Socket) error { return s.ServerAuthNull("closed") }, func(*zmq.Socket) error { return nil }, ""},
		{"plain", func(s *zmq.Socket) error { return s.ServerAuthPlain("plain") },
			func(s *zmq.Socket) error { return s.ClientAuthPlain("eve", "password") }, "PLAIN"},
		{"plain", func(s *zmq.Socket) error { return s.ServerAuthPlain("plain") },
			func(s *zmq.Socket) error { return s.ClientAuthPlain("eve", "wrong") }, ""},
		{"curve", func(s *zmq.Socket) error { return s.ServerAuthCurve("curve", serverSecret) },
			func(s *zmq.Socket) error { return s.ClientAuthCurve(serverPublic, public, secret) }, "CURVE"},
		{"curve", func(s *zmq.Socket) error { return s.ServerAuthCurve("curve", serverSecret) },
			func(s *zmq.Socket) error { return s.ClientAuthCurve(serverPublic, strangerPublic, strangerSecret) }, ""},
	} {
		server, client := defaultSocket(t, zmq.PULL), defaultSocket(t, zmq.PUSH)
		must(t, c.server(server))
		must(t, c.client(client))
		must(t, client.SetImmediate(true))
		must(t, server.Bind("tcp://127.0.0.1:*"))
		must(t, client.Connect(endpoint(t, server)))
		if c.via == "" {
			must(t, client.SetSndtimeo(50*time.Millisecond))
			_, err := client.Send("x", 0)
			same(t, "a stranger's Send", err, error(again))
			continue
		}
		_, err := client.Send("x", 0)
		must(t, err)
		_, m, err := server.RecvWithMetadata(0, "User-Id", "Via")
		must(t, err)
		same(t, c.domain, fmt.Sprint(m), fmt.Sprintf("map[User-Id:user of %s Via:%s]", c.domain, c.via))
	}
}

func TestAuthMetaBlob(t *testing.T) {
	blob, err := zmq.AuthMetaBlob("key", "value")
	must(t, err)
	same(t, "blob", string(blob), "\x03key\x00\x00\x00\x05value")
	if blob, err := zmq.AuthMetaBlob(string(make([]byte, 256)), ""); err == nil || blob == nil {
		t.Errorf("%v %v", blob, err)
	}
}
