//go:build unix

package interop

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// The protocol is written out by hand here, without package zmtp, so that a
// mistake there cannot hide itself.

// A version is one of the protocol, as a peer speaks it.
type version struct {
	name  string
	v1    bool // frames begin with their length
	cmds  bool // there are commands
	subs  bool // subscriptions are commands
	hello func(typ zmq.Type, id string) []byte
	// want is what the other side must have said before messages flow.
	want func(typ zmq.Type, id string) []byte
	// pauses are where the peer may wait for an answer: having said so much, it
	// has heard so much.
	pauses func(id, theirs string) [][2]int
}

func signature(id string) []byte {
	return []byte{0xff, 0, 0, 0, 0, 0, 0, 0, byte(len(id) + 1), 0x7f}
}

func frame1(more bool, body string) []byte {
	var flags byte
	if more {
		flags = 1
	}
	if n := len(body) + 1; n < 255 {
		return append([]byte{byte(n), flags}, body...)
	}
	b := binary.BigEndian.AppendUint64([]byte{0xff}, uint64(len(body)+1))
	return append(append(b, flags), body...)
}

func frame2(flags byte, body string) []byte {
	if len(body) < 256 {
		return append([]byte{flags, byte(len(body))}, body...)
	}
	b := binary.BigEndian.AppendUint64([]byte{flags | 2}, uint64(len(body)))
	return append(b, body...)
}

func command(name, data string) []byte {
	return frame2(4, string(rune(len(name)))+name+data)
}

func property(name, value string) string {
	return string(rune(len(name))) + name + string(binary.BigEndian.AppendUint32(nil, uint32(len(value)))) + value
}

// greeting3 is what a ZMTP 3 peer says before its READY.
func greeting3(major, minor byte, mechanism, id string) []byte {
	b := make([]byte, 64)
	copy(b, signature(id))
	b[10], b[11] = major, minor
	copy(b[12:32], mechanism)
	return b
}

func announces(typ zmq.Type) bool {
	return typ == zmq.Req || typ == zmq.Dealer || typ == zmq.Router
}

func ready(typ zmq.Type, id string) []byte {
	data := property("Socket-Type", typ.String())
	if announces(typ) {
		data += property("Identity", id)
	}
	return command("READY", data)
}

func modern(name string, major, minor byte) version {
	return version{
		name: name, cmds: true, subs: major != 3 || minor > 0,
		hello: func(typ zmq.Type, id string) []byte {
			return append(greeting3(major, minor, "NULL", id), ready(typ, id)...)
		},
		want: func(typ zmq.Type, id string) []byte {
			return append(greeting3(3, 1, "NULL", id), ready(typ, id)...)
		},
		pauses: func(string, string) [][2]int { return [][2]int{{10, 11}, {11, 64}, {64, 66}} },
	}
}

var versions = []version{
	{
		name: "1.0", v1: true,
		hello: func(_ zmq.Type, id string) []byte { return frame1(false, id) },
		want:  func(_ zmq.Type, id string) []byte { return append(signature(id), id...) },
		pauses: func(id, theirs string) [][2]int {
			return [][2]int{{0, 10}, {1, 10}, {2, 10 + len(theirs)}}
		},
	},
	{
		name: "1.0 with revision", v1: true,
		hello: func(typ zmq.Type, id string) []byte {
			return append(append(signature(id), 0, byte(typ)), frame1(false, id)...)
		},
		want: func(typ zmq.Type, id string) []byte {
			return append(append(signature(id), 3, byte(typ)), frame1(false, id)...)
		},
		pauses: func(string, string) [][2]int { return [][2]int{{10, 11}, {11, 12}} },
	},
	{
		name: "2.0",
		hello: func(typ zmq.Type, id string) []byte {
			return append(append(signature(id), 1, byte(typ)), frame2(0, id)...)
		},
		want: func(typ zmq.Type, id string) []byte {
			return append(append(signature(id), 3, byte(typ)), frame2(0, id)...)
		},
		pauses: func(string, string) [][2]int { return [][2]int{{10, 11}, {11, 12}} },
	},
	modern("3.0", 3, 0),
	modern("3.1", 3, 1),
	modern("of the future", 9, 7),
}

// A staging is a way to cut what a peer says into writes.
type staging string

const (
	atOnce   staging = "at once"
	byBytes  staging = "byte by byte"
	tenFirst staging = "ten bytes first"
	stepwise staging = "step by step"
)

var stagings = []staging{atOnce, byBytes, tenFirst, stepwise}

