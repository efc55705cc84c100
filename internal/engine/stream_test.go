package engine

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/zmtp"
)

// a stream is what a peer says after its handshake, and what a socket ought to
// get of it.
type stream struct {
	frame func(more byte, body string) []byte
	bytes []byte
	want  []string
	ends  []int // of the messages in bytes
}

func (s *stream) message(frames ...string) {
	for i, f := range frames {
		var more byte
		if i < len(frames)-1 {
			more = 1
		}
		s.bytes = append(s.bytes, s.frame(more, f)...)
	}
	s.want = append(s.want, strings.Join(frames, "|"))
	s.ends = append(s.ends, len(s.bytes))
}

// command says something that is no message; want is what a socket gets of it,
// "" for nothing.
func (s *stream) command(frame []byte, want string) {
	s.bytes = append(s.bytes, frame...)
	if want != "" {
		s.want = append(s.want, want)
		s.ends = append(s.ends, len(s.bytes))
	}
}

func letters(n int) string { return strings.Repeat("abcdefghijklmnopqrstuvwxyz", n/26+1)[:n] }

// mixed is a stream of everything: commands only where there are such.
func mixed(frame func(byte, string) []byte, commands bool, large ...int) *stream {
	s := &stream{frame: frame}
	s.message("first")
	s.message("")
	s.message("", "", "x", "")
	s.message(letters(252), letters(253), letters(254), letters(255), letters(256))
	if commands {
		s.command(zmtp.AppendPing(nil, 0, []byte("context")), "")
		s.message("between")
		s.command(zmtp.AppendSubscribe(nil, []byte("topic")), "\x01topic")
		s.command(zmtp.AppendCancel(nil, []byte(letters(300))), "\x00"+letters(300))
		s.command(zmtp.AppendSubscribe(nil, nil), "\x01")
		s.command(zmtp.AppendCommand(nil, "UNKNOWN", []byte("data")), "")
		s.command(zmtp.AppendPong(nil, nil), "")
		// Commands inside a message.
		s.bytes = append(s.bytes, s.frame(1, "a")...)
		s.command(zmtp.AppendPing(nil, 0, nil), "")
		s.bytes = append(s.bytes, s.frame(1, "b")...)
		s.command(zmtp.AppendCommand(nil, "WHAT"), "")
		s.command(zmtp.AppendPing(nil, 0, nil), "")
		s.bytes = append(s.bytes, s.frame(0, "c")...)
		s.want, s.ends = append(s.want, "a|b|c"), append(s.ends, len(s.bytes))
	}
	for _, n := range large {
		s.message("before", letters(n), "after")
		s.message(letters(n))
		s.message(letters(n), letters(n))
		s.message("small")
	}
	if commands {
		// A long header for a short frame, and bits without a meaning.
		s.bytes = append(s.bytes, 0xf8|2, 0, 0, 0, 0, 0, 0, 0, 1, 'L')
		s.want, s.ends = append(s.want, "L"), append(s.ends, len(s.bytes))
	}
	for range 40 {
		s.message("many", "small")
	}
	return s
}

// receive runs an engine on what a peer says and returns what its socket got.
func receive(t testing.TB, cfg *Config, chunks ...[]byte) ([]string, error) {
	s := newSock(t, pipe.Marks{})
	err := Run(newScript(chunks...), cfg, s.ready)
	return s.all(), err
}

// cuts are the places where a stream is cut: all of a short one; of a long one
// those near the frames' headers, the edges of chunks, and some others.
func cuts(s *stream) []int {
	n := len(s.bytes)
	if n < 4000 {
		list := make([]int, n+1)
		for i := range list {
			list[i] = i
		}
		return list
	}
	var list []int
	near := func(at, d int) {
		for i := max(0, at-d); i <= min(n, at+d); i++ {
			list = append(list, i)
		}
	}
	for _, at := range s.ends[:len(s.ends)-40] {
		if at > 3000 {
			near(at, 2)
			near(at+zmtp.MaxHeader, 1)
		}
	}
	for _, at := range []int{minChunk, largeFrame, maxChunk, firstLarge, 2 * maxChunk} {
		near(at, 1)
	}
	rnd := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		list = append(list, rnd.IntN(n))
	}
	return list
}

