package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// a cutter is a connection that breaks once so many bytes were written.
type cutter struct {
	net.Conn
	left int
}

func (c *cutter) Write(b []byte) (int, error) {
	if len(b) <= c.left {
		c.left -= len(b)
		return c.Conn.Write(b)
	}
	n, _ := c.Conn.Write(b[:c.left])
	c.left = 0
	c.Conn.(*net.TCPConn).CloseWrite()
	return n, errBroken
}

func (c *cutter) CloseWrite() error { return c.Conn.(*net.TCPConn).CloseWrite() }

// link2 is a TCP connection.
func link2(t testing.TB) (near, far net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if near, err = net.Dial("tcp", ln.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if far, err = ln.Accept(); err != nil {
		t.Fatal(err)
	}
	return near, far
}

// A sealed connection that breaks at any byte: what the peer has whole and what
// is queued for the next connection is all there is, in order, once.
func TestBrokenSealedWrites(t *testing.T) {
	client, server := curveConfigs(t)
	const handshake = 1200 // and a little traffic
	for cut := handshake; cut < 130_000; cut += 1 + rand.IntN(6000) {
		near, far := link2(t)
		s := newSock(t, pipe.Marks{})
		var want []string
		load := func(frames ...string) {
			s.send(frames...)
			want = append(want, strings.Join(frames, "|"))
		}
		for i := range 20 {
			load(fmt.Sprint(i))
			load(fmt.Sprint(i), "", letters(i*30))
		}
		load("l", letters(9000), "", letters(200_000))
		load("last")
		a := startOn(t, &cutter{near, cut}, far, client, s)
		b := startOn(t, far, near, server, newSock(t, pipe.Marks{}))
		a.over()
		b.over()
		if got := append(b.all(), a.queued()...); !slices.Equal(got, want) {
			t.Fatalf("cut at %d: %d messages, want %d", cut, len(got), len(want))
		}
		far.Close()
	}
}

// A sealer is the client of a CURVE connection, by hand.
type sealer struct {
	*run
	box mech.Box
}

// sealed starts an engine as the server of one.
func sealed(t *testing.T, change func(*Config)) sealer {
	t.Helper()
	client, server := curveConfigs(t)
	if change != nil {
		change(server)
	}
	r := start(t, server, newSock(t, pipe.Marks{}))
	m, err := mech.New(&client.Security, mech.Local{SocketType: "DEALER"})
	if err != nil {
		t.Fatal(err)
	}
	r.write(zmtp.AppendGreeting(nil, zmtp.Greeting{Major: 3, Minor: 1, Mechanism: "CURVE"}))
	io.ReadFull(r.conn, make([]byte, zmtp.GreetingLen))
	for !m.Done() {
		body, _ := m.Next()
		r.write(zmtp.AppendFrame(nil, zmtp.FlagCommand, body))
		if err := m.Process(r.frame()); err != nil {
			t.Fatal(err)
		}
	}
	return sealer{r, m.Box()}
}

// frame reads one frame and returns its body.
func (r *run) frame() []byte {
	r.t.Helper()
	var b []byte
	for {
		_, size, h := zmtp.ParseHeader(b)
		if h > 0 && len(b) == h+int(size) {
			return b[h:]
		}
		b = append(b, 0)
		if _, err := io.ReadFull(r.conn, b[len(b)-1:]); err != nil {
			r.t.Fatal(err)
		}
	}
}

func (s sealer) frameOf(flags byte, body string) []byte {
	inner := s.box.Seal(nil, flags, []byte(body))
	return zmtp.AppendFrame(nil, 0, inner)
}

// What comes sealed is received as if it had not been, however it is cut on the
// way; commands are acted upon.
func TestSealedReads(t *testing.T) {
	s := sealed(t, nil)
	var all []byte
	var want []string
	for i, n := range []int{0, 1, 3, 200, 222, 223, 5000, 16384, 70_000, 300_000, 12} {
		all = append(all, s.frameOf(zmtp.FlagMore, fmt.Sprint(i))...)
		all = append(all, s.frameOf(zmtp.FlagCommand, "\x04PING\x00\x00ctx")...)
		all = append(all, s.frameOf(0, letters(n))...)
		want = append(want, fmt.Sprint(i, "|", letters(n)))
	}
	for range 2000 {
		all = append(all, s.frameOf(0, "tiny")...)
		want = append(want, "tiny")
	}
	// Owned by the test: ends when all is written.
	go func() {
		for len(all) > 0 {
			n := min(len(all), 1+rand.IntN(9000))
			s.conn.Write(all[:n])
			all = all[n:]
		}
	}()
	for i, w := range want {
		if got := s.recv(); got != w {
			t.Fatalf("message %d: %d bytes, want %d", i, len(got), len(w))
		}
	}
	for range 11 {
		if err := pong(s); err != nil {
			t.Fatal(err)
		}
	}
}

// pong takes a sealed PONG.
func pong(s sealer) error {
	flags, size, err := s.box.Open(s.frame())
	p := make([]byte, size)
	s.box.Read(p)
	if err == nil && (flags != zmtp.FlagCommand || string(p) != "\x04PONGctx") {
		err = fmt.Errorf("flags %d, %q", flags, p)
	}
	return err
}

// What ends a connection whose traffic is sealed.
func TestBadSeals(t *testing.T) {
	limit := func(c *Config) { c.Wire.MaxMsgSize = 1000 }
	long := func(c *Config) { c.Wire.MaxMessage = 200_000 }
	for _, c := range []struct {
		name   string
		change func(*Config)
		bytes  func(s sealer) []byte
		code   uint32
		err    error
	}{
		{"in the clear", nil, func(sealer) []byte { return zmtp.AppendFrame(nil, 0, []byte("hello")) }, mech.UnexpectedCommand, nil},
		{"changed", nil, func(s sealer) []byte {
			f := s.frameOf(0, "hello")
			f[len(f)-1]++
			return f
		}, mech.Cryptographic, nil},
		{"again", nil, func(s sealer) []byte {
			f := s.frameOf(0, "hello")
			return append(f, f...)
		}, mech.InvalidSequence, nil},
		{"out of order", nil, func(s sealer) []byte {
			f, g := s.frameOf(0, "1"), s.frameOf(0, "2")
			return append(g, f...)
		}, mech.InvalidSequence, nil},
		{"too short", nil, func(sealer) []byte { return zmtp.AppendFrame(nil, 0, []byte("\x07MESSAGE12345678")) }, mech.MalformedMessage, nil},
		{"MAXMSGSIZE", limit, func(s sealer) []byte { return s.frameOf(0, letters(1000-33+1)) }, 0, errno.EMSGSIZE},
		{"MAXMESSAGE", long, func(s sealer) []byte { return s.frameOf(0, letters(200_001)) }, 0, errno.EMSGSIZE},
		{"MAXMESSAGE, frames", long, func(s sealer) []byte {
			return append(s.frameOf(zmtp.FlagMore, letters(150_000)), s.frameOf(0, letters(100_000))...)
		}, 0, errno.EMSGSIZE},
		{"no such size", nil, func(sealer) []byte { return bytes.Repeat([]byte{0xff}, 9) }, 0, errno.EMSGSIZE},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sealed(t, c.change)
			s.write(s.frameOf(0, "first"), c.bytes(s))
			if got := s.recv(); got != "first" {
				t.Errorf("received %q", got)
			}
			err := s.over()
			pe, _ := errors.AsType[*mech.ProtocolError](err)
			if _, seal := errors.AsType[*SealError](err); seal != (c.code != 0) || seal && pe.Code != c.code {
				t.Errorf("ended with %v", err)
			}
			if c.err != nil && !errors.Is(err, c.err) {
				t.Errorf("ended with %v; want %v", err, c.err)
			}
		})
	}
	// As much as is allowed comes through.
	s := sealed(t, limit)
	s.write(s.frameOf(0, letters(1000-33)))
	if got := s.recv(); len(got) != 1000-33 {
		t.Errorf("%d bytes", len(got))
	}
}

