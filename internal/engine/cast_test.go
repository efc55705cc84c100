package engine

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// quiet is an Owner that nobody has to wake.
type quiet struct{}

func (quiet) Wake(*pipe.End, pipe.Event) {}
func (quiet) Flush(e *pipe.End)          {}

type castRig struct {
	t   *testing.T
	r   *CastReader
	end *pipe.End // the socket's
}

func newCastRig(t *testing.T, w opt.Wire) *castRig {
	near, far := pipe.New(quiet{}, NewHandle(nil), pipe.Marks{}, true)
	return &castRig{t, NewCastReader(&Config{Wire: w}, far), near}
}

var unlimited = opt.Wire{MaxMsgSize: -1}

// received is what the socket has, frames joined by "|".
func (c *castRig) received() []string {
	c.r.Flush()
	var list []string
	var m msg.Message
	for c.end.Recv(&m) {
		list = append(list, string(bytes.Join(m.Frames, []byte("|"))))
		if m.Chunk != nil {
			m.Chunk.Release()
		}
	}
	return list
}

func cast(frames ...string) (b []byte) {
	for i, f := range frames {
		b = append(zmtp.AppendHeaderV1(b, i < len(frames)-1, len(f)), f...)
	}
	return b
}

// Messages of several streams, cut anywhere and mixed, come out whole, each
// stream's in order.
func TestCastStreams(t *testing.T) {
	for seed := range uint64(30) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		c := newCastRig(t, unlimited)
		const streams = 3
		var bytesOf [streams][]byte
		var want, got [streams][]string
		for i := range streams {
			for n := range 100 {
				var frames []string
				for range 1 + rnd.IntN(3)*rnd.IntN(2) {
					size := rnd.IntN(300)
					if rnd.IntN(20) == 0 {
						size = rnd.IntN(100_000)
					}
					frames = append(frames, fmt.Sprintf("%d %d %s", i, n, bytes.Repeat([]byte{byte('a' + n%26)}, size)))
				}
				bytesOf[i] = append(bytesOf[i], cast(frames...)...)
				want[i] = append(want[i], string(bytes.Join(slicesOf(frames), []byte("|"))))
			}
		}
		var all [streams]*CastStream
		for i := range all {
			all[i] = c.r.Stream()
		}
		take := func() {
			for _, m := range c.received() {
				i := int(m[0] - '0')
				got[i] = append(got[i], m)
			}
		}
		begun := [streams]bool{}
		for left := true; left; {
			left = false
			for i := range all {
				k := min(len(bytesOf[i]), 1+rnd.IntN(3000))
				if k == 0 {
					continue
				}
				left = true
				if !all[i].Bytes(bytesOf[i][:k], !begun[i]) {
					t.Fatal("refused")
				}
				begun[i] = true
				bytesOf[i] = bytesOf[i][k:]
			}
			if rnd.IntN(5) == 0 {
				take()
			}
		}
		take()
		for i := range got {
			if fmt.Sprint(got[i]) != fmt.Sprint(want[i]) {
				t.Fatalf("seed %d, stream %d: %d messages of %d, or others", seed, i, len(got[i]), len(want[i]))
			}
		}
	}
}

func slicesOf(s []string) (b [][]byte) {
	for _, x := range s {
		b = append(b, []byte(x))
	}
	return b
}

// Every cut of a message of several frames, with one before and one behind.
func TestCastCuts(t *testing.T) {
	text := append(append(cast("first"), cast("a", "", string(bytes.Repeat([]byte("b"), 260)))...), cast("last")...)
	want := fmt.Sprint(func() []string {
		c := newCastRig(t, unlimited)
		c.r.Stream().Bytes(text, true)
		return c.received()
	}())
	for i := range text {
		for j := i; j < len(text); j += 7 {
			c := newCastRig(t, unlimited)
			s := c.r.Stream()
			ok := s.Bytes(text[:i], true) && s.Bytes(text[i:j], false) && s.Bytes(text[j:], false)
			if got := fmt.Sprint(c.received()); !ok || got != want {
				t.Fatalf("cut at %d and %d: %v %s", i, j, ok, got)
			}
		}
	}
}

