package zmq4_test

import (
	"strings"
	"testing"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

func TestZ85(t *testing.T) {
	const raw, text = "\x86\x4F\xD2\x6F\xB5\x59\xF7\x5B", "HelloWorld" // of RFC 32
	same(t, "encoded", zmq.Z85encode(raw), text)
	same(t, "decoded", zmq.Z85decode(text), raw)
	same(t, "of nothing", zmq.Z85encode("")+zmq.Z85decode(""), "")
	same(t, "wrong characters", zmq.Z85decode("Hello~orld"), raw[:4]+"\x00\x00\x00\x00")
	panics(t, "7 bytes", func() { zmq.Z85encode(raw[1:]) })
	panics(t, "9 characters", func() { zmq.Z85decode(text[1:]) })
}

func panics(t *testing.T, what string, f func()) {
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", what)
		}
	}()
	f()
}

func TestKeys(t *testing.T) {
	public, secret, err := zmq.NewCurveKeypair()
	must(t, err)
	got, err := zmq.AuthCurvePublic(secret)
	must(t, err)
	same(t, "public key", got, public)
	for _, wrong := range []string{"", "short", strings.Repeat("~", 40), secret + "00000"} {
		if got, err := zmq.AuthCurvePublic(wrong); err != invalid || got != "" {
			t.Errorf("of %q: %q %v", wrong, got, err)
		}
	}
}
