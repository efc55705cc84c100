package engine

import (
	"bytes"
	"testing"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// FuzzRead feeds arbitrary bytes to an engine after its handshake, in two
// pieces. Nothing panics; both ways of cutting give the same messages; and what
// comes out, framed again, is what plain parsing finds in the bytes.
func FuzzRead(f *testing.F) {
	for _, v := range []byte{0, 1, 2} {
		frame := v2
		if v == 0 {
			frame = v1
		}
		s := mixed(frame, v == 2)
		f.Add(v, len(s.bytes)/2, s.bytes[:1200])
		f.Add(v, 20, s.bytes[1200:])
		f.Add(v, 3, append(frame(1, "a")[:3], frame(0, letters(17_000))...))
	}
	f.Add(byte(2), 3, []byte{2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Add(byte(2), 3, []byte{6, 0, 0, 0, 0, 0, 0, 0, 1, 0})
	f.Fuzz(func(t *testing.T, version byte, cut int, in []byte) {
		d := dialects()[[]int{0, 4, 6}[version%3]]
		greeting := bytes.Join(d.steps, nil)
		cfg := config()
		cfg.Wire.MaxMsgSize = 1 << 20
		cfg.Wire.MaxMessage = 1 << 21
		whole, _ := receiveFrames(t, cfg, greeting, in)
		if cut = max(cut, 0) % (len(in) + 1); cut > 0 {
			split, _ := receiveFrames(t, cfg, greeting, in[:cut], in[cut:])
			if !bytes.Equal(whole, split) {
				t.Fatalf("cut at %d, other messages: % x; want % x", cut, split, whole)
			}
		}
		if want := plain(d, in); !bytes.HasPrefix(want, whole) {
			t.Fatalf("received % x; the bytes say % x", whole, want)
		}
	})
}

// receiveFrames gives what a socket got, framed as ZMTP 3 does.
func receiveFrames(t testing.TB, cfg *Config, chunks ...[]byte) ([]byte, error) {
	s := newSock(t, pipe.Marks{})
	err := Run(newScript(chunks...), cfg, s.ready)
	var out []byte
	var m msg.Message
	for s.end.Recv(&m) {
		for i, f := range m.Frames {
			var flags byte
			if i < len(m.Frames)-1 {
				flags = zmtp.FlagMore
			}
			out = zmtp.AppendFrame(out, flags, f)
		}
	}
	return out, err
}

// plain reads the messages of a stream in the plainest way there is.
func plain(d dialect, b []byte) []byte {
	var out []byte
	for {
		var more, command bool
		var size uint64
		var h int
		if d.version.Major == 1 {
			var err error
			if more, size, h, err = zmtp.ParseHeaderV1(b); err != nil {
				return out
			}
		} else {
			var flags byte
			flags, size, h = zmtp.ParseHeader(b)
			more, command = flags&zmtp.FlagMore != 0, flags&zmtp.FlagCommand != 0 && d.version.Major == 3
		}
		if h == 0 || uint64(len(b)-h) < size {
			return out
		}
		body := b[h : h+int(size)]
		b = b[h+int(size):]
		if command {
			name, data, err := zmtp.ParseCommand(body)
			switch {
			case err != nil || name == zmtp.CmdError:
				return out
			case name == zmtp.CmdSubscribe:
				out = zmtp.AppendFrame(out, 0, append([]byte{1}, data...))
			case name == zmtp.CmdCancel:
				out = zmtp.AppendFrame(out, 0, append([]byte{0}, data...))
			}
			continue
		}
		var flags byte
		if more {
			flags = zmtp.FlagMore
		}
		out = zmtp.AppendFrame(out, flags, body)
	}
}

// FuzzHandshake feeds arbitrary bytes to an engine from the first on. Nothing
// panics or hangs, and cutting them makes no difference.
func FuzzHandshake(f *testing.F) {
	for _, d := range dialects() {
		f.Add(11, append(bytes.Join(d.steps, nil), d.frame(0, "message")...))
	}
	f.Fuzz(func(t *testing.T, cut int, in []byte) {
		cfg := config()
		cfg.Wire.MaxMsgSize = 1 << 20
		cfg.Publishes = true
		cut = max(cut, 0) % (len(in) + 1)
		whole, err := receiveFrames(t, cfg, in)
		split, err2 := receiveFrames(t, cfg, in[:cut], in[cut:])
		if !bytes.Equal(whole, split) {
			t.Fatalf("cut at %d, other messages", cut)
		}
		if _, a := err.(*HandshakeError); a {
			if _, b := err2.(*HandshakeError); !b {
				t.Fatalf("cut at %d: %v, not %v", cut, err2, err)
			}
		}
	})
}
