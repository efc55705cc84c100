package zmtp

import (
	"errors"
	"math"
	"testing"
)

func TestHeaderV1Golden(t *testing.T) {
	for _, c := range []struct {
		more bool
		size int
		want string
	}{
		{false, 0, "01 00"},
		{true, 0, "01 01"},
		{false, 1, "02 00"},
		{true, 253, "fe 01"},
		{false, 254, "ff 00000000000000ff 00"},
		{true, 255, "ff 0000000000000100 01"},
		{false, 70000, "ff 0000000000011171 00"},
		{false, math.MaxInt32, "ff 0000000080000000 00"},
	} {
		got := AppendHeaderV1(nil, c.more, c.size)
		wantBytes(t, "AppendHeaderV1", got, unhex(t, c.want))
		wantKeptPrefix(t, "AppendHeaderV1", func(dst []byte) []byte { return AppendHeaderV1(dst, c.more, c.size) })
		more, size, n, err := ParseHeaderV1(append(got, "body"...))
		if more != c.more || size != uint64(c.size) || n != len(got) || err != nil {
			t.Errorf("ParseHeaderV1(%x) = %v, %d, %d, %v", got, more, size, n, err)
		}
		for cut := range got {
			if more, size, n, err := ParseHeaderV1(got[:cut]); more || size != 0 || n != 0 || err != nil {
				t.Errorf("ParseHeaderV1(%x) = %v, %d, %d, %v", got[:cut], more, size, n, err)
			}
		}
	}
}

func TestParseHeaderV1Edges(t *testing.T) {
	for _, in := range []string{"00", "00 00", "ff 0000000000000000", "ff 0000000000000000 00"} {
		_, _, n, err := ParseHeaderV1(unhex(t, in))
		wantMalformed(t, in, err)
		if n != 0 || errors.Is(err, ErrSize) {
			t.Errorf("%s: %d, %v", in, n, err)
		}
	}
	for _, in := range []string{"ff 8000000000000001", "ff ffffffffffffffff 00"} {
		_, _, n, err := ParseHeaderV1(unhex(t, in))
		wantMalformed(t, in, err)
		if n != 0 || !errors.Is(err, ErrSize) {
			t.Errorf("%s: %d, %v", in, n, err)
		}
	}
	if _, size, n, err := ParseHeaderV1(unhex(t, "ff 8000000000000000 00")); size != math.MaxInt64 || n != 10 || err != nil {
		t.Errorf("the largest size: %d, %d, %v", size, n, err)
	}
	if more, size, n, err := ParseHeaderV1(unhex(t, "03 fe")); more || size != 2 || n != 2 || err != nil {
		t.Errorf("reserved flags: %v, %d, %d, %v", more, size, n, err)
	}
	// How a 1.0 peer reads the signature.
	if more, size, n, err := ParseHeaderV1(AppendSignature(nil, 9)); !more || size != 9 || n != SignatureLen || err != nil {
		t.Errorf("signature: %v, %d, %d, %v", more, size, n, err)
	}
}
