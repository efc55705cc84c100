package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/zmtp"
)

func isSizeError(err error) bool {
	return errors.Is(err, errno.EMSGSIZE) && errors.Is(err, errno.EPROTO)
}

// MAXMSGSIZE bounds each frame, commands too, by what it announces.
func TestMaxMsgSize(t *testing.T) {
	for _, lim := range []int64{0, 1, 30, 255, 256, 1000, largeFrame, 100_000} {
		for _, old := range []bool{false, true} {
			cfg := config()
			cfg.Wire.MaxMsgSize = lim
			in, frame := hello("DEALER"), v2
			if old {
				in, frame = v1(0, ""), v1
			} else if lim < 30 {
				// Its READY is too long already.
				if _, err := receive(t, cfg, in); !isSizeError(err) {
					t.Errorf("READY beyond %d: %v", lim, err)
				}
				continue
			}
			fits := letters(int(lim))
			over := frame(0, fits+"x")
			over = over[:len(over)-int(lim)-1] // the announcement is enough
			got, err := receive(t, cfg, in, frame(1, fits), frame(0, fits), over)
			check(t, fmt.Sprintf("limit %d, old %v", lim, old), 0, got, []string{fits + "|" + fits})
			if !isSizeError(err) || !strings.Contains(err.Error(), fmt.Sprint("MAXMSGSIZE is ", lim)) {
				t.Errorf("limit %d, old %v: %v", lim, old, err)
			}
		}
	}
	cfg := config()
	cfg.Wire.MaxMsgSize = 50
	_, err := receive(t, cfg, hello("DEALER"), zmtp.AppendSubscribe(nil, make([]byte, 50)))
	if !isSizeError(err) {
		t.Errorf("a command of 60 bytes: %v", err)
	}
}

// MaxMessage bounds the sum of a message's frames, and no command.
func TestMaxMessage(t *testing.T) {
	const lim = 100_000
	for _, old := range []bool{false, true} {
		in, frame := hello("DEALER"), v2
		if old {
			in, frame = v1(0, ""), v1
		}
		cfg := config()
		cfg.Wire.MaxMessage = lim
		fits := letters(lim)
		for _, over := range [][]byte{
			frame(0, fits+"x")[:10],
			append(frame(1, letters(50_000)), frame(0, letters(50_001))...),
			append(frame(1, letters(99_000)), frame(1, letters(1000))...),
			[]byte(strings.Repeat(string(frame(1, "")), lim/9+1)),
			append(frame(1, "x"), 0xff),
		} {
			if len(over) < 20 && old {
				continue
			}
			if over[len(over)-1] == 0xff {
				over = append(frame(1, "x"), binary.BigEndian.AppendUint64([]byte{3}, 1<<63-1)...)
			}
			got, err := receive(t, cfg, in, frame(0, fits), frame(1, "a"), frame(0, letters(90_000)), over)
			check(t, "MaxMessage", len(over), got, []string{fits, "a|" + letters(90_000)})
			if !isSizeError(err) || !strings.Contains(err.Error(), "message of more than 100000 bytes") {
				t.Errorf("old %v, % x...: %v", old, over[:10], err)
			}
		}
	}
	cfg := config()
	cfg.Wire.MaxMessage = 5
	got, err := receive(t, cfg, hello("DEALER"), zmtp.AppendSubscribe(nil, []byte("topic")), v2(0, "12345"))
	check(t, "commands", 0, got, []string{"\x01topic", "12345"})
	if err != errClosedByPeer {
		t.Errorf("a long command: %v", err)
	}
}

// What is only announced is not allocated.
func TestAnnouncedIsNotAllocated(t *testing.T) {
	header := func(flags byte, size uint64) []byte {
		return binary.BigEndian.AppendUint64([]byte{flags}, size)
	}
	old := append(binary.BigEndian.AppendUint64([]byte{0xff}, 1<<63-1), 0)
	for name, in := range map[string][]byte{
		"2^63-1":     append(hello("DEALER"), header(2, 1<<63-1)...),
		"2^40":       append(hello("DEALER"), append(header(2, 1<<40), make([]byte, 1000)...)...),
		"1 GiB":      append(hello("DEALER"), append(header(3, 1<<30), make([]byte, 100_000)...)...),
		"1.0":        append(v1(0, ""), old...),
		"READY":      append(testutil.Greeting(), header(6, 1<<62)...),
		"64 KiB":     append(testutil.Greeting(), header(6, maxCommand)...),
		"id":         append(signature(0), append([]byte{1, 5}, header(2, 1<<62)...)...),
		"id of 1.0":  old,
		"in command": append(testutil.Greeting(), v2(4, "\x05READY\x01a\x7f\xff\xff\xff")...),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := receive(t, config(), in)
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 2<<20 {
			t.Errorf("%s: %d bytes allocated", name, n)
		}
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Frames that never end a message are held, bounded where the user asks, and
// dropped with the connection.
func TestUnfinishedMessageIsDropped(t *testing.T) {
	in := hello("DEALER")
	in = append(in, v2(0, "whole")...)
	for range 10_000 {
		in = append(in, v2(1, "part")...)
	}
	got, _ := receive(t, config(), in)
	check(t, "unfinished", 0, got, []string{"whole"})
}

// A peer that pings and does not read what we answer costs a bounded amount.
func TestPingsCannotFillMemory(t *testing.T) {
	e := &engine{handle: NewHandle(nil)}
	e.writer.state = roleOwned
	for range 10_000 {
		e.command(zmtp.AppendPong(nil, make([]byte, 16)))
	}
	if n := len(e.commands); n < maxCommands || n > maxCommands+100 {
		t.Errorf("%d bytes of commands wait", n)
	}
	e.end, _ = pipe.New(e.handle, e.handle, pipe.Marks{}, true)
	if e.takeCommands(nil); len(e.commands) != 0 {
		t.Error("taken and still there")
	}
}
