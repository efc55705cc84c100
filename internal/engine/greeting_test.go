package engine

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/zmtp"
)

// signature is the first ten bytes of a peer with an id of n bytes.
func signature(n int) []byte {
	b := []byte{0xff, 0, 0, 0, 0, 0, 0, 0, byte(n + 1), 0x7f}
	return b
}

// v1 is a ZMTP 1.0 frame.
func v1(more byte, body string) []byte {
	if len(body)+1 < 255 {
		return append([]byte{byte(len(body) + 1), more}, body...)
	}
	b := binary.BigEndian.AppendUint64([]byte{0xff}, uint64(len(body)+1))
	return append(append(b, more), body...)
}

func v2(flags byte, body string) []byte { return testutil.Frame(flags, []byte(body)) }

// a dialect is one version of the protocol, as the peer speaks it.
type dialect struct {
	name    string
	steps   [][]byte // what the peer says before messages
	answers [][]byte // what it then has from us, after each step
	frame   func(more byte, body string) []byte
	version msg.Version
	id      string
}

// ready is our READY.
func ready(socketType, id string) []byte {
	body := zmtp.AppendProperty(nil, "Socket-Type", socketType)
	body = zmtp.AppendProperty(body, "Identity", id)
	return zmtp.AppendCommand(nil, "READY", body)
}

// greeting3 is a greeting of a version.
func greeting3(major, minor byte) []byte {
	g := testutil.Greeting()
	g[10], g[11] = major, minor
	return g
}

// ours is the rest of our greeting, behind the version.
func ours() []byte { return append([]byte{1}, testutil.Greeting()[12:]...) }

func dialects() []dialect {
	modern := func(name string, major, minor byte) dialect {
		g := greeting3(major, minor)
		body := zmtp.AppendProperty(nil, "Socket-Type", "DEALER")
		body = zmtp.AppendProperty(body, "Identity", "peer")
		return dialect{
			name:    name,
			steps:   [][]byte{g[:10], g[10:11], g[11:64], zmtp.AppendCommand(nil, "READY", body)},
			answers: [][]byte{{3}, ours(), ready("DEALER", "me"), nil},
			frame:   v2, version: msg.Version{Major: major, Minor: minor}, id: "peer",
		}
	}
	return []dialect{
		{
			name:    "1.0 unversioned",
			steps:   [][]byte{v1(0, "peer")},
			answers: [][]byte{[]byte("me")},
			frame:   v1, version: msg.Version{Major: 1}, id: "peer",
		},
		{
			name:    "1.0 unversioned, no id",
			steps:   [][]byte{v1(0, "")},
			answers: [][]byte{[]byte("me")},
			frame:   v1, version: msg.Version{Major: 1},
		},
		{
			// What a 1.0 peer with a long identity sends.
			name:    "1.0 unversioned, long header",
			steps:   [][]byte{append([]byte{0xff, 0, 0, 0, 0, 0, 0, 0, 5, 0}, "peer"...)},
			answers: [][]byte{[]byte("me")},
			frame:   v1, version: msg.Version{Major: 1}, id: "peer",
		},
		{
			name:    "1.0 versioned",
			steps:   [][]byte{signature(4), {0}, {5}, v1(0, "peer")},
			answers: [][]byte{{3}, append([]byte{5}, v1(0, "me")...), nil, nil},
			frame:   v1, version: msg.Version{Major: 1}, id: "peer",
		},
		{
			name:    "2.0",
			steps:   [][]byte{signature(4), {1}, {5}, v2(0, "peer")},
			answers: [][]byte{{3}, append([]byte{5}, v2(0, "me")...), nil, nil},
			frame:   v2, version: msg.Version{Major: 2}, id: "peer",
		},
		modern("3.0", 3, 0),
		modern("3.1", 3, 1),
		modern("3.7", 3, 7),
		modern("revision 2", 2, 0),
		modern("revision 99", 99, 0),
	}
}

// Each version, each pace: the peer waits for our answer to each step, says all
// at once, or a byte at a time.
func TestGreetings(t *testing.T) {
	for _, d := range dialects() {
		for _, pace := range []string{"staged", "at once", "byte by byte", "byte by byte with messages"} {
			t.Run(d.name+"/"+pace, func(t *testing.T) {
				cfg := config()
				cfg.Wire.RoutingID = []byte("me")
				r := start(t, cfg, newSock(t, pipe.Marks{}))
				r.wantBytes("signature", signature(2))
				messages := append(append(d.frame(1, "a"), d.frame(0, "b")...), d.frame(0, big(300))...)
				all := bytes.Join(d.steps, nil)
				if pace == "byte by byte with messages" {
					all = append(all, messages...)
				}
				switch pace {
				case "staged":
					for i, step := range d.steps {
						r.write(step)
						r.wantBytes(fmt.Sprint("answer ", i), d.answers[i])
					}
				case "at once":
					r.write(all, messages)
				default:
					for _, b := range all {
						r.write([]byte{b})
					}
				}
				if pace == "staged" || pace == "byte by byte" {
					r.write(messages)
				}
				if pace != "staged" {
					r.wantBytes("answers", bytes.Join(d.answers, nil))
				}
				if got := r.recv(); got != "a|b" {
					t.Errorf("received %q", got)
				}
				if got := r.recv(); got != big(300) {
					t.Errorf("received %q", got)
				}
				p := r.far.Peer()
				if p.Version != d.version || string(p.RoutingID) != d.id {
					t.Errorf("version %v, id %q", p.Version, p.RoutingID)
				}
				// And ours arrive in the peer's framing.
				r.send("x", "y")
				r.send(big(254))
				r.wantBytes("message", bytes.Join([][]byte{d.frame(1, "x"), d.frame(0, "y"), d.frame(0, big(254))}, nil))
				r.close()
				r.wantBytesEnd()
				r.conn.Close()
				r.over()
			})
		}
	}
}

