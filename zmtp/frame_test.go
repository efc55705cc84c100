package zmtp

import (
	"bytes"
	"math"
	"testing"
)

func TestHeaderGolden(t *testing.T) {
	for _, c := range []struct {
		flags byte
		size  int
		want  string
	}{
		{0, 0, "00 00"},
		{FlagMore, 1, "01 01"},
		{0, 255, "00 ff"},
		{0, 256, "02 0000000000000100"},
		{FlagMore, 70000, "03 0000000000011170"},
		{FlagCommand, 9, "04 09"},
		{FlagCommand, 300, "06 000000000000012c"},
		{FlagLong, 5, "00 05"},
		{FlagLong, 256, "02 0000000000000100"},
		{0, math.MaxInt32, "02 000000007fffffff"},
	} {
		got := AppendHeader(nil, c.flags, c.size)
		wantBytes(t, "AppendHeader", got, unhex(t, c.want))
		wantKeptPrefix(t, "AppendHeader", func(dst []byte) []byte { return AppendHeader(dst, c.flags, c.size) })
		flags, size, n := ParseHeader(append(got, "body"...))
		if flags != got[0] || size != uint64(c.size) || n != len(got) {
			t.Errorf("ParseHeader(%x) = %#x, %d, %d", got, flags, size, n)
		}
		for cut := range got {
			if flags, size, n := ParseHeader(got[:cut]); n != 0 || flags != 0 || size != 0 {
				t.Errorf("ParseHeader(%x) = %#x, %d, %d, want all zero", got[:cut], flags, size, n)
			}
		}
	}
}

func TestParseHeaderAcceptsWhatItMustNotRefuse(t *testing.T) {
	for _, c := range []struct {
		name, in string
		flags    byte
		size     uint64
		n        int
	}{
		{"reserved bits, short", "f9 03", 0xf9, 3, 2},
		{"reserved bits, long", "fa 0000000000000100", 0xfa, 256, 9},
		{"long form of a small size", "02 0000000000000001", 2, 1, 9},
		{"a size above the signed range", "02 8000000000000000", 2, 1 << 63, 9},
		{"the largest size", "02 ffffffffffffffff", 2, math.MaxUint64, 9},
	} {
		flags, size, n := ParseHeader(unhex(t, c.in))
		if flags != c.flags || size != c.size || n != c.n {
			t.Errorf("%s: got %#x, %d, %d", c.name, flags, size, n)
		}
	}
}

func TestFrameRoundTrip(t *testing.T) {
	for _, size := range []int{0, 1, 2, 254, 255, 256, 257, 65535, 65536, 70000} {
		for flags := range byte(8) {
			body := letters(size)
			b := AppendFrame(nil, flags, body)
			got, announced, n := ParseHeader(b)
			if got&^FlagLong != flags&^FlagLong || got&FlagLong != 0 != (size > 255) {
				t.Errorf("size %d: flags %#x became %#x", size, flags, got)
			}
			if announced != uint64(size) || !bytes.Equal(b[n:], body) {
				t.Errorf("size %d, flags %#x: body lost", size, flags)
			}
		}
	}
}

func TestFrameHotPathDoesNotAllocate(t *testing.T) {
	dst := make([]byte, 0, 1024)
	body := letters(300)
	if n := testing.AllocsPerRun(100, func() {
		b := AppendFrame(dst, FlagMore, body[:64])
		b = AppendFrame(b, 0, body)
		b = AppendSubscribe(b, body[:4])
		b = AppendPing(b, 20, body[:16])
		b = AppendPong(b, body[:16])
		flags, size, head := ParseHeader(b)
		if flags != FlagMore || size != 64 || head != 2 {
			t.Error("wrong header")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkAppendHeader(b *testing.B) {
	dst := make([]byte, 0, MaxHeader)
	for b.Loop() {
		dst = AppendHeader(dst[:0], FlagMore, 64)
	}
}

func BenchmarkParseHeader(b *testing.B) {
	in := AppendFrame(nil, 0, letters(64))
	for b.Loop() {
		ParseHeader(in)
	}
}
