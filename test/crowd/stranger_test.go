//go:build linux

package crowd

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

// TestCost measures what a peer can cost one process, and prints the table of
// docs/security.md. The bounds are for memory, and generous.
func TestCost(t *testing.T) {
	if testing.Short() || raceOn {
		t.Skip("it takes its time, and what it measures is not so under the race detector")
	}
	var table strings.Builder
	fmt.Fprint(&table, "\n| a peer that | memory | CPU |\n|---|---:|---:|\n")
	for _, row := range costs {
		var n, bytes, cpu float64
		t.Run(row.name, func(t *testing.T) { n, bytes, cpu = row.measure(t) })
		bytes, cpu = bytes/n, cpu/n*1e6
		if row.bytes > 0 && bytes > row.bytes {
			t.Errorf("%s: %.0f bytes; the bound is %.0f", row.name, bytes, row.bytes)
		}
		fmt.Fprintf(&table, "| %s | %s | %s |\n", row.name, sizeText(row.bytes, bytes), cpuText(cpu))
	}
	t.Log(table.String())
}

// A cost is one row. measure returns how many there were of what it has done, and
// what all of them have cost in bytes and seconds.
type cost struct {
	name    string
	bytes   float64 // bound of one; 0: nothing is kept
	measure func(t *testing.T) (n, bytes, cpu float64)
}

var costs = []cost{
	{"connects, and says nothing", 10 << 10, strangers(null, nil)},
	{"sends a greeting, and no handshake (NULL)", 10 << 10, strangers(null, greeting)},
	{"announces a handshake command of 64 KiB, and sends 100 bytes of it", 10 << 10, strangers(null, command(100))},
	{"sends all of it but a byte", 90 << 10, strangers(null, command(64<<10-1))},
	{"sends a CURVE HELLO, and no more", 10 << 10, strangers(curve, helloCurve)},
	{"is connected, and idle (NULL)", 12 << 10, members(null)},
	{"is connected, and idle (PLAIN)", 12 << 10, members(plain)},
	{"is connected, and idle (CURVE)", 24 << 10, members(curve)},
	{"is connected, and has announced 60 KB of metadata", 90 << 10, strangers(null, metadata)},
	{"announces a frame of 256 MiB, and sends none of it", 80 << 10, announced},
	{"sends a message of one byte, which is received (NULL)", 0, messages(null)},
	{"sends a message of one byte, which is received (CURVE)", 0, messages(curve)},
	{"sends a message of one byte, which waits", 64, waiting(testutil.Frame(0, []byte("x")), 1)},
	{"sends a message of one byte and 10 KB of commands, which waits", 16 << 10, waiting(wasteful(), 1)},
	{"sends an empty frame of a message, which waits", 8, waiting(append(bytes.Repeat(testutil.Frame(testutil.More, nil), 99), 0, 0), 100)},
	{"subscribes to a topic of 20 bytes", 256, subscribers("PUB", alike, false)},
	{"subscribes to a topic of 20 bytes that is like no other", 600, subscribers("PUB", unlike, false)},
	{"subscribes to a topic of 20 bytes that parts another's way", 1000, subscribers("PUB", parting, false)},
	{"subscribes to a topic of 20 bytes, of which XPUB's program has not heard", 700, subscribers("XPUB", alike, false)},
	{"subscribes and cancels", 8, churn("PUB")},
	{"subscribes and cancels, of which XPUB's program has not heard", 16, churn("XPUB")},
	{"leaves, for each topic that it had", 16, subscribers("PUB", unlike, true)},
}

func sizeText(bound, n float64) string {
	switch {
	case bound == 0:
		return "–"
	case n < 1:
		return "0"
	case n < 1000:
		return fmt.Sprintf("%.0f bytes", n)
	}
	return fmt.Sprintf("%.1f KiB", n/1024)
}

func cpuText(n float64) string {
	if n < 99 {
		return fmt.Sprintf("%.2g µs", n)
	}
	return fmt.Sprintf("%.0f µs", math.Round(n/10)*10)
}

const (
	manyStrangers = 1000
	manyMembers   = 500
	manyMessages  = 300_000
	manyTopics    = 100_000
)

// a subject is the server that is measured.
type subject struct {
	*proc
	addr string // host:port
	key  string // of CURVE
	mem  float64
	used float64

	hello []byte // of a client
}