// A message that was begun and not ended is forgotten, and no part of it is
// ever seen.
func TestCastDrop(t *testing.T) {
	text := cast("one", "two", string(bytes.Repeat([]byte("3"), 300)))
	for i := range text {
		c := newCastRig(t, unlimited)
		s := c.r.Stream()
		s.Bytes(append(cast("before"), text[:i]...), true)
		s.Bytes(cast("after"), true)
		if got := fmt.Sprint(c.received()); got != "[before after]" {
			t.Errorf("cut at %d: %s", i, got)
		}
		s.Bytes(text[:i], false)
		s.Drop()
		s.Bytes(cast("x", "y"), true)
		if got := fmt.Sprint(c.received()); got != "[x|y]" {
			t.Errorf("cut at %d: %s", i, got)
		}
	}
}

func TestCastLimits(t *testing.T) {
	big := string(bytes.Repeat([]byte("x"), 101))
	for _, c := range []struct {
		name string
		wire opt.Wire
		text []byte
		ok   bool
	}{
		{"a frame as large as may be", opt.Wire{MaxMsgSize: 101}, cast(big), true},
		{"a larger one", opt.Wire{MaxMsgSize: 100}, cast(big), false},
		{"a frame of length 0", unlimited, []byte{0, 0}, false},
		{"a frame without measure", unlimited, bytes.Repeat([]byte{255}, 10), false},
		{"a frame of 2^40", unlimited, []byte{255, 0, 0, 1, 0, 0, 0, 0, 0, 0}, false},
		{"a message as large as may be", opt.Wire{MaxMsgSize: -1, MaxMessage: 2 * (101 + msg.FrameCost)}, cast(big, big), true},
		{"a larger one", opt.Wire{MaxMsgSize: -1, MaxMessage: 200}, cast(big, big), false},
		{"one larger by what frames cost", opt.Wire{MaxMsgSize: -1, MaxMessage: 2*(101+msg.FrameCost) - 1}, cast(big, big), false},
		{"as many frames as may be", opt.Wire{MaxMsgSize: -1, MaxFrames: 3}, cast("", "", ""), true},
		{"one more", opt.Wire{MaxMsgSize: -1, MaxFrames: 3}, cast("", "", "", ""), false},
		{"empty frames without end", opt.Wire{MaxMsgSize: -1, MaxMessage: 1000}, bytes.Repeat([]byte{1, 1}, 1000), false},
	} {
		rig := newCastRig(t, c.wire)
		s := rig.r.Stream()
		if ok := s.Bytes(append(cast("fine"), c.text...), true); ok != c.ok {
			t.Errorf("%s: %v", c.name, ok)
		}
		s.Bytes(cast("again"), true)
		got := rig.received()
		if got[0] != "fine" || got[len(got)-1] != "again" || !c.ok && len(got) != 2 {
			t.Errorf("%s: received %q", c.name, got)
		}
	}
}

// Memory follows what has come, not what was announced.
func TestCastGrowth(t *testing.T) {
	rig := newCastRig(t, unlimited)
	s := rig.r.Stream()
	s.Bytes(append(zmtp.AppendHeaderV1(nil, false, 1<<30), "abc"...), true)
	if cap(s.part) > 2*firstLarge {
		t.Errorf("%d bytes for three", cap(s.part))
	}
}

// Fault B8: messages without an end, of as many publishers as one likes to be, are
// bounded together by MAXMESSAGE; when they end there is room again.
func TestCastHeld(t *testing.T) {
	const most, piece = leastHeld + 1<<20, 1 << 20
	rig := newCastRig(t, opt.Wire{MaxMsgSize: -1, MaxMessage: most})
	body := make([]byte, piece)
	begin := append(zmtp.AppendHeaderV1(nil, false, 2*piece), body...)
	var streams []*CastStream
	refused := 0
	for range 100 {
		s := rig.r.Stream()
		if s.Bytes(begin, true) {
			streams = append(streams, s)
		} else {
			refused++
		}
		if rig.r.held > most+4*piece {
			t.Fatalf("%d bytes are held", rig.r.held)
		}
	}
	if refused == 0 || len(streams) < most/piece/4 {
		t.Errorf("%d messages are held, %d refused", len(streams), refused)
	}
	if !rig.r.Stream().Bytes(cast("whole"), true) {
		t.Error("a message that is whole has no room")
	}
	for _, s := range streams[1:] {
		s.Drop()
	}
	streams[0].Bytes(body, false)
	if rig.r.held != 0 {
		t.Errorf("%d bytes are held when nothing is", rig.r.held)
	}
	if got := rig.received(); len(got) != 2 {
		t.Errorf("received %d messages, want the whole ones", len(got))
	}
}

