package curve

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/crypto/nacl/box"
	"golang.org/x/crypto/nacl/secretbox"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }

// The vector of RFC 32, and the limits of five digits.
func TestZ85(t *testing.T) {
	for _, c := range []struct{ hex, text string }{
		{"864fd26fb559f75b", "HelloWorld"},
		{"", ""},
		{"00000000ffffffff", "00000%nSc0"},
	} {
		raw, _ := hex.DecodeString(c.hex)
		text, err := EncodeZ85([]byte("x"), raw)
		if err != nil || string(text) != "x"+c.text {
			t.Errorf("%x is %q, %v; want %q", raw, text, err, c.text)
		}
		back, err := DecodeZ85([]byte("x"), []byte(c.text))
		if err != nil || !bytes.Equal(back, append([]byte("x"), raw...)) {
			t.Errorf("%q is %x, %v", c.text, back, err)
		}
	}
}

func TestZ85Refuses(t *testing.T) {
	for n := range 8 {
		if _, err := EncodeZ85(nil, make([]byte, n)); (err == nil) != (n%4 == 0) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	for _, text := range []string{"H", "Hell", "HelloW", "Hell\"", "Hell ", "Hell\x00", "%nSc1", "#####", "He~lo", "00000HellÄ"} {
		got, err := DecodeZ85([]byte("x"), []byte(text))
		if !errors.Is(err, errno.EINVAL) || string(got) != "x" {
			t.Errorf("%q: %q, %v", text, got, err)
		}
		if err != nil && strings.Contains(err.Error(), text) {
			t.Errorf("the error tells the text: %v", err)
		}
	}
}

func FuzzZ85(f *testing.F) {
	f.Add([]byte("HelloWorld"))
	f.Add([]byte("#####"))
	f.Fuzz(func(t *testing.T, text []byte) {
		raw, err := DecodeZ85(nil, text)
		if err != nil {
			return
		}
		if back, err := EncodeZ85(nil, raw); err != nil || !bytes.Equal(back, text) {
			t.Fatalf("%q became %q, %v", text, back, err)
		}
	})
}

// The key pairs of RFC 7748, section 6.1, and of libzmq's manual.
func TestPublic(t *testing.T) {
	for _, c := range []struct{ secret, public string }{
		{"77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a", "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"},
		{"5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb", "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"},
		{"D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs", "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"},
		{"JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6", "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"},
	} {
		if got := Public(parse(t, c.secret)); got != parse(t, c.public) {
			t.Errorf("%s: %x is not the public key", c.public, got)
		}
	}
	pub, sec, err := NewKeypair()
	if err != nil || Public(sec) != pub {
		t.Errorf("%x is not the public key: %v", pub, err)
	}
	pub2, sec2, _ := NewKeypair()
	if pub == pub2 || sec == sec2 {
		t.Error("the same keys twice")
	}
	one, err1 := Agree(&pub2, &sec)
	two, err2 := Agree(&pub, &sec2)
	var want [32]byte
	box.Precompute(&want, &pub2, &sec)
	if err1 != nil || err2 != nil || one != two || one != want {
		t.Errorf("%v, %v: the two sides do not agree", err1, err2)
	}
}

func parse(t *testing.T, text string) [32]byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	if err != nil {
		raw, err = DecodeZ85(nil, []byte(text))
	}
	if err != nil || len(raw) != 32 {
		t.Fatalf("%q is no key: %v", text, err)
	}
	return [32]byte(raw)
}

// With a key of low order every secret is the same.
func TestAgreeRefuses(t *testing.T) {
	_, sec, _ := NewKeypair()
	for _, weak := range [][32]byte{{}, {1}} {
		if _, err := Agree(&weak, &sec); err == nil {
			t.Errorf("%x was accepted", weak)
		}
	}
}

func streams(shared *[32]byte) (a, b *Stream) {
	prefix := [16]byte([]byte("CurveZMQMESSAGEC"))
	a, b = new(Stream), new(Stream)
	a.Start(shared, &prefix)
	b.Start(shared, &prefix)
	return a, b
}