func serve(t *testing.T, mechanism int, kind string) *subject {
	p := start(t, "", "server", mechanism, kind+" tcp://127.0.0.1:*")
	addr, key, _ := strings.Cut(p.expect("at"), " ")
	s := &subject{proc: p, addr: strings.TrimPrefix(addr, "tcp://"), key: key}
	s.begin()
	return s
}

// begin and end are around what is measured.
func (s *subject) begin() {
	s.mem, s.used = s.inUse(), s.cpu()
}

func (s *subject) end() (bytes, cpu float64) {
	cpu = s.cpu() - s.used
	return s.inUse() - s.mem, cpu
}

func (s *subject) inUse() float64 {
	s.say("mem")
	return s.number("mem")
}

func (s *subject) wait(what string, n int) {
	s.b.Helper()
	s.say("%s %d", what, n)
	s.expect("done")
}

// strangers connect, each says what say makes, and stays.
func strangers(mechanism int, say func(*testing.T, *subject, net.Conn)) func(*testing.T) (n, bytes, cpu float64) {
	return func(t *testing.T) (n, bytes, cpu float64) {
		s := serve(t, mechanism, "PULL")
		defer s.stop()
		conns := make([]net.Conn, 0, manyStrangers)
		defer func() { hangUp(conns) }()
		for range manyStrangers {
			c, err := net.Dial("tcp", s.addr)
			if err != nil {
				t.Fatal(err)
			}
			conns = append(conns, c)
		}
		s.wait("accepted", manyStrangers)
		for _, c := range conns {
			if say != nil {
				say(t, s, c)
			}
		}
		bytes, cpu = s.end()
		return manyStrangers, bytes, cpu
	}
}

func write(t *testing.T, c net.Conn, b []byte) {
	t.Helper()
	if _, err := c.Write(b); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, c net.Conn, n int) []byte {
	t.Helper()
	b := make([]byte, n)
	if _, err := io.ReadFull(c, b); err != nil {
		t.Fatal(err)
	}
	return b
}

func greeting(t *testing.T, _ *subject, c net.Conn) {
	write(t, c, testutil.Greeting())
	read(t, c, 64)
}

// command sends n bytes of the longest command.
func command(n int) func(*testing.T, *subject, net.Conn) {
	return func(t *testing.T, s *subject, c net.Conn) {
		greeting(t, s, c)
		frame := testutil.Frame(testutil.Command, append([]byte("\x05READY"), make([]byte, 64<<10-6)...))
		write(t, c, frame[:9+n])
	}
}

func metadata(t *testing.T, s *subject, c net.Conn) {
	b := testutil.Ready("PUSH")[2:]
	for i := range 200 {
		value := make([]byte, 300)
		b = append(b, fmt.Sprintf("\x05X-%03d\x00\x00\x01\x2c%s", i, value)...)
	}
	write(t, c, append(testutil.Greeting(), testutil.Frame(testutil.Command, b)...))
	head := read(t, c, 66)
	read(t, c, int(head[65]))
}

func helloCurve(t *testing.T, s *subject, c net.Conn) {
	if s.hello == nil {
		s.hello = record(t, s.key)
	}
	write(t, c, s.hello)
	read(t, c, 64+2+168) // WELCOME
}

// record is what a CURVE client says until it waits for the WELCOME of the server
// with that key. It may be said again by anyone.
func record(t *testing.T, key string) []byte {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	p := start(t, "", "clients", 1, fmt.Sprint(curve, " tcp://", ln.Addr(), " ", key))
	defer func() {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	}()
	c, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	g := testutil.Greeting()
	copy(g[12:], "CURVE")
	write(t, c, g)
	return read(t, c, 64+2+200)
}

// members shake hands.
func members(mechanism int) func(*testing.T) (n, bytes, cpu float64) {
	return func(t *testing.T) (n, bytes, cpu float64) {
		s := serve(t, mechanism, "PULL")
		defer s.stop()
		c := start(t, "", "clients", manyMembers, fmt.Sprint(mechanism, " tcp://", s.addr, " ", s.key))
		c.expect("done")
		s.wait("connected", manyMembers)
		bytes, cpu = s.end()
		c.stop()
		return manyMembers, bytes, cpu
	}
}

