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
		m := NewNull(local())
		ready, _ := NewNull(local()).Next()
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
		if body, _ := NewNull(c.l).Next(); string(body) != c.want {
			t.Errorf("%q; want %q", body, c.want)
		}
	}
}

func wantError(t *testing.T, what string, err error, code uint32, text string) {
	t.Helper()
	var pe *ProtocolError
	if !errors.As(err, &pe) || !errors.Is(err, errno.EPROTO) {
		t.Errorf("%s: %v is no protocol error", what, err)
		return
	}
	if pe.Code != code || !strings.Contains(err.Error(), text) {
		t.Errorf("%s: %v, code %#x; want %q and %#x", what, err, pe.Code, text, code)
	}
}

// A READY or an ERROR cut at any byte is an error, but for a READY that ends
// with a property, and changes nothing.
func TestNullCutAnywhere(t *testing.T) {
	ready, _ := NewNull(local()).Next()
	whole := map[int]int{len("\x05READY"): 0}
	at := len("\x05READY")
	for i, p := range said {
		at += 1 + len(p.Name) + 4 + len(p.Value)
		whole[at] = i + 1
	}
	for n := range ready {
		m := NewNull(local())
		err := m.Process(ready[:n:n])
		props, ok := whole[n]
		switch {
		case ok && (err != nil || len(m.Peer()) != props):
			t.Errorf("READY cut at %d: %v, %v", n, err, m.Peer())
		case !ok && n < len("\x05READY"):
			wantError(t, "READY cut in its name", err, MalformedUnknown, "handshake")
		case !ok:
			wantError(t, "READY cut", err, InvalidMetadata, "READY")
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
			code, text = MalformedUnknown, "handshake"
		}
		wantError(t, "ERROR cut", NewNull(local()).Process(refusal[:n:n]), code, text)
	}
	wantError(t, "ERROR", NewNull(local()).Process(refusal), 0, `"400"`)
	wantError(t, "ERROR with more behind", NewNull(local()).Process(append(refusal, "x"...)), 0, `"400"`)
}

func TestNullUnexpected(t *testing.T) {
	ready, _ := NewNull(local()).Next()
	for _, name := range []string{
		"HELLO", "WELCOME", "INITIATE", "MESSAGE", "PING", "PONG", "SUBSCRIBE", "CANCEL", "JOIN", "ready", "READY2", "X", strings.Repeat("n", 255),
	} {
		m := NewNull(local())
		wantError(t, name, m.Process(zmtp.AppendCommandBody(nil, name, []byte("data"))), UnexpectedCommand, name)
		if err := m.Process(ready); err != nil {
			t.Fatal(err)
		}
		wantError(t, name, m.Process(zmtp.AppendCommandBody(nil, name)), UnexpectedCommand, name)
	}
	m := NewNull(local())
	m.Process(ready)
	wantError(t, "READY twice", m.Process(ready), UnexpectedCommand, "READY")
	for _, body := range [][]byte{nil, {}, {0}, {0, 'x'}, {255}} {
		wantError(t, "no command", NewNull(local()).Process(body), MalformedUnknown, "handshake")
	}
}

// What the peer said does not change with the buffer it came in.
func TestNullKeepsNoBuffer(t *testing.T) {
	ready, _ := NewNull(local()).Next()
	m := NewNull(local())
	m.Process(ready)
	clear(ready)
	if !reflect.DeepEqual(m.Peer(), said) {
		t.Errorf("%q", m.Peer())
	}
}

func FuzzNull(f *testing.F) {
	ready, _ := NewNull(local()).Next()
	f.Add(ready, ready)
	f.Add(zmtp.AppendCommandBody(nil, "ERROR", []byte{3}, []byte("400")), ready)
	f.Add([]byte("\x05READY\x01a\xff\xff\xff\xff"), []byte("\x04PING"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		m := NewNull(local())
		for _, body := range [][]byte{a, b} {
			before := m.(*null).ready
			err := m.Process(body)
			var pe *ProtocolError
			if err != nil && !errors.As(err, &pe) {
				t.Fatalf("%v is no protocol error", err)
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