// raw is a peer made of a bare connection.
type raw struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
	v    version
}

func newRaw(t *testing.T, conn net.Conn, v version) *raw {
	conn.SetDeadline(time.Now().Add(long))
	t.Cleanup(func() { conn.Close() })
	return &raw{t: t, conn: conn, in: bufio.NewReader(conn), v: v}
}

// rawDial connects to a bound socket.
func rawDial(t *testing.T, ep string, v version) *raw {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(ep, "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	return newRaw(t, conn, v)
}

// rawAccept has a socket connect to the peer.
func rawAccept(t *testing.T, s sock, v version) *raw {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	l.(*net.TCPListener).SetDeadline(time.Now().Add(long))
	must(t, s.connect("tcp://"+l.Addr().String()))
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return newRaw(t, conn, v)
}

func (r *raw) say(b []byte) {
	r.t.Helper()
	if _, err := r.conn.Write(b); err != nil {
		r.t.Fatal(err)
	}
}

// hear reads exactly what is expected.
func (r *raw) hear(want []byte) {
	r.t.Helper()
	got := make([]byte, len(want))
	n, err := io.ReadFull(r.in, got)
	if !bytes.Equal(got[:n], want[:n]) || err != nil {
		r.t.Fatalf("heard %x, %v\n want %x", got[:n], err, want)
	}
}

// shake introduces the peer as typ to a socket of type theirs.
func (r *raw) shake(how staging, typ zmq.Type, id string, theirs zmq.Type, theirID string) {
	r.t.Helper()
	hello, want := r.v.hello(typ, id), r.v.want(theirs, theirID)
	heard := 0
	hearTo := func(n int) {
		r.t.Helper()
		n = min(n, len(want))
		r.hear(want[heard:n])
		heard = n
	}
	switch how {
	case atOnce:
		r.say(hello)
	case byBytes:
		for i := range hello {
			r.say(hello[i : i+1])
		}
	case tenFirst:
		n := min(10, len(hello)-1)
		r.say(hello[:n])
		hearTo(10)
		r.say(hello[n:])
	case stepwise:
		said := 0
		for _, p := range r.v.pauses(id, theirID) {
			n := min(p[0], len(hello))
			r.say(hello[said:n])
			said = n
			hearTo(p[1])
		}
		r.say(hello[said:])
	}
	hearTo(len(want))
}

// send sends a message.
func (r *raw) send(frames ...string) {
	r.t.Helper()
	var b []byte
	for i, f := range frames {
		more := i < len(frames)-1
		switch {
		case r.v.v1:
			b = append(b, frame1(more, f)...)
		case more:
			b = append(b, frame2(1, f)...)
		default:
			b = append(b, frame2(0, f)...)
		}
	}
	r.say(b)
}

// subscribe is how a subscriber of that version asks.
func (r *raw) subscribe(on bool, topic string) {
	r.t.Helper()
	switch {
	case r.v.subs && on:
		r.say(command("SUBSCRIBE", topic))
	case r.v.subs:
		r.say(command("CANCEL", topic))
	case on:
		r.send("\x01" + topic)
	default:
		r.send("\x00" + topic)
	}
}

// expect hears a message.
func (r *raw) expect(frames ...string) {
	r.t.Helper()
	var b []byte
	for i, f := range frames {
		more := i < len(frames)-1
		switch {
		case r.v.v1:
			b = append(b, frame1(more, f)...)
		case more:
			b = append(b, frame2(1, f)...)
		default:
			b = append(b, frame2(0, f)...)
		}
	}
	r.hear(b)
}

// expectSubscription hears what a subscriber of ours says.
func (r *raw) expectSubscription(topic string) {
	r.t.Helper()
	if r.v.subs {
		r.hear(command("SUBSCRIBE", topic))
	} else {
		r.expect("\x01" + topic)
	}
}

// await waits until something can be heard, and pokes who is to say it.
func (r *raw) await(poke func()) {
	r.t.Helper()
	eventually(r.t, "a word", func() bool {
		poke()
		r.conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		_, err := r.in.Peek(1)
		return err == nil
	})
	r.conn.SetDeadline(time.Now().Add(long))
}

// ended waits until the other side hangs up.
func (r *raw) ended() {
	r.t.Helper()
	rest, err := io.ReadAll(r.in)
	if ne, ok := err.(net.Error); ok && ne.Timeout() {
		r.t.Fatalf("the connection stayed; heard %x", rest)
	}
}

func (r *raw) String() string { return fmt.Sprint("ZMTP ", r.v.name) }