func FuzzCastStream(f *testing.F) {
	f.Add(cast("a", "bc"), 1)
	f.Add([]byte{255, 0, 0, 0, 0, 0, 0, 0, 3, 1, 1, 2, 1, 0}, 9)
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		if cut < 0 || cut > len(b) {
			return
		}
		w := opt.Wire{MaxMsgSize: 1 << 20, MaxMessage: 1 << 21}
		whole, parts := newCastRig(t, w), newCastRig(t, w)
		all := whole.r.Stream().Bytes(b, true)
		s := parts.r.Stream()
		ok := s.Bytes(b[:cut], true) && s.Bytes(b[cut:], false)
		if ok != all {
			t.Errorf("whole %v, cut %v", all, ok)
		}
		if a, b := fmt.Sprint(whole.received()), fmt.Sprint(parts.received()); a != b {
			t.Errorf("whole %s, cut %s", a, b)
		}
	})
}

// castLog is a CastWriter that notes what it is given.
type castLog struct {
	text     []byte
	begins   []int
	flushes  int
	finished bool
	err      error
	after    int // frames until err
}

func (l *castLog) Frame(head, body []byte, begins bool) error {
	if l.after--; l.after == 0 {
		return l.err
	}
	if begins {
		l.begins = append(l.begins, len(l.text))
	}
	l.text = append(append(l.text, head...), body...)
	return nil
}
func (l *castLog) Flush() error { l.flushes++; return nil }
func (l *castLog) Finish()      { l.finished = true }

func TestWriteCast(t *testing.T) {
	h := NewHandle(nil)
	near, far := pipe.New(quiet{}, h, pipe.Marks{}, true)
	near.Send(&msg.Message{Frames: [][]byte{[]byte("one")}})
	near.Send(&msg.Message{Frames: [][]byte{[]byte("t"), nil, bytes.Repeat([]byte("w"), 20_000)}})
	near.Send(&msg.Message{Frames: [][]byte{[]byte("three")}})
	near.CloseOut()
	failing := &castLog{after: 4, err: ErrClosing}
	if err := WriteCast(far, h, nil, failing); err != ErrClosing {
		t.Fatal(err)
	}
	if string(failing.text[:5]) != "\x04\x00one" {
		t.Errorf("wrote %q", failing.text)
	}
	// What had not gone out whole goes to the next.
	l := &castLog{}
	if err := WriteCast(far, h, nil, l); err != nil {
		t.Fatal(err)
	}
	want := append(cast("t", "", string(bytes.Repeat([]byte("w"), 20_000))), cast("three")...)
	if !bytes.Equal(l.text, want) || fmt.Sprint(l.begins) != fmt.Sprint([]int{0, len(want) - 7}) || !l.finished || l.flushes == 0 {
		t.Errorf("wrote %d bytes of %d, messages at %v, finished %v", len(l.text), len(want), l.begins, l.finished)
	}
	stop := make(chan struct{})
	close(stop)
	near, far = pipe.New(quiet{}, h, pipe.Marks{}, true)
	if err := WriteCast(far, h, stop, l); err != ErrClosing {
		t.Errorf("stopped: %v", err)
	}
	near.CloseOut()
}

func TestDrainCast(t *testing.T) {
	h := NewHandle(nil)
	near, far := pipe.New(quiet{}, h, pipe.Marks{}, true)
	woken := make(chan struct{})
	ended := make(chan struct{})
	go func() { // ends when the pipe does
		defer close(ended)
		DrainCast(far, h, nil, func() { close(woken) })
	}()
	near.Send(&msg.Message{Frames: [][]byte{[]byte("\x01topic")}})
	near.Flush()
	h.Wake(far, pipe.Out)
	<-woken
	near.CloseOut()
	<-ended
}