func check(t *testing.T, what string, at int, got, want []string) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			g, w := "nothing", "nothing"
			if i < len(got) {
				g = got[i]
			}
			if i < len(want) {
				w = want[i]
			}
			t.Fatalf("%s at %d: message %d is %.40q (%d bytes); want %.40q (%d)", what, at, i, g, len(g), w, len(w))
		}
	}
}

// Wherever a stream is cut in two, the messages are the same; if it ends there,
// those that were whole have come and no other.
func TestStreamsCutAnywhere(t *testing.T) {
	for _, d := range dialects() {
		if d.version.Minor > 1 || d.version.Major == 99 || d.name == "1.0 unversioned, no id" {
			continue // nothing of its own behind the greeting
		}
		commands := d.version.Major != 1 && d.name != "2.0"
		sizes := [][]int{nil}
		if strings.Contains("1.0 versioned 3.1", d.name) {
			sizes = append(sizes, []int{largeFrame - 1, largeFrame, largeFrame + 1}, []int{70_000, firstLarge + 1})
		}
		for _, large := range sizes {
			s := mixed(d.frame, commands, large...)
			greeting := bytes.Join(d.steps, nil)
			whole := append(slices.Clone(greeting), s.bytes...)
			for _, at := range cuts(s) {
				got, _ := receive(t, config(), greeting, s.bytes[:at], s.bytes[at:])
				check(t, d.name+" split", at, got, s.want)
				got, err := receive(t, config(), whole[:len(greeting)+at])
				n := 0
				for n < len(s.ends) && s.ends[n] <= at {
					n++
				}
				check(t, d.name+" ended", at, got, s.want[:n])
				if err != errClosedByPeer {
					t.Fatalf("%s ended at %d: %v", d.name, at, err)
				}
			}
		}
	}
}

// The same in many small pieces and in random ones.
func TestStreamsInPieces(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 2))
	for _, d := range dialects() {
		commands := d.version.Major != 1 && d.name != "2.0"
		for _, large := range [][]int{nil, {17_000, 300_000}} {
			s := mixed(d.frame, commands, large...)
			all := append(bytes.Join(d.steps, nil), s.bytes...)
			for _, most := range []int{1, 7, 100, 5000, 100_000} {
				if len(all)/most > 20_000 {
					continue
				}
				var chunks [][]byte
				for rest := all; len(rest) > 0; {
					n := min(len(rest), 1+rnd.IntN(most))
					chunks = append(chunks, rest[:n])
					rest = rest[n:]
				}
				got, _ := receive(t, config(), chunks...)
				check(t, d.name+" in pieces of", most, got, s.want)
			}
		}
	}
}

// Frames that were given out stay as they are while more comes in.
func TestReceivedFramesStay(t *testing.T) {
	s := newSock(t, pipe.Marks{})
	in := hello("DEALER")
	var want []string
	for i := range 5000 {
		body := strings.Repeat(string(rune('a'+i%26)), i%90)
		if i%500 == 0 {
			body = strings.Repeat(string(rune('a'+i%26)), 20_000+i)
		}
		in = append(in, v2(0, body)...)
		want = append(want, body)
	}
	Run(newScript(in), config(), s.ready)
	check(t, "stays", 0, s.all(), want)
}

