package zmtp

import (
	"bytes"
	"errors"
	"testing"
)

// seed gives a fuzz target the recorded streams beside its own seeds.
func seed(f *testing.F, own ...[]byte) {
	for _, b := range own {
		f.Add(b)
	}
	for name, b := range recordings() {
		f.Add(b)
		if n := len(recorded(f, name)); n > GreetingLen {
			f.Add(b[GreetingLen:])
		}
	}
}

// checkError holds a parser to the closed set of errors.
func checkError(t *testing.T, err error, shortAllowed bool) {
	t.Helper()
	if errors.Is(err, ErrMalformed) || shortAllowed && err == ErrShort {
		return
	}
	t.Fatalf("error outside the set: %v", err)
}

func FuzzParseHeader(f *testing.F) {
	seed(f, []byte{}, []byte{2}, []byte{FlagLong, 255, 255, 255, 255, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		flags, size, n := ParseHeader(b)
		if n == 0 {
			if flags != 0 || size != 0 || len(b) >= MaxHeader {
				t.Fatalf("incomplete, yet %#x, %d from %d bytes", flags, size, len(b))
			}
			return
		}
		if n > len(b) || flags != b[0] || flags&FlagLong == 0 && (n != 2 || size > 255) {
			t.Fatalf("%#x, %d, %d", flags, size, n)
		}
		if size > 1<<30 {
			return
		}
		again := AppendHeader(nil, flags, int(size))
		flags2, size2, n2 := ParseHeader(again)
		if flags2&^FlagLong != flags&^FlagLong || size2 != size || n2 != len(again) || n2 > n {
			t.Fatalf("written again as %x", again)
		}
	})
}

func FuzzParseHeaderV1(f *testing.F) {
	seed(f, []byte{}, []byte{0}, []byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		more, size, n, err := ParseHeaderV1(b)
		if err != nil {
			checkError(t, err, false)
		}
		if n == 0 {
			if more || size != 0 || err == nil && len(b) >= MaxHeaderV1 {
				t.Fatalf("incomplete, yet %v, %d from %d bytes", more, size, len(b))
			}
			return
		}
		if n > len(b) || err != nil || int64(size) < 0 {
			t.Fatalf("%d, %d, %v", size, n, err)
		}
		if size > 1<<30 {
			return
		}
		again := AppendHeaderV1(nil, more, int(size))
		more2, size2, n2, err := ParseHeaderV1(again)
		if more2 != more || size2 != size || n2 != len(again) || n2 > n || err != nil {
			t.Fatalf("written again as %x", again)
		}
	})
}

func FuzzParseOpening(f *testing.F) {
	seed(f, []byte{}, []byte{255}, []byte{1, 0}, []byte("HTTP/1.1 400 Bad Request\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		o := ParseOpening(b)
		if o == Unclear && len(b) >= SignatureLen {
			t.Fatalf("still unclear: % x", b)
		}
		// An answer once given stands, whatever follows.
		if o2 := ParseOpening(append(bytes.Clone(b), 1)); o != Unclear && o2 != o {
			t.Fatalf("%v became %v", o, o2)
		}
		LooksLike(b)
	})
}

func FuzzParseGreeting(f *testing.F) {
	seed(f, bytes.Repeat([]byte{255}, GreetingLen))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := ParseGreeting(b)
		if err != nil {
			checkError(t, err, true)
			if (err == ErrShort) != (len(b) < GreetingLen) || g != (Greeting{}) {
				t.Fatalf("%+v, %v", g, err)
			}
			return
		}
		again, err := ParseGreeting(AppendGreeting(nil, g))
		if err != nil || again != g {
			t.Fatalf("%+v came back as %+v, %v", g, again, err)
		}
	})
}

func FuzzParseCommand(f *testing.F) {
	seed(f, []byte{}, []byte{0}, []byte("\x05READY"), []byte("^RROR\x03400"))
	f.Fuzz(func(t *testing.T, b []byte) {
		name, data, err := ParseCommand(b)
		if err != nil {
			checkError(t, err, false)
			return
		}
		if again := AppendCommandBody(nil, name, data); !bytes.Equal(again, b) {
			t.Fatalf("%x came back as %x", b, again)
		}
	})
}

func FuzzParsePing(f *testing.F) {
	seed(f, []byte{}, []byte{0}, []byte{0, 1}, letters(30))
	f.Fuzz(func(t *testing.T, b []byte) {
		ttl, context, err := ParsePing(b)
		if err != nil {
			checkError(t, err, false)
			return
		}
		_, data := commandOf(t, AppendPing(nil, ttl, context))
		if !bytes.Equal(data, b[:min(len(b), ttlLen+maxContext)]) {
			t.Fatalf("%x came back as %x", b, data)
		}
	})
}

func FuzzParseError(f *testing.F) {
	seed(f, []byte{}, []byte{0}, []byte("\x03400"), []byte("\x03400 and more"))
	f.Fuzz(func(t *testing.T, b []byte) {
		reason, err := ParseError(b)
		if err != nil {
			checkError(t, err, false)
			return
		}
		_, data := commandOf(t, AppendError(nil, reason))
		if !bytes.HasPrefix(b, data) {
			t.Fatalf("%x came back as %x", b, data)
		}
	})
}

func FuzzParseMetadata(f *testing.F) {
	seed(f, []byte{}, []byte{0}, AppendProperty(nil, "a", "b"), AppendProperty(nil, "a", ""))
	f.Fuzz(func(t *testing.T, b []byte) {
		properties, err := ParseMetadata(b)
		if err != nil {
			checkError(t, err, false)
			return
		}
		if again := appendProperties(nil, properties); !bytes.Equal(again, b) {
			t.Fatalf("%x came back as %x", b, again)
		}
	})
}
