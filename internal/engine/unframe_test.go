package engine

import (
	"bytes"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// decodeAll reads all that a Codec makes of in, of which the first rest bytes were read
// before, and which comes in pieces, into slices of n bytes.
func decodeAll(t *testing.T, c Codec, in []byte, rest, piece, n int) ([]byte, error) {
	t.Helper()
	var pieces [][]byte
	for b := in[rest:]; len(b) > 0; {
		k := min(piece, len(b))
		pieces = append(pieces, b[:k])
		b = b[k:]
	}
	r := c.Decode(newScript(pieces...), in[:rest])
	var got []byte
	for p := make([]byte, n); ; {
		k, err := r.Read(p)
		got = append(got, p[:k]...)
		if err == io.EOF {
			return got, nil
		}
		if err != nil {
			return got, err
		}
		if k == 0 {
			t.Fatal("read nothing, without a reason")
		}
	}
}

// Frames come out whole, wherever they were cut, and into whatever they are read.
func TestUnframerCuts(t *testing.T) {
	var in, want []byte
	for i, n := range []int{0, 1, 40, 254, 255, 300, 5000} {
		flags, body := byte(i%2), []byte(letters(n))
		in = legacyCodec{}.Append(in, flags, body)
		want = zmtp.AppendFrame(want, flags, body)
	}
	for rest := range 400 {
		for _, piece := range []int{1, 7, 300, 1 << 20} {
			got, err := decodeAll(t, legacyCodec{}, in, rest, piece, 1+rest*7)
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("rest %d, pieces of %d: %d bytes of %d, %v", rest, piece, len(got), len(want), err)
			}
		}
	}
}

// A body that is not there goes straight to where it is wanted: nothing larger than a chunk
// is kept for it.
func TestUnframerKeepsLittle(t *testing.T) {
	const size = 8 << 20
	header := zmtp.AppendHeaderV1(nil, false, size)
	conn := newScript(header, make([]byte, size))
	u := legacyCodec{}.Decode(conn, nil).(*Unframer)
	p := make([]byte, 1<<20)
	total := 0
	for {
		n, err := u.Read(p)
		total += n
		if err != nil {
			break
		}
	}
	if total != size+zmtp.MaxHeader || len(u.in.buf.B) > maxChunk {
		t.Errorf("%d bytes; its buffer has %d", total, len(u.in.buf.B))
	}
}

// What no frame can be ends it, behind the frames before.
func TestUnframerErrors(t *testing.T) {
	good := legacyCodec{}.Append(nil, 0, []byte("good"))
	for text, bad := range map[string][]byte{
		"frame": {0},
		"limit": append([]byte{0xff}, bytes.Repeat([]byte{0xff}, 8)...),
	} {
		got, err := decodeAll(t, legacyCodec{}, append(bytes.Clone(good), append(bad, 0)...), 0, 100, 100)
		if err == nil || !bytes.Equal(got, zmtp.AppendFrame(nil, 0, []byte("good"))) {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
	u := NewUnframer(strings.NewReader("x"), nil, func([]byte) (byte, uint64, int, error) { return 0, math.MaxUint64, 1, nil })
	if _, err := u.Read(make([]byte, 9)); !isSizeError(err) {
		t.Errorf("a frame that no memory holds: %v", err)
	}
}

// A framing that is not built in ends the connection, and says which it is.
func TestNoFraming(t *testing.T) {
	cfg := config()
	cfg.Framing = "pigeons"
	start(t, cfg, newSock(t, pipe.Marks{})).wantEnd(nil, `"pigeons"`)
}

// STREAM's large frames are not copied to be written.
func TestRawCodec(t *testing.T) {
	var c Codec = rawCodec{8192}
	if b := c.Append([]byte("a"), zmtp.FlagMore, []byte("b")); string(b) != "ab" || c.Overhead() != 0 {
		t.Errorf("%q", b)
	}
	got, err := decodeAll(t, c, []byte(letters(20_000)), 0, 9000, 1<<16)
	var sizes []int
	for len(got) > 0 {
		flags, size, h := zmtp.ParseHeader(got)
		if flags != zmtp.FlagLong {
			t.Fatalf("flags %d", flags)
		}
		sizes = append(sizes, int(size))
		got = got[h+int(size):]
	}
	if err != nil || len(sizes) < 3 || sizes[0] != 8192 {
		t.Errorf("%v, %v", sizes, err)
	}
}