// messages are sent by one client, and received.
func messages(mechanism int) func(*testing.T) (n, bytes, cpu float64) {
	return func(t *testing.T) (n, bytes, cpu float64) {
		s := serve(t, mechanism, "PULL")
		defer s.stop()
		c := start(t, "", "clients", 1, fmt.Sprint(mechanism, " tcp://", s.addr, " ", s.key))
		c.expect("done")
		s.begin()
		c.say("%d", 5*manyMessages)
		s.wait("received", 5*manyMessages)
		c.expect("done")
		bytes, cpu = s.end()
		c.stop()
		return 5 * manyMessages, bytes, cpu
	}
}

// dialed is a connection that has shaken hands.
func dialed(t *testing.T, s *subject, kind string) net.Conn {
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	if err := greet(c, kind); err != nil {
		t.Fatal(err)
	}
	return c
}

// waiting are messages that nobody receives; each counts as several of what is
// measured.
func waiting(message []byte, several int) func(*testing.T) (n, bytes, cpu float64) {
	return func(t *testing.T) (n, bytes, cpu float64) {
		count := min(manyMessages/several, 50<<20/len(message))
		s := serve(t, null, "PULL")
		defer s.stop()
		c := dialed(t, s, "PUSH")
		defer c.Close()
		s.wait("connected", 1)
		s.begin()
		for range count {
			write(t, c, message)
		}
		s.wait("queued", count)
		bytes, cpu = s.end()
		return float64(count * several), bytes, cpu
	}
}

// announced is a frame of which nothing comes, on each of many connections.
func announced(t *testing.T) (n, bytes, cpu float64) {
	const many = 100
	s := serve(t, null, "PULL")
	defer s.stop()
	conns := make([]net.Conn, 0, many)
	defer func() { hangUp(conns) }()
	for range many {
		conns = append(conns, dialed(t, s, "PUSH"))
	}
	s.wait("connected", many)
	s.begin()
	for _, c := range conns {
		write(t, c, []byte("\x00\x01x\x02\x00\x00\x00\x00\x10\x00\x00\x00"))
	}
	s.wait("queued", many)
	bytes, cpu = s.end()
	return many, bytes, cpu
}

// wasteful is a small message and commands that are ignored.
func wasteful() []byte {
	b := testutil.Frame(0, []byte("x"))
	for range 100 {
		b = append(b, testutil.Frame(testutil.Command, append([]byte("\x01X"), make([]byte, 96)...))...)
	}
	return b
}

// Topics of 20 bytes: those that have the same beginning, as most do; those that have
// nothing in common; pairs of which the second parts the way of the first.
func alike(i int) []byte { return fmt.Appendf(nil, "a topic, %011d", i) }

func unlike(i int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(i)*0x9e3779b97f4a7c15)
	return append(b, fmt.Sprintf("%012d", i)...)
}

func parting(i int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(i/2)*0x9e3779b97f4a7c15)
	return append(b, fmt.Sprintf("%d%011d", i%2, i)...)
}

func subscription(on byte, topic []byte) []byte {
	return append([]byte{0, byte(1 + len(topic)), on}, topic...)
}

// subscribers is one peer with many topics; or what it costs when it leaves.
func subscribers(kind string, topic func(int) []byte, leaves bool) func(*testing.T) (n, bytes, cpu float64) {
	return func(t *testing.T) (n, bytes, cpu float64) {
		s := serve(t, null, kind)
		defer s.stop()
		c := dialed(t, s, "SUB")
		defer c.Close()
		s.wait("connected", 1)
		s.begin()
		var all []byte
		for i := range manyTopics {
			all = append(all, subscription(1, topic(i))...)
		}
		write(t, c, all)
		s.wait("topics", manyTopics)
		if leaves {
			s.used = s.cpu()
			hangUp([]net.Conn{c})
			s.wait("topics", 0)
		}
		bytes, cpu = s.end()
		return manyTopics, bytes, cpu
	}
}

// churn is one peer that subscribes to topics and cancels that.
func churn(kind string) func(*testing.T) (n, bytes, cpu float64) {
	return func(t *testing.T) (n, bytes, cpu float64) {
		s := serve(t, null, kind)
		defer s.stop()
		c := dialed(t, s, "SUB")
		defer c.Close()
		s.wait("connected", 1)
		s.begin()
		var all []byte
		for i := range manyTopics {
			all = append(append(all, subscription(1, alike(i))...), subscription(0, alike(i))...)
		}
		write(t, c, append(append(all, subscription(1, alike(0))...), subscription(1, alike(1))...))
		s.wait("topics", 2) // else there is one at most
		bytes, cpu = s.end()
		return manyTopics, bytes, cpu
	}
}