// A sealed frame that was only announced costs what has come of it.
func TestSlowSealedFrame(t *testing.T) {
	s := sealed(t, nil)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s.write([]byte{zmtp.FlagLong, 0, 0, 1, 0, 0, 0, 0, 0}, make([]byte, 100_000)) // 1 TiB
	s.conn.Close()
	s.over()
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 8<<20 {
		t.Errorf("allocated %d bytes", n)
	}
}

// A stream of small messages allocates nothing, on either side.
func TestSealedAllocations(t *testing.T) {
	client, server := curveConfigs(t)
	p := both(t, client, server)
	var in, out msg.Message
	out.Frames = [][]byte{[]byte(letters(100))}
	pass := func() {
		p.a.own.with(p.a.end, func() { p.a.end.Send(&out) })
		for !p.b.end.Recv(&in) {
			<-p.b.own.in
		}
		if in.Chunk != nil {
			in.Chunk.Release()
		}
	}
	for range 5000 {
		pass()
	}
	most := 0.0
	if raceEnabled {
		most = 3 // its pools forget on purpose
	}
	if n := testing.AllocsPerRun(5000, pass); n > most {
		t.Errorf("%v allocations a message", n)
	}
	p.a.close()
	p.a.over()
	p.b.over()
}

// Subscriptions are sealed as commands for a peer of 3.1, and as messages for
// one of 3.0.
func TestSealedSubscriptions(t *testing.T) {
	for _, minor := range []byte{0, 1} {
		client, server := curveConfigs(t)
		server.Subscribes = true
		r := start(t, server, newSock(t, pipe.Marks{}))
		r.send("\x01topic")
		m, _ := mech.New(&client.Security, mech.Local{SocketType: "DEALER"})
		r.write(zmtp.AppendGreeting(nil, zmtp.Greeting{Major: 3, Minor: minor, Mechanism: "CURVE"}))
		io.ReadFull(r.conn, make([]byte, zmtp.GreetingLen))
		for !m.Done() {
			body, _ := m.Next()
			r.write(zmtp.AppendFrame(nil, zmtp.FlagCommand, body))
			if err := m.Process(r.frame()); err != nil {
				t.Fatal(err)
			}
		}
		flags, size, err := m.Box().Open(r.frame())
		p := make([]byte, size)
		m.Box().Read(p)
		wantFlags, want := byte(0), "\x01topic"
		if minor == 1 {
			wantFlags, want = zmtp.FlagCommand, "\x09SUBSCRIBEtopic"
		}
		if err != nil || flags != wantFlags || string(p) != want {
			t.Errorf("3.%d: flags %d, %q, %v", minor, flags, p, err)
		}
	}
}