// wantBytesEnd checks that nothing more comes.
func (r *run) wantBytesEnd() {
	r.t.Helper()
	b := make([]byte, 1)
	if n, err := r.conn.Read(b); n > 0 || err == nil {
		r.t.Errorf("read % x, %v; want the end", b[:n], err)
	}
}

func big(n int) string { return string(bytes.Repeat([]byte("z"), n)) }

// A peer of 1.0 cannot subscribe: a publisher sends it everything. One with a
// versioned greeting can.
func TestOldPeersOfAPublisher(t *testing.T) {
	for _, d := range dialects() {
		cfg := config()
		cfg.Publishes = true
		c := newScript(append(bytes.Join(d.steps, nil), d.frame(0, "\x01topic")...))
		s := newSock(t, pipe.Marks{})
		Run(c, cfg, s.ready)
		want := []string{"\x01topic"}
		if d.steps[0][0] != 0xff || d.steps[0][9] == 0 {
			want = []string{"\x01", "\x01topic"}
		}
		if got := s.all(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: received %q; want %q", d.name, got, want)
		}
	}
}

// Subscriptions go out as the peer's version has them, and come in alike.
func TestSubscriptions(t *testing.T) {
	for _, d := range dialects() {
		cfg := config()
		cfg.Subscribes = true
		c := newScript(bytes.Join(d.steps, nil))
		c.hold = true
		s := newSock(t, pipe.Marks{})
		s.send("\x01topic")
		s.send("\x00" + big(250))
		s.send("other")
		s.send("\x01multi", "part")
		s.send("")
		s.end.CloseOut()
		Run(c, cfg, s.ready)
		f := d.frame
		want := bytes.Join([][]byte{f(0, "\x01topic"), f(0, "\x00"+big(250)), f(0, "other"), f(1, "\x01multi"), f(0, "part"), f(0, "")}, nil)
		if v := d.version; v.Major > 3 || v.Major == 3 && v.Minor >= 1 || d.name == "revision 2" {
			want = bytes.Join([][]byte{
				zmtp.AppendSubscribe(nil, []byte("topic")), zmtp.AppendCancel(nil, []byte(big(250))),
				f(0, "other"), f(1, "\x01multi"), f(0, "part"), f(0, ""),
			}, nil)
		}
		if !bytes.HasSuffix(c.out, want) {
			t.Errorf("%s: wrote % x; want % x at its end", d.name, c.out, want)
		}
	}
}

// What breaks a handshake, and how it is told.
func TestBadHandshakes(t *testing.T) {
	g := testutil.Greeting()
	curve := bytes.Clone(g)
	copy(curve[12:], "CURVE\x00")
	lower := bytes.Clone(g)
	copy(lower[12:], "null")
	huge := binary.BigEndian.AppendUint64([]byte{6}, 1<<63)
	long := append(bytes.Clone(signature(0)), 1, 5)
	cases := []struct {
		name string
		in   []byte
		text string
		code uint32
	}{
		{"mechanism", curve, "mechanism CURVE", mech.MechanismMismatch},
		{"bad mechanism", lower, "greeting", mech.MechanismMismatch},
		{"socket type", append(bytes.Clone(g), testutil.Ready("PUB")...), `"PUB"`, 0},
		{"unknown socket type", append(bytes.Clone(g), testutil.Ready("dealer")...), `"dealer"`, 0},
		{"not a handshake command", append(bytes.Clone(g), zmtp.AppendPing(nil, 0, nil)...), "PING", mech.UnexpectedCommand},
		{"a message", append(bytes.Clone(g), v2(0, "hello")...), "handshake", mech.UnexpectedCommand},
		{"an empty command", append(bytes.Clone(g), v2(4, "")...), "empty command", mech.UnexpectedCommand},
		{"error", append(bytes.Clone(g), zmtp.AppendError(nil, "go away")...), `"go away"`, 0},
		{"huge command", append(bytes.Clone(g), huge...), "a handshake command of 9223372036854775808 bytes", 0},
		{"bad metadata", append(bytes.Clone(g), zmtp.AppendCommand(nil, "READY", []byte{1, 'a', 0xff})...), "READY", 0},
		{"long id", append(bytes.Clone(g), zmtp.AppendCommand(nil, "READY", zmtp.AppendProperty(nil, "Identity", big(256)))...),
			"identity has 256 bytes", 0},
		{"long id in 2.0", append(long, v2(0, big(256))...), "identity has 256 bytes", 0},
		{"long id in 1.0", v1(0, big(256)), "identity has 256 bytes", 0},
		{"huge id in 1.0", []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0}, "identity", 0},
		{"no length in 1.0", []byte{0}, "not ZeroMQ", 0},
	}
	for _, c := range cases {
		s := newSock(t, pipe.Marks{})
		err := Run(newScript(c.in), config(), s.ready)
		he, ok := err.(*HandshakeError)
		var pe *mech.ProtocolError
		if !ok || !errors.As(he, &pe) || !errors.Is(err, errno.EPROTO) {
			t.Errorf("%s: %v (%T)", c.name, err, err)
			continue
		}
		if !bytes.Contains([]byte(err.Error()), []byte(c.text)) || pe.Code != c.code {
			t.Errorf("%s: %v, code %#x", c.name, err, pe.Code)
		}
		if s.peer != nil {
			t.Errorf("%s: was ready", c.name)
		}
	}
}

