package zmq4_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq"
	. "github.com/zeroth-mq/zmq/compat/gozeromq/zmq4"
	"github.com/zeroth-mq/zmq/compat/gozeromq/zmq4/security/curve"
	"github.com/zeroth-mq/zmq/compat/gozeromq/zmq4/security/null"
	"github.com/zeroth-mq/zmq/compat/gozeromq/zmq4/security/plain"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// pipe opens a Conn at each end of a connection.
func pipe(t *testing.T, server, client Security, a, b SocketType) (s, c *Conn, serr, cerr error) {
	t.Helper()
	x, y := wire(t)
	done := make(chan struct{})
	go func() { // pipe waits for it
		defer close(done)
		if s, serr = Open(x, server, a, nil, true, nil); serr != nil {
			x.Close()
		}
	}()
	if c, cerr = Open(y, client, b, SocketIdentity("me"), false, nil); cerr != nil {
		y.Close()
	}
	<-done
	return s, c, serr, cerr
}

// wire is the two ends of a connection. The two sides of ZMTP both write first,
// so a net.Pipe will not do.
func wire(t *testing.T) (x, y net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if x, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if y, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close(); y.Close() })
	return x, y
}

func TestConn(t *testing.T) {
	for name, sec := range map[string]func() Security{
		"null": null.Security, "plain": func() Security { return plain.Security("u", "p") }, "mine": func() Security { return reverse{null.Security()} },
	} {
		s, c, serr, cerr := pipe(t, sec(), sec(), Rep, Req)
		if serr != nil || cerr != nil {
			t.Fatalf("%s: %v, %v", name, serr, cerr)
		}
		if s.Peer.Meta["Identity"] != "me" || c.Peer.Meta["Socket-Type"] != "REP" || s.Closed() {
			t.Errorf("%s: %v, %v", name, s.Peer.Meta, c.Peer.Meta)
		}
		m := NewMsgFrom([]byte{}, bytes.Repeat([]byte("a"), 300))
		go func() { // the test receives it all
			_ = c.SendMsg(m)
			_ = c.SendCmd("MINE", []byte("x"))
			_ = c.SendCmd(CmdPing, []byte("\x00\x00ctx"))
			_ = c.SendCmd("LAST", nil)
			_, _ = c.RecvCmd()
			_ = c.SendMsg(m)
		}()
		if got, err := s.RecvMsg(); err != nil || got.String() != m.String() || got.Type != UsrMsg {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if cmd, err := s.RecvCmd(); err != nil || cmd.Name != "MINE" || string(cmd.Body) != "x" {
			t.Errorf("%s: %v, %v", name, cmd, err)
		}
		done := make(chan struct{})
		go func() { // the test waits for it
			defer close(done)
			for _, want := range []int{1, 0} {
				if got, err := s.RecvMsg(); err != nil || got.Type != CmdMsg || len(got.Frames) != want {
					t.Errorf("%s: %v, %v", name, got, err)
				}
			}
		}()
		<-done
		if _, err := s.RecvCmd(); err != ErrBadFrame {
			t.Errorf("%s: a message for a command: %v", name, err)
		}
		c.Close()
		if _, err := s.RecvMsg(); !errors.Is(err, io.EOF) || !s.Closed() {
			t.Errorf("%s: %v, %v", name, err, s.Closed())
		}
		for _, err := range []error{s.SendMsg(m), s.SendCmd("X", nil), second(s.RecvMsg()), second(s.RecvCmd()), second(s.Read(nil)), second(s.Write(nil))} {
			if err != ErrClosedConn {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := c.SendCmd("", nil); err != ErrBadCmd {
			t.Error(err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// reverse is a mechanism of a program's own.
type reverse struct{ Security }

func (reverse) Encrypt(w io.Writer, data []byte) (int, error) {
	b := append([]byte("sealed"), data...)
	return w.Write(b)
}

func (reverse) Decrypt(w io.Writer, data []byte) (int, error) {
	if len(data) < 6 {
		return 0, io.ErrUnexpectedEOF
	}
	return w.Write(data[6:])
}

func TestOpenFails(t *testing.T) {
	if _, err := Open(nil, null.Security(), Pull, nil, true, nil); err == nil {
		t.Error("no connection")
	}
	x, _ := net.Pipe()
	if _, err := Open(x, nil, Pull, nil, true, nil); err == nil || err.Error() != "zmq4: invalid nil security" {
		t.Error(err)
	}
	for _, c := range []struct {
		server, client Security
		typ            SocketType
		want           string
	}{
		{null.Security(), null.Security(), Sub, `zmq4: could not initialize ZMTP connection: zmq4: peer="SUB" not compatible with "PULL"`},
		{null.Security(), plain.Security("u", "p"), Push, "invalid or unsupported security mechanism"},
		{plain.Security("u", "p"), plain.Security("u", "q"), Push, "could not authenticate client"},
		{curve.Client(nil, zmq.CurveKey{}), curve.Server(nil, nil), Push, "for sockets"},
	} {
		_, _, err, _ := pipe(t, c.server, c.client, Pull, c.typ)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

// TestConnLimits: nothing that a peer sends ends the process, or is given memory for
// what it has only announced.
func TestConnLimits(t *testing.T) {
	for name, b := range map[string]string{
		"huge frame": "\x02\x7f\xff\xff\xff\xff\xff\xff\xff", "large frame": "\x02\x00\x00\x00\x00\x0f\xff\xff\xff", "empty command": "\x04\x00",
		"name too long": "\x04\x02\xffA", "two commands in one": "\x05\x02\x01A\x00\x01B", "bad ping": "\x04\x05\x04PING", "half a header": "\x02\x00",
	} {
		x, y := wire(t)
		go func() { // ends when y does
			peer, err := testutil.Shake(x, "PUSH")
			if err == nil {
				_, _ = peer.Conn.Write([]byte(b))
			}
			x.Close()
		}()
		c, err := Open(y, null.Security(), Pull, nil, true, nil)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := c.RecvMsg(); err == nil {
			t.Errorf("%s: %v", name, m)
		}
		y.Close()
	}
}

func TestConnDeadline(t *testing.T) {
	s, c, serr, cerr := pipe(t, null.Security(), null.Security(), Pull, Push)
	if serr != nil || cerr != nil {
		t.Fatal(serr, cerr)
	}
	_ = c
	told := false
	x, y := wire(t)
	go func() { _, _ = testutil.Shake(x, "PUSH") }() // ends when y does
	d, err := Open(y, null.Security(), Pull, nil, true, func(*Conn) { told = true })
	if err != nil {
		t.Fatal(err)
	}
	if err := y.SetReadDeadline(time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.RecvMsg(); err == nil || d.Closed() || told {
		t.Errorf("a deadline has closed the connection: %v", err)
	}
	d.SetClosed()
	d.SetClosed()
	if !told || s.Closed() {
		t.Error("SetClosed was not told")
	}
	y.Close()
	x.Close()
}

func TestMetadata(t *testing.T) {
	md := Metadata{"Socket-Type": "REQ", "Identity": "me", "key": "v", "B-c": ""}
	raw, err := md.MarshalZMTP()
	if err != nil {
		t.Fatal(err)
	}
	var got Metadata
	if err := got.UnmarshalZMTP(raw); err != nil {
		t.Fatal(err)
	}
	for k, v := range map[string]string{"Socket-Type": "REQ", "Identity": "me", "X-Key": "v", "X-B-C": ""} {
		if w, ok := got[k]; !ok || w != v {
			t.Errorf("%s: %q in %v", k, w, got)
		}
	}
	for i := range raw {
		var cut Metadata
		if err := cut.UnmarshalZMTP(raw[:i]); err == nil && i > 0 && len(cut) == len(got) {
			t.Errorf("%d of %d bytes are all of it", i, len(raw))
		}
		var p Property
		_, _ = p.Write(raw[:i])
	}
	for _, bad := range []Metadata{{"": "v"}, {"a": "1", "A": "2"}, {strings.Repeat("k", 254): "v"}} {
		if _, err := bad.MarshalZMTP(); err == nil {
			t.Errorf("%.20v", bad)
		}
	}
	p := Property{K: "a\xffb", V: "v"}
	b := make([]byte, 20)
	n, err := p.Read(b)
	if err != io.EOF || n != 9 {
		t.Errorf("%d, %v", n, err)
	}
	var q Property
	if m, err := q.Write(b[:n]); err != nil || m != n || q != p {
		t.Errorf("%d, %v, %q", m, err, q)
	}
	if _, err := p.Read(b[:8]); err != io.ErrShortBuffer {
		t.Error(err)
	}
}

func FuzzProperty(f *testing.F) {
	f.Add([]byte("\x01a\x00\x00\x00\x01b"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var p Property
		if n, err := p.Write(b); err == nil && (n > len(b) || n != 5+len(p.K)+len(p.V)) {
			t.Errorf("%d of %d bytes: %q", n, len(b), p)
		}
		var md Metadata
		_ = md.UnmarshalZMTP(b)
	})
}
