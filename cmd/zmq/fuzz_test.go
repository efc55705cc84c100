package main

import (
	"bytes"
	"slices"
	"testing"

	"github.com/zeroth-mq/zmq"
)

// FuzzText reads messages that are written in any form, or not at all, and
// writes what was read: in the forms that can hold everything it is read again
// as it was.
func FuzzText(f *testing.F) {
	for i, form := range forms {
		for _, line := range []string{"a\tb\t\tc\n", "00ff\t\t0a\n", "\"a\\n\"\t\"\"\n", `{"frames":["a\n",""]}` + "\n" + `{"base64":["/w=="]}`, "0x41\tb\n\n", "\x00\xff"} {
			f.Add([]byte(line), byte(i), true, form == "plain", false, true)
		}
	}
	push, pull := joined(f)
	f.Fuzz(func(t *testing.T, b []byte, form byte, multipart, frames, null, routed bool) {
		written := text{Null: null, Delimiter: `\t`, Frames: frames}
		in := source{Input: forms[int(form)%len(forms)], Multipart: multipart}
		for _, read := range readAll(t, in, written, routed, b) {
			if ok, err := push.TrySend(read...); !ok || err != nil {
				t.Fatal(ok, err)
			}
			m, ok, err := pull.TryRecv()
			if !ok || err != nil {
				t.Fatal(ok, err)
			}
			for _, form := range forms[1:] {
				if form == "hex" && frames {
					continue // an empty frame would be an empty line
				}
				again := readAll(t, source{Input: form, Multipart: !frames}, written, false, printed(t, form, written, m))
				if len(again) != 1 || !slices.EqualFunc(again[0], read, bytes.Equal) {
					t.Errorf("%s: %q was read again as %q", form, read, again)
				}
			}
		}
	})
}

// forms are those of --input that have the same name in --format; all but plain
// can hold everything.
var forms = []string{"plain", "hex", "json", "quoted"}

// joined are two sockets in which one message can wait.
func joined(tb testing.TB) (push, pull *zmq.Socket) {
	for _, s := range []struct {
		at   **zmq.Socket
		kind zmq.Type
	}{{&push, zmq.Push}, {&pull, zmq.Pull}} {
		var err error
		if *s.at, err = zmq.New(s.kind); err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { (*s.at).Close() })
	}
	if _, err := pull.Bind("inproc://fuzz-text"); err != nil {
		tb.Fatal(err)
	}
	if err := push.Connect("inproc://fuzz-text"); err != nil {
		tb.Fatal(err)
	}
	return push, pull
}

// readAll reads what it can: an error is the end, and no fault.
func readAll(t *testing.T, in source, written text, routed bool, b []byte) (all [][][]byte) {
	r, err := in.open(&env{ctx: t.Context(), stdin: bytes.NewReader(b)}, &written, routed, 0)
	if err != nil {
		t.Fatal(err)
	}
	for frames, err := range r.all() {
		if err != nil {
			break
		}
		var message [][]byte
		for _, f := range frames {
			message = append(message, bytes.Clone(f))
		}
		all = append(all, message)
	}
	return all
}

func printed(t *testing.T, form string, written text, m zmq.Message) []byte {
	var out bytes.Buffer
	p, err := (&sink{Format: form}).open(&env{stdout: &out}, &written, false)
	if err == nil {
		err = p.print(m)
	}
	if err == nil {
		err = p.flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