// A Stream makes the bytes of secretbox, whatever the length, and reads them in
// pieces of any size.
func TestStream(t *testing.T) {
	shared := [32]byte([]byte("a key that is known to every one"))
	seal, open := streams(&shared)
	body := make([]byte, 70000)
	for i := range body {
		body[i] = byte(i * 7)
	}
	for i, n := range []int{0, 1, 30, 31, 32, 33, 63, 64, 94, 95, 96, 97, 159, 160, 255, 256, 1000, 4096, 70000} {
		nonce := uint64(i) << 30
		want := secretbox.Seal([]byte("pre"), append([]byte{5}, body[:n]...), full(nonce), &shared)
		got := seal.Seal([]byte("pre"), nonce, 5, body[:n])
		if !bytes.Equal(got, want) {
			t.Fatalf("%d bytes: not the box of NaCl", n)
		}
		for _, step := range []int{1, 7, 31, 32, 64, 65, 100, 512, n, n + 1} {
			if step < 7 && n > 5000 || step == 0 {
				continue
			}
			first, ok := open.Open(nonce, got[3:])
			if !ok || first != 5 || open.Left() != n {
				t.Fatalf("%d bytes: %v, first %d, %d left", n, ok, first, open.Left())
			}
			var plain []byte
			for open.Left() > 0 {
				p := make([]byte, step)
				k := open.Read(p)
				if k < step && open.Left() > 0 || k == 0 {
					t.Fatalf("read %d of %d with %d left", k, step, open.Left())
				}
				plain = append(plain, p[:k]...)
			}
			if !bytes.Equal(plain, body[:n]) {
				t.Fatalf("%d bytes by %d: not what was sealed", n, step)
			}
		}
	}
}

func full(nonce uint64) *[24]byte {
	n := [24]byte([]byte("CurveZMQMESSAGEC\x00\x00\x00\x00\x00\x00\x00\x00"))
	binary.BigEndian.PutUint64(n[16:], nonce)
	return &n
}

// A box that was changed anywhere, or belongs to another nonce or key, or
// is cut, does not open.
func TestStreamTampered(t *testing.T) {
	shared := [32]byte{1}
	seal, open := streams(&shared)
	sealed := seal.Seal(nil, 9, 1, bytes.Repeat([]byte("m"), 100))
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, ok := open.Open(9, bad); ok || open.Left() > 0 {
			t.Errorf("byte %d may be changed", i)
		}
		if _, ok := open.Open(9, sealed[:i]); ok {
			t.Errorf("opened when cut at %d", i)
		}
	}
	if _, ok := open.Open(10, sealed); ok {
		t.Error("opened with another nonce")
	}
	if _, other := streams(&[32]byte{2}); func() bool { _, ok := other.Open(9, sealed); return ok }() {
		t.Error("opened with another key")
	}
	if _, ok := open.Open(9, sealed); !ok {
		t.Error("the box itself does not open")
	}
}

func TestStreamAllocatesNothing(t *testing.T) {
	seal, open := streams(&[32]byte{1})
	dst, body := make([]byte, 0, 4096), make([]byte, 1000)
	if n := testing.AllocsPerRun(100, func() {
		dst = seal.Seal(dst[:0], 1, 0, body)
		open.Open(1, dst)
		open.Read(body)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkStream(b *testing.B) {
	for _, n := range []int{64, 1024, 16384} {
		body := make([]byte, n)
		seal, open := streams(&[32]byte{1})
		var dst []byte
		b.Run(fmt.Sprint("seal-", n), func(b *testing.B) {
			b.SetBytes(int64(n))
			for b.Loop() {
				dst = seal.Seal(dst[:0], 1, 0, body)
			}
		})
		b.Run(fmt.Sprint("open-", n), func(b *testing.B) {
			b.SetBytes(int64(n))
			for b.Loop() {
				open.Open(1, dst)
				open.Read(body)
			}
		})
		// What x/crypto would have us do, for comparison: ADR 13.
		b.Run(fmt.Sprint("secretbox-seal-", n), func(b *testing.B) {
			b.SetBytes(int64(n))
			var plain, box []byte
			for b.Loop() {
				plain = append(append(plain[:0], 0), body...)
				box = secretbox.Seal(box[:0], plain, &[24]byte{}, &[32]byte{1})
			}
		})
	}
}
