package chaos

import (
	"encoding/binary"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

// An attack is what a stranger does on a connection of its own, which is closed
// after it.
type attack struct {
	name   string
	server string // what it is meant for: see servers. Empty: a ROUTER
	do     func(*assault)
}

// An assault is an attack under way.
type assault struct {
	net.Conn
	rng  *rand.Rand
	peer string    // the socket type that the attacker says it is
	end  time.Time // what could go on for ever ends then
	most int       // bytes that a flood may write
}

// strike runs an attack on a new connection, and closes it.
func (a attack) strike(c net.Conn, rng *rand.Rand, peer string, end time.Time) {
	s := &assault{c, rng, peer, end, math.MaxInt}
	if strings.HasPrefix(a.server, "xpub") {
		s.most = topicBytes
	}
	a.do(s)
	c.Close()
}

// topicBytes bounds what an attacker writes on one connection to a publisher,
// for the sake of the machine that the suite runs on: it may take sixty times as
// much memory.
const topicBytes = 2 << 20

// going reports whether an attack that could go on for ever should.
func (a *assault) going() bool { return time.Now().Before(a.end) }

// send writes and gives the other side the chance to answer, which is not
// required to.
func (a *assault) send(parts ...[]byte) {
	for _, p := range parts {
		if _, err := a.Write(p); err != nil {
			return
		}
	}
	a.SetReadDeadline(time.Now().Add(3 * time.Millisecond))
	io.Copy(io.Discard, io.LimitReader(a.Conn, 1<<20))
}

// hello shakes hands as far as the attacker has to say something.
func (a *assault) hello() { a.send(testutil.Greeting(), testutil.Ready(a.peer)) }

// flood writes b again and again, and reads what comes, or does not. When it has
// written enough it stays.
func (a *assault) flood(reads bool, b func() []byte) {
	if reads {
		a.SetReadDeadline(a.end)
		done := make(chan struct{})
		go func() { // owned by flood
			defer close(done)
			io.Copy(io.Discard, a.Conn)
		}()
		defer func() {
			a.Close()
			<-done
		}()
	}
	a.SetWriteDeadline(a.end)
	for n := 0; a.going() && n < a.most; {
		m, err := a.Write(b())
		if err != nil {
			return
		}
		n += m
	}
	for a.going() {
		time.Sleep(5 * time.Millisecond)
	}
}

// hold stays until the end.
func (a *assault) hold() {
	a.SetReadDeadline(a.end)
	io.Copy(io.Discard, a.Conn)
}

func noise(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// endless is the header of a frame.
func endless(flags byte, size uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{flags | testutil.Long}, size)
}

// command is one command as a frame.
func command(name string, body []byte) []byte {
	return testutil.Frame(testutil.Command, append(append([]byte{byte(len(name))}, name...), body...))
}

// property is one of a READY.
func property(name string, value []byte) []byte {
	b := append([]byte{byte(len(name))}, name...)
	return append(binary.BigEndian.AppendUint32(b, uint32(len(value))), value...)
}

// greeting is that of another mechanism.
func greeting(mechanism string) []byte {
	g := testutil.Greeting()
	copy(g[12:32], append([]byte(mechanism), make([]byte, 20)...))
	return g
}

// many repeats frames until they are about so many bytes.
func many(size int, frame func() []byte) []byte {
	var b []byte
	for len(b) < size {
		b = append(b, frame()...)
	}
	return b
}

// plainHello is that of a user who guesses.
func plainHello(rng *rand.Rand) []byte {
	guess := noise(rng, 1+rng.IntN(40))
	return command("HELLO", append(append([]byte{byte(len(user))}, user...), append([]byte{byte(len(guess))}, guess...)...))
}

// The attacks before there is a handshake, and in it.
var attacks = append([]attack{
	{"port scan", "", func(*assault) {}},
	{"reset", "", func(a *assault) { a.Conn.(*net.TCPConn).SetLinger(0) }},
	{"http", "", func(a *assault) {
		a.send([]byte("GET / HTTP/1.1\r\nHost: example.org\r\nUser-Agent: a long one, to be longer than a frame of that size\r\n\r\n"))
	}},
	{"tls", "", func(a *assault) { a.send([]byte{0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3}, noise(a.rng, 500)) }},
	{"noise", "", func(a *assault) { a.send(noise(a.rng, a.rng.IntN(4000))) }},
	{"signature and noise", "", func(a *assault) { a.send(testutil.Greeting()[:10], noise(a.rng, a.rng.IntN(4000))) }},
	{"half a greeting", "", func(a *assault) { a.send(testutil.Greeting()[:a.rng.IntN(64)]) }},
	{"no greeting", "", func(a *assault) { a.hold() }},
	{"slow greeting", "", func(a *assault) {
		for _, b := range testutil.Greeting() {
			if _, err := a.Write([]byte{b}); err != nil || !a.going() {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}},
	{"old versions", "", func(a *assault) {
		g := testutil.Greeting()
		g[10] = byte(a.rng.IntN(4))
		a.send(g[:11], noise(a.rng, a.rng.IntN(300)))
	}},
	{"zmtp 1.0 identity of 255 bytes", "", func(a *assault) {
		// A frame of 255 bytes has its length in nine, and flags.
		id := append([]byte{0xff, 0, 0, 0, 0, 0, 0, 1, 0, 0}, noise(a.rng, 255)...)
		a.send(id, []byte{2, 0, 'x'})
	}},
	{"other mechanism", "", func(a *assault) { a.send(greeting(string(noise(a.rng, 20))), testutil.Ready(a.peer)) }},
	{"wrong mechanism", "", func(a *assault) {
		a.send(greeting("PLAIN"), plainHello(a.rng))
	}},
	{"curve garbage", "curve", func(a *assault) { a.send(greeting("CURVE"), command("HELLO", noise(a.rng, 194))) }},
	{"curve hello replayed", "curve", func(a *assault) {
		same := rand.New(rand.NewPCG(1, 2))
		hello := command("HELLO", append(append([]byte{1, 0}, make([]byte, 72)...), noise(same, 120)...))
		a.send(greeting("CURVE"), hello, hello)
	}},
	{"plain, wrong password", "plain", func(a *assault) { a.send(greeting("PLAIN"), plainHello(a.rng)) }},
	{"noise for READY", "", func(a *assault) {
		a.send(testutil.Greeting(), testutil.Frame(testutil.Command, noise(a.rng, a.rng.IntN(300))))
	}},
	{"broken READY", "", func(a *assault) {
		r := testutil.Ready(a.peer)
		r[a.rng.IntN(len(r))] ^= byte(1 + a.rng.IntN(255))
		a.send(testutil.Greeting(), r)
	}},
	{"endless READY", "", func(a *assault) {
		a.send(testutil.Greeting(), endless(testutil.Command, 1<<62), noise(a.rng, 100_000))
	}},
	{"messages for READY", "", func(a *assault) { a.send(testutil.Greeting(), testutil.Frame(0, []byte("hello"))) }},
	{"READY twice", "", func(a *assault) { a.hello(); a.send(testutil.Ready(a.peer), testutil.Ready(a.peer)) }},
	{"60 KiB of metadata", "", func(a *assault) {
		meta := append(property("Socket-Type", []byte(a.peer)), many(60_000, func() []byte { return property("X", nil) })...)
		a.send(testutil.Greeting(), command("READY", meta))
		a.hold()
	}},
	{"routing id that is taken", "", func(a *assault) {
		a.send(testutil.Greeting(), command("READY", append(property("Socket-Type", []byte(a.peer)), property("Identity", []byte("one"))...)))
		a.send(testutil.Frame(0, []byte("mine")))
	}},
	{"routing id that nobody may have", "", func(a *assault) {
		id := [][]byte{{}, {0, 0, 0, 0, 1}, make([]byte, 255), make([]byte, 300)}[a.rng.IntN(4)]
		a.send(testutil.Greeting(), command("READY", append(property("Socket-Type", []byte(a.peer)), property("Identity", id)...)))
		a.send(testutil.Frame(0, []byte("mine")))
	}},
}, floods...)
