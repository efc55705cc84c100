package mech

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/zmtp"
)

func TestMain(m *testing.M) { testutil.Main(m) }

// null0 is the handshake of a socket without a domain.
func null0(l Local) Mechanism {
	m, _ := New(&Settings{}, l)
	return m
}

func local() Local {
	return Local{
		SocketType: "DEALER", RoutingID: []byte("me"), Announce: true,
		Metadata: []opt.Property{{Name: "X-a", Value: "1"}},
	}
}

var said = []zmtp.Property{{Name: "Socket-Type", Value: "DEALER"}, {Name: "Identity", Value: "me"}, {Name: "X-a", Value: "1"}}

// Either side may speak first.
func TestNullBothOrders(t *testing.T) {
	for _, first := range []bool{true, false} {
		m := null0(local())
		ready, _ := null0(local()).Next()
		if first {
			if body, ok := m.Next(); !ok || !reflect.DeepEqual(body, ready) {
				t.Fatalf("said %q, %v", body, ok)
			}
		}
		if m.Done() || m.Peer() != nil {
			t.Fatal("done too soon")
		}
		if err := m.Process(ready); err != nil {
			t.Fatal(err)
		}
		if !first {
			if m.Done() {
				t.Fatal("done before it spoke")
			}
			if body, ok := m.Next(); !ok || !reflect.DeepEqual(body, ready) {
				t.Fatalf("said %q, %v", body, ok)
			}
		}
		if !m.Done() || !reflect.DeepEqual(m.Peer(), said) {
			t.Errorf("done %v, peer %v", m.Done(), m.Peer())
		}
		if body, ok := m.Next(); ok {
			t.Errorf("said %q on top", body)
		}
	}
}

// The identity is announced, though empty, where the socket type has it, and
// only there.
func TestWhatNullSays(t *testing.T) {
	for _, c := range []struct {
		l    Local
		want string
	}{
		{Local{SocketType: "PUSH", RoutingID: []byte("me")}, "\x05READY\x0bSocket-Type\x00\x00\x00\x04PUSH"},
		{Local{SocketType: "REQ", Announce: true}, "\x05READY\x0bSocket-Type\x00\x00\x00\x03REQ\x08Identity\x00\x00\x00\x00"},
	} {
		if body, _ := null0(c.l).Next(); string(body) != c.want {
			t.Errorf("%q; want %q", body, c.want)
		}
	}
}

func wantError(t *testing.T, what string, err error, code uint32, text string) {
	t.Helper()
	var pe *ProtocolError
	if !errors.As(err, &pe) || !errors.Is(err, errno.EPROTO) {
		t.Errorf("%s: %v is neither a protocol error nor a refusal", what, err)
		return
	}
	if pe.Code != code || !strings.Contains(err.Error(), text) {
		t.Errorf("%s: %v, code %#x; want %q and %#x", what, err, pe.Code, text, code)
	}
}

func wantRefusal(t *testing.T, err error, status int) {
	t.Helper()
	ae, ok := errors.AsType[*AuthError](err)
	if !ok || ae.Status != status || !ae.Peer || Final(err) != (status != 300) || !errors.Is(err, errno.EACCES) {
		t.Errorf("%v; want a refusal with %d", err, status)
	}
}

// A READY or an ERROR cut at any byte is an error, but for a READY that ends
// with a property, and changes nothing.
func TestNullCutAnywhere(t *testing.T) {
	ready, _ := null0(local()).Next()
	whole := map[int]int{len("\x05READY"): 0}
	at := len("\x05READY")
	for i, p := range said {
		at += 1 + len(p.Name) + 4 + len(p.Value)
		whole[at] = i + 1
	}
	for n := range ready {
		m := null0(local())
		err := m.Process(ready[:n:n])
		props, ok := whole[n]
		switch {
		case ok && (err != nil || len(m.Peer()) != props):
			t.Errorf("READY cut at %d: %v, %v", n, err, m.Peer())
		case !ok && n < len("\x05READY"):
			wantError(t, "READY cut in its name", err, UnexpectedCommand, "handshake")
		case !ok:
			wantError(t, "READY cut", err, 0, "READY")
		}
		if !ok && m.Peer() != nil {
			t.Errorf("READY cut at %d left %v", n, m.Peer())
		}
		m.Next()
		if m.Done() != ok {
			t.Errorf("READY cut at %d: done %v", n, m.Done())
		}
	}
	refusal := zmtp.AppendCommandBody(nil, "ERROR", []byte{3}, []byte("400"))
	for n := range refusal {
		code, text := uint32(MalformedError), "ERROR"
		if n < len("\x05ERROR") {
			code, text = UnexpectedCommand, "handshake"
		}
		wantError(t, "ERROR cut", null0(local()).Process(refusal[:n:n]), code, text)
	}
	wantRefusal(t, null0(local()).Process(refusal), 400)
	wantRefusal(t, null0(local()).Process(append(refusal, "x"...)), 400)
	other := zmtp.AppendCommandBody(nil, "ERROR", []byte{3}, []byte("401"))
	wantError(t, "another ERROR", null0(local()).Process(other), 0, `"401"`)
}

func TestNullUnexpected(t *testing.T) {
	ready, _ := null0(local()).Next()
	for _, name := range []string{
		"HELLO", "WELCOME", "INITIATE", "MESSAGE", "PING", "PONG", "SUBSCRIBE", "CANCEL", "JOIN", "ready", "READY2", "X", strings.Repeat("n", 255),
	} {
		m := null0(local())
		wantError(t, name, m.Process(zmtp.AppendCommandBody(nil, name, []byte("data"))), UnexpectedCommand, name)
		if err := m.Process(ready); err != nil {
			t.Fatal(err)
		}
		wantError(t, name, m.Process(zmtp.AppendCommandBody(nil, name)), UnexpectedCommand, name)
	}
	m := null0(local())
	m.Process(ready)
	wantError(t, "READY twice", m.Process(ready), UnexpectedCommand, "READY")
	for _, body := range [][]byte{nil, {}, {0}, {0, 'x'}, {255}} {
		wantError(t, "no command", null0(local()).Process(body), UnexpectedCommand, "handshake")
	}
}

// What the peer said does not change with the buffer it came in.
func TestNullKeepsNoBuffer(t *testing.T) {
	ready, _ := null0(local()).Next()
	m := null0(local())
	m.Process(ready)
	clear(ready)
	if !reflect.DeepEqual(m.Peer(), said) {
		t.Errorf("%q", m.Peer())
	}
}

func FuzzNull(f *testing.F) {
	ready, _ := null0(local()).Next()
	f.Add(ready, ready)
	f.Add(zmtp.AppendCommandBody(nil, "ERROR", []byte{3}, []byte("400")), ready)
	f.Add([]byte("\x05READY\x01a\xff\xff\xff\xff"), []byte("\x04PING"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		m := null0(local())
		for _, body := range [][]byte{a, b} {
			before := m.(*null).ready
			err := m.Process(body)
			if err != nil && !errors.Is(err, errno.EPROTO) && !errors.Is(err, errno.EACCES) {
				t.Fatalf("%v is neither a protocol error nor a refusal", err)
			}
			if ready := m.(*null).ready; ready != (before || err == nil) {
				t.Fatalf("ready %v after %v", ready, err)
			}
		}
		size := 0
		for _, p := range m.Peer() {
			size += len(p.Name) + len(p.Value)
		}
		if size > max(len(a), len(b)) {
			t.Fatal("more properties than bytes")
		}
	})
}