// FuzzOpener has a peer that knows the key seal anything, in any flags, and a
// peer that does not send anything.
func FuzzOpener(f *testing.F) {
	f.Add(byte(0), []byte("hello"), []byte{}, uint8(3))
	f.Add(byte(4), []byte("\x09SUBSCRIBEx"), []byte("\x00\x05hello"), uint8(64))
	f.Fuzz(func(t *testing.T, flags byte, body, after []byte, step uint8) {
		client, server := curveConfigs(t)
		a, b := boxes(t, client, server)
		wire := zmtp.AppendFrame(nil, 0, a.Seal(nil, flags, body))
		codec := &sealedCodec{b, &config().Wire}
		o := codec.Decode(newScript(append(wire, after...)), nil)
		var got []byte
		p := make([]byte, 1+int(step))
		for {
			n, err := o.Read(p)
			got = append(got, p[:n]...)
			if err != nil {
				break
			}
			if n == 0 {
				t.Fatal("read nothing, without a reason")
			}
		}
		if want := zmtp.AppendFrame(nil, flags&(zmtp.FlagMore|zmtp.FlagCommand), body); !bytes.Equal(got, want) {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}

// boxes are those of a handshake without a connection.
func boxes(t testing.TB, client, server *Config) (a, b mech.Box) {
	t.Helper()
	m, err1 := mech.New(&client.Security, mech.Local{})
	n, err2 := mech.New(&server.Security, mech.Local{})
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	for _, way := range [][2]mech.Mechanism{{m, n}, {n, m}, {m, n}, {n, m}} {
		body, _ := way[0].Next()
		if err := way[1].Process(body); err != nil {
			t.Fatal(err)
		}
		if way[1].Ask() != nil {
			way[1].Answer(mech.Reply{Status: 200})
		}
	}
	return m.Box(), n.Box()
}