// A handshake cut at any byte is a connection that ended, and no more.
func TestHandshakesCutShort(t *testing.T) {
	for _, d := range dialects() {
		all := bytes.Join(d.steps, nil)
		for n := range len(all) {
			s := newSock(t, pipe.Marks{})
			err := Run(newScript(all[:n]), config(), s.ready)
			if _, ok := err.(*HandshakeError); !ok || !errors.Is(err, errClosedByPeer) || s.peer != nil {
				t.Fatalf("%s cut at %d: %v", d.name, n, err)
			}
		}
	}
}

func TestPeerIsIntroduced(t *testing.T) {
	props := zmtp.AppendProperty(nil, "Socket-Type", "ROUTER")
	props = zmtp.AppendProperty(props, "Identity", "\x01\x02")
	props = zmtp.AppendProperty(props, "X-hello", "world")
	cfg := config()
	cfg.Endpoint, cfg.Incoming = "tcp://here", true
	cfg.Wire.Metadata = []opt.Property{{Name: "X-mine", Value: "1"}}
	c := newScript(testutil.Greeting(), zmtp.AppendCommand(nil, "READY", props))
	s := newSock(t, pipe.Marks{})
	Run(c, cfg, s.ready)
	p := s.peer
	if p == nil || s.far.Peer() != p {
		t.Fatal("no peer")
	}
	if v, _ := p.Get("X-hello"); v != "world" || p.SocketType != "ROUTER" || string(p.RoutingID) != "\x01\x02" ||
		p.Mechanism != "NULL" || p.Endpoint != "tcp://here" || !p.Incoming || p.Conn == 0 {
		t.Errorf("%+v", p)
	}
	if !bytes.Contains(c.out, zmtp.AppendProperty(nil, "X-mine", "1")) {
		t.Error("our metadata is missing")
	}
}

// Fault B7: what a peer announces is bounded in number, and of each name only the
// first value is kept.
func TestMetadataIsBounded(t *testing.T) {
	announce := func(n int, prop func(i int) (name, value string)) (*msg.Peer, error) {
		props := zmtp.AppendProperty(nil, "Socket-Type", "ROUTER")
		for i := range n {
			name, value := prop(i)
			props = zmtp.AppendProperty(props, name, value)
		}
		s := newSock(t, pipe.Marks{})
		err := Run(newScript(testutil.Greeting(), zmtp.AppendCommand(nil, "READY", props)), config(), s.ready)
		return s.peer, err
	}
	p, err := announce(maxProperties-1, func(i int) (string, string) { return fmt.Sprint("X-", i), "v" })
	if p == nil || len(p.Meta) != maxProperties {
		t.Errorf("as many as may be: %v", err)
	}
	if p, err = announce(maxProperties, func(i int) (string, string) { return fmt.Sprint("X-", i), "v" }); p != nil || !errors.Is(err, errno.EPROTO) {
		t.Errorf("one more: %v", err)
	}
	if p, err = announce(10_000, func(int) (string, string) { return "x", "" }); p != nil || !errors.Is(err, errno.EPROTO) {
		t.Errorf("very many: %v", err)
	}
	p, err = announce(200, func(i int) (string, string) { return []string{"X-a", "Socket-Type"}[i%2], fmt.Sprint(i, letters(200)) })
	if p == nil || len(p.Meta) != 2 || p.SocketType != "ROUTER" {
		t.Fatalf("%+v, %v", p, err)
	}
	if v, _ := p.Get("X-a"); v != "0"+letters(200) {
		t.Errorf("X-a is %.10q", v)
	}
}

func TestReadyRefuses(t *testing.T) {
	s := newSock(t, pipe.Marks{})
	s.err = errno.EADDRINUSE
	c := newScript(hello("DEALER"))
	c.hold = true
	err := Run(c, config(), s.ready)
	if _, ok := err.(*HandshakeError); !ok || !errors.Is(err, errno.EADDRINUSE) {
		t.Errorf("%v", err)
	}
}