// What a socket sends is what a peer of each version would say itself.
func TestWritesEveryDialect(t *testing.T) {
	for _, d := range dialects() {
		s := mixed(d.frame, false, largeFrame, 70_000, 300_000)
		c := newScript(bytes.Join(d.steps, nil))
		c.hold = true
		k := newSock(t, pipe.Marks{})
		for _, w := range s.want {
			k.send(strings.Split(w, "|")...)
		}
		k.end.CloseOut()
		if err := Run(c, config(), k.ready); err != ErrClosing {
			t.Errorf("%s: %v", d.name, err)
		}
		if !bytes.HasSuffix(c.out, s.bytes) {
			t.Errorf("%s: not what the peer expects, of %d bytes", d.name, len(s.bytes))
		}
	}
}

func TestPongEchoesTheContext(t *testing.T) {
	r := start(t, config(), newSock(t, pipe.Marks{}))
	p := r.shake()
	for _, context := range []string{"", "x", letters(16)} {
		r.write(zmtp.AppendPing(nil, 0, []byte(context)))
		flags, body, err := p.ReadFrame()
		if err != nil || flags != zmtp.FlagCommand || string(body) != "\x04PONG"+context {
			t.Errorf("context %q: %#x %q, %v", context, flags, body, err)
		}
	}
	// What is beyond 16 bytes is cut.
	r.write(testutil.Frame(testutil.Command, []byte("\x04PING\x00\x00"+letters(17))))
	if _, body, _ := p.ReadFrame(); string(body) != "\x04PONG"+letters(16) {
		t.Errorf("%q", body)
	}
	p.Close()
	r.wantEnd(nil, "")
}

// What breaks the protocol in traffic ends the connection, and what came before
// is delivered.
func TestBadTraffic(t *testing.T) {
	type bad struct {
		name, text string
		in         []byte
	}
	cases := []bad{
		{"error", `reported an error: "busy"`, zmtp.AppendError(nil, "busy")},
		{"empty command", "empty command", v2(4, "")},
		{"nameless command", "without a name", v2(4, "\x00")},
		{"cut name", "within its name", v2(4, "\x05abc")},
		{"cut ping", "PING", v2(4, "\x04PING\x00")},
		{"subscription in a message", "in the middle of a message", append(v2(1, "a"), zmtp.AppendSubscribe(nil, []byte("b"))...)},
		{"large command", "a command of 65537 bytes", append([]byte{6, 0, 0, 0, 0, 0, 1, 0, 1}, "\x04PING"...)},
		{"huge command", "a command of 9223372036854775807 bytes", append([]byte{6, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, "\x09SUBSCRIP"...)},
		{"2^63", "a frame of 9223372036854775808 bytes", []byte{2, 0x80, 0, 0, 0, 0, 0, 0, 0}},
		{"2^64-1", "a frame of 18446744073709551615 bytes", []byte{3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
		{"huge command of 2^63", "a command of 9223372036854775808 bytes", append([]byte{6, 0x80, 0, 0, 0, 0, 0, 0, 0}, "\x06CANCER"...)},
	}
	for _, c := range cases {
		got, err := receive(t, config(), hello("DEALER"), v2(0, "good"), v2(1, "half"), v2(0, "of two"), c.in)
		if err == nil || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v; want %q", c.name, err, c.text)
		}
		check(t, c.name, 0, got, []string{"good", "half|of two"})
	}
	old := bytes.Join([][]byte{v1(0, "id"), v1(0, "good")}, nil)
	for _, c := range []bad{
		{"no length", "length zero", []byte{0}},
		{"huge", "size exceeds", []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
	} {
		got, err := receive(t, config(), old, c.in)
		if err == nil || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s in 1.0: %v", c.name, err)
		}
		check(t, c.name+" in 1.0", 0, got, []string{"good"})
	}
}

// In ZMTP 2.0 there are no commands: the bit means nothing.
func TestNoCommandsBefore3(t *testing.T) {
	d := dialects()[4]
	if d.name != "2.0" {
		t.Fatal(d.name)
	}
	got, _ := receive(t, config(), bytes.Join(d.steps, nil), v2(4, "\x05ERROR\x00"))
	check(t, "2.0", 0, got, []string{"\x05ERROR\x00"})
}
