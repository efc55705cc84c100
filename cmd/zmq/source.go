package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"time"
)

// source is where messages come from: arguments, files, or else the lines of
// standard input.
type source struct {
	Message   []string      `arg:"" optional:"" help:"Messages to send. Without any, and without --file, each line of standard input is one."`
	File      []string      `short:"f" sep:"none" placeholder:"FILE" help:"Send a whole file as one message; - is standard input. May be given again."`
	Input     string        `enum:"plain,hex,json,quoted" default:"plain" help:"How messages are written: plain, hex, json (as --format json prints them) or quoted (as Go does it)."`
	Multipart bool          `short:"m" help:"Cut each message into frames at the --delimiter."`
	Interval  time.Duration `short:"i" placeholder:"D" help:"Wait between two messages."`
}

// maxRecord bounds a line, and a file: what the far end accepts by default.
const maxRecord = 256 << 20

// A reader makes messages of a source.
type reader struct {
	*source
	*text
	in    io.Reader
	ctx   context.Context
	cut   []byte // the delimiter
	to    bool   // the first frame is a routing id
	form  string
	loop  bool   // begin again at the end of arguments or files
	count uint64 // at most so many; 0 is no limit

	frames [][]byte // of the message under way
}

// open makes a reader. to says that messages begin with a routing id; count is
// how many messages to make, 0 for as many as there are.
func (s *source) open(e *env, t *text, to bool, count uint64) (*reader, error) {
	cut, err := t.delimiter()
	if err != nil {
		return nil, err
	}
	if len(s.Message) > 0 && len(s.File) > 0 {
		return nil, usagef("for example: zmq push ... --file a --file b", "messages as arguments and --file do not go together")
	}
	r := &reader{source: s, text: t, ctx: e.ctx, cut: cut, to: to, form: s.Input, count: count,
		loop: count > 0 && len(s.Message)+len(s.File) > 0}
	if t.Hex {
		r.form = "hex"
	}
	r.in = interruptible(e.ctx, e.stdin)
	return r, nil
}

// fromStdin reports whether standard input is read.
func (s *source) fromStdin() bool { return len(s.Message)+len(s.File) == 0 }

// all iterates over the messages. The frames are the reader's: they stay as they
// are until the next step. An error is the last step. Between two steps it
// keeps to the interval.
func (r *reader) all() iter.Seq2[[][]byte, error] {
	return func(yield func([][]byte, error) bool) {
		var n uint64
		for {
			for frames, err := range r.once() {
				if err == nil && n > 0 {
					err = r.pause()
				}
				if err != nil {
					yield(nil, err)
					return
				}
				n++
				if !yield(frames, nil) || n == r.count {
					return
				}
			}
			if !r.loop || n == 0 {
				return
			}
		}
	}
}

func (r *reader) pause() error {
	if r.Interval <= 0 {
		return nil
	}
	select {
	case <-r.ctx.Done():
		return r.ctx.Err()
	case <-time.After(r.Interval):
		return nil
	}
}

// once iterates over the source from its beginning to its end.
func (r *reader) once() iter.Seq2[[][]byte, error] {
	return func(yield func([][]byte, error) bool) {
		r.frames = r.frames[:0]
		for record, err := range r.records() {
			whole := false
			if err == nil {
				whole, err = r.add(record)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if whole {
				if !yield(r.frames, nil) {
					return
				}
				r.frames = r.frames[:0]
			}
		}
		if len(r.frames) > 0 {
			yield(r.frames, nil)
		}
	}
}

// records iterates over lines, arguments or files.
func (r *reader) records() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, m := range r.Message {
			if !yield([]byte(m), nil) {
				return
			}
		}
		for _, name := range r.File {
			b, err := r.readFile(name)
			if !yield(b, err) || err != nil {
				return
			}
		}
		if r.fromStdin() {
			r.lines(yield)
		}
	}
}

func (r *reader) lines(yield func([]byte, error) bool) {
	end := r.end()
	lines := bufio.NewScanner(r.in)
	lines.Buffer(make([]byte, 64<<10), maxRecord)
	lines.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		if i := bytes.IndexByte(data, end); i >= 0 {
			return i + 1, data[:i], nil
		}
		if atEOF && len(data) > 0 {
			return len(data), data, nil
		}
		return 0, nil, nil
	})
	for lines.Scan() {
		b := lines.Bytes()
		if r.Frames {
			b = bytes.Clone(b) // several lines make a message
		}
		if !yield(b, nil) {
			return
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		yield(nil, fmt.Errorf("a line of more than %d MiB", maxRecord>>20))
	case err != nil:
		yield(nil, err)
	}
}

func (r *reader) readFile(name string) ([]byte, error) {
	var in io.Reader = r.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, maxRecord+1))
	if err == nil && len(b) > maxRecord {
		err = fmt.Errorf("%s: larger than %d MiB", name, maxRecord>>20)
	}
	return b, err
}

// add puts a record into r.frames, and reports whether the message is whole.
func (r *reader) add(record []byte) (bool, error) {
	if r.form == "json" {
		frames, err := parseJSON(record)
		r.frames = frames
		return true, err
	}
	if r.Frames && r.fromStdin() && len(record) == 0 {
		return len(r.frames) > 0, nil // an empty line
	}
	for rest, more := record, true; more; {
		frame := rest
		if more = r.Multipart || r.to && len(r.frames) == 0 && !r.Frames; more {
			frame, rest, more = bytes.Cut(rest, r.cut)
		}
		if r.to && len(r.frames) == 0 && r.form == "plain" {
			r.frames = append(r.frames, parseID(frame))
			continue
		}
		b, err := decode(r.form, frame)
		if err != nil {
			return false, err
		}
		r.frames = append(r.frames, b)
	}
	return !r.Frames || !r.fromStdin(), nil
}

// parseJSON reads what --format json writes.
func parseJSON(b []byte) ([][]byte, error) {
	var m jsonMessage
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, usage(fmt.Errorf("%.40q: %w", b, err), `a message looks like {"frames":["topic","body"]}`)
	}
	frames := m.Base64
	for _, f := range m.Frames {
		frames = append(frames, []byte(f))
	}
	if len(frames) == 0 {
		return nil, usagef(`a message looks like {"frames":["topic","body"]}`, fmt.Sprintf("%.40q has no frames", b))
	}
	return frames, nil
}

type jsonMessage struct {
	Frames []string `json:"frames,omitempty"` // if all of them are UTF-8
	Base64 [][]byte `json:"base64,omitempty"` // else
}
