package zmtp

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestGreetingGolden(t *testing.T) {
	g := Greeting{Major: 3, Minor: 1, Mechanism: "CURVE", AsServer: true}
	want := unhex(t, "ff 0000000000000001 7f 03 01 4355525645"+strings.Repeat("00", 15)+"01"+strings.Repeat("00", 31))
	if len(want) != GreetingLen {
		t.Fatal(len(want))
	}
	b := AppendGreeting(nil, g)
	wantBytes(t, "AppendGreeting", b, want)
	wantBytes(t, "AppendGreetingTail", AppendGreetingTail(nil, g), want[SignatureLen:])
	wantKeptPrefix(t, "AppendGreeting", func(dst []byte) []byte { return AppendGreeting(dst, g) })
	wantBytes(t, "AppendSignature", AppendSignature(nil, 9), unhex(t, "ff 000000000000000a 7f"))
	wantBytes(t, "AppendSignature", AppendSignature(nil, 255), unhex(t, "ff 0000000000000100 7f"))

	got, err := ParseGreeting(append(b, "next"...))
	if err != nil || got != g {
		t.Errorf("ParseGreeting = %+v, %v", got, err)
	}
	for cut := range b {
		if g, err := ParseGreeting(b[:cut]); err != ErrShort || g != (Greeting{}) {
			t.Errorf("ParseGreeting of %d bytes = %+v, %v", cut, g, err)
		}
		want := Unclear
		if cut >= SignatureLen {
			want = Signed
		}
		if got := ParseOpening(b[:cut]); got != want {
			t.Errorf("ParseOpening of %d bytes = %v", cut, got)
		}
	}
}

func TestMechanismNames(t *testing.T) {
	for _, name := range []string{"NULL", "A", "A-Z_0.9+", "ABCDEFGHIJKLMNOPQRST"} {
		g := Greeting{Major: 3, Mechanism: name}
		if got, err := ParseGreeting(AppendGreeting(nil, g)); err != nil || got != g {
			t.Errorf("%q: %+v, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "null", "NU LL", "NULL\x00X", "\x00NULL", "NULL\x7f", "N\xffLL"} {
		_, err := ParseGreeting(AppendGreeting(nil, Greeting{Major: 3, Mechanism: name}))
		wantMalformed(t, name, err)
	}
	long := AppendGreeting(nil, Greeting{Major: 3, Mechanism: "ABCDEFGHIJKLMNOPQRSTUVW"})
	if g, err := ParseGreeting(long); err != nil || g.Mechanism != "ABCDEFGHIJKLMNOPQRST" || len(long) != GreetingLen {
		t.Errorf("a long name: %+v, %v, %d bytes", g, err, len(long))
	}
}

func TestParseGreetingVersions(t *testing.T) {
	for _, major := range []byte{2, 3, 4, 99, 255} {
		g := Greeting{Major: major, Minor: 7, Mechanism: "NULL"}
		if got, err := ParseGreeting(AppendGreeting(nil, g)); err != nil || got != g {
			t.Errorf("major %d: %+v, %v", major, got, err)
		}
	}
	for _, major := range []byte{RevisionV1, RevisionV2} {
		_, err := ParseGreeting(AppendGreeting(nil, Greeting{Major: major, Mechanism: "NULL"}))
		wantMalformed(t, "a version before 3", err)
	}
}

func TestParseGreetingIgnoresAndRefuses(t *testing.T) {
	b := AppendGreeting(nil, Greeting{Major: 3, Mechanism: "NULL"})
	odd := bytes.Clone(b)
	odd[3], odd[32], odd[33], odd[63] = 9, 0x80, 1, 0xff
	if g, err := ParseGreeting(odd); err != nil || !g.AsServer {
		t.Errorf("padding, as-server or filler made a difference: %+v, %v", g, err)
	}
	for _, at := range []int{0, 9} {
		bad := bytes.Clone(b)
		bad[at] = 0x70
		_, err := ParseGreeting(bad)
		wantMalformed(t, "no signature", err)
		if errors.Is(err, ErrShort) {
			t.Error("a malformed greeting is called short")
		}
	}
}
