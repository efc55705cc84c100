package engine

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// Fault B5: a frame is counted as what it costs when it is kept and received, and
// MAXMESSAGE bounds that: so do frames without bytes, and commands between frames.
func TestFrameCost(t *testing.T) {
	const most = 1 << 20
	cfg := config()
	cfg.Wire.MaxMessage = most
	for name, unit := range map[string][]byte{
		"empty frames":          v2(1, ""),
		"frames and commands":   append(v2(1, ""), v2(4, "\x01x"+letters(50_000))...),
		"frames, and a command": append(v2(1, letters(300)), v2(4, "\x01x")...),
	} {
		n := most/(len(unit)+32) + 1
		_, err := receive(t, cfg, hello("DEALER"), bytes.Repeat(unit, n), v2(0, "end"))
		if !errors.Is(err, errno.ErrLimit) || !isSizeError(err) || !strings.Contains(err.Error(), "MAXMESSAGE is 1048576") {
			t.Errorf("%s, %d: %v", name, n, err)
		}
	}
	for _, frames := range []int{1, 2, manyTestFrames} {
		if frames > 1 {
			cfg.Wire.MaxMessage = int64(frames * (1 + msg.FrameCost))
		}
		in := append(bytes.Repeat(v2(1, "x"), frames-1), v2(0, "x")...)
		got, err := receive(t, cfg, hello("DEALER"), in)
		if err != errClosedByPeer || len(got) != 1 || strings.Count(got[0], "x") != frames {
			t.Errorf("%d frames that fit: %d messages, %v", frames, len(got), err)
		}
	}
}

const manyTestFrames = 100_000

// Fault B5: what Recv makes of a message of many frames is not more than what they
// were counted as.
func TestRecvOfManyFrames(t *testing.T) {
	s := newSock(t, pipe.Marks{})
	in := append(bytes.Repeat(v2(1, ""), manyTestFrames), v2(0, "")...)
	Run(newScript(hello("DEALER"), in), config(), s.ready)
	var before, after runtime.MemStats
	var m msg.Message
	runtime.ReadMemStats(&before)
	ok := s.end.Recv(&m)
	runtime.ReadMemStats(&after)
	if !ok || len(m.Frames) != manyTestFrames+1 {
		t.Fatalf("received %v, %d frames", ok, len(m.Frames))
	}
	if n := int(after.TotalAlloc-before.TotalAlloc) / manyTestFrames; n > msg.FrameCost {
		t.Errorf("%d bytes allocated for each frame", n)
	}
	if m.Reset(); cap(m.Frames) > msg.KeepFrames {
		t.Errorf("room for %d frames stays", cap(m.Frames))
	}
}

// MAX_FRAMES bounds the frames of a message, in each framing.
func TestMaxFrames(t *testing.T) {
	for _, old := range []bool{false, true} {
		in, frame := hello("DEALER"), v2
		if old {
			in, frame = v1(0, ""), v1
		}
		cfg := config()
		cfg.Wire.MaxFrames = 3
		fits := append(append(frame(1, "a"), frame(1, "")...), frame(0, "c")...)
		got, err := receive(t, cfg, in, fits, frame(0, "x"), fits, frame(1, ""), fits)
		check(t, fmt.Sprint("old ", old), 0, got, []string{"a||c", "x", "a||c"})
		if !errors.Is(err, errno.ErrLimit) || !isSizeError(err) || !strings.Contains(err.Error(), "MAX_FRAMES is 3") {
			t.Errorf("old %v: %v", old, err)
		}
	}
}

// Fault B5: RCVHWM_BYTES bounds what is kept of a peer, whatever it has sent between
// its messages, and however its messages were cut.
func TestMarkInBytesBoundsMemory(t *testing.T) {
	const mark = 1 << 20
	command := func(n int) []byte { return v2(zmtp.FlagCommand, "\x01x"+letters(n)) }
	for name, unit := range map[string][]byte{
		"one at a time":       v2(0, "x"),
		"small commands":      append(v2(0, "x"), bytes.Repeat(command(20), 2000)...),
		"a large command":     append(v2(0, "x"), command(60_000)...),
		"commands first":      append(command(60_000), v2(0, "x")...),
		"just over a chunk":   v2(0, letters(1<<16+1)),
		"and a frame with it": append(v2(1, ""), v2(0, letters(1<<16+1))...),
	} {
		s := newSock(t, pipe.Marks{RecvBytes: mark})
		e := &engine{cfg: config(), end: s.far, handle: s.handle, wire: traits{commands: true, subs: true}}
		r := &reader{e: e, want: minChunk}
		for n := 0; s.far.Room(); n++ {
			if n > 1<<16 {
				t.Fatalf("%s: no end", name)
			}
			for b := unit; len(b) > 0; {
				k := copy(r.space(), b)
				b = b[k:]
				r.received(k)
				if err := r.walk(); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
		}
		kept, msgs := 0, 0
		chunks := make(map[*msg.Chunk]bool)
		var m msg.Message
		for ; s.end.Recv(&m); msgs++ {
			kept += pipe.SegmentCost / 2 // at least
			if c := m.Chunk; c != nil && !chunks[c] {
				chunks[c] = true
				kept += len(c.B)
			}
		}
		if kept > mark+4*maxChunk || kept < mark/3 {
			t.Errorf("%s: %d messages keep %d bytes; the mark is %d", name, msgs, kept, mark)
		}
		if d := s.depth(); d.RecvBytes != 0 || !s.far.Room() {
			t.Errorf("%s: %d bytes are counted when nothing is left", name, d.RecvBytes)
		}
	}
}
