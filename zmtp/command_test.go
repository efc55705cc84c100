package zmtp

import (
	"bytes"
	"strings"
	"testing"
)

var commandNames = []string{
	CmdReady, CmdError, CmdSubscribe, CmdCancel, CmdPing, CmdPong,
	CmdHello, CmdWelcome, CmdInitiate, CmdMessage, CmdJoin, CmdLeave,
}

// commandOf takes the one frame that b must be, with its flags checked.
func commandOf(t testing.TB, b []byte) (name string, data []byte) {
	t.Helper()
	flags, size, n := ParseHeader(b)
	if flags&^FlagLong != FlagCommand || n == 0 || uint64(len(b)-n) != size || flags&FlagLong != 0 != (size > 255) {
		t.Fatalf("not one command frame: flags %#x, size %d of %d", flags, size, len(b)-n)
	}
	name, data, err := ParseCommand(b[n:])
	if err != nil {
		t.Fatal(err)
	}
	return name, data
}

func TestCommandGolden(t *testing.T) {
	for _, c := range []struct {
		what string
		got  []byte
		want string
	}{
		{"READY", AppendCommand(nil, CmdReady), "04 06 05 5245414459"},
		{"pieces", AppendCommand(nil, "X", []byte("a"), nil, []byte("bc")), "04 05 01 58 616263"},
		{"body", AppendCommandBody(nil, "X", []byte("a"), nil, []byte("bc")), "01 58 616263"},
		{"SUBSCRIBE", AppendSubscribe(nil, []byte("A")), "04 0b 09 535542534352494245 41"},
		{"CANCEL", AppendCancel(nil, nil), "04 07 06 43414e43454c"},
		{"PING", AppendPing(nil, 0x1234, []byte("c")), "04 08 04 50494e47 1234 63"},
		{"PONG", AppendPong(nil, []byte("c")), "04 06 04 504f4e47 63"},
		{"ERROR", AppendError(nil, "400"), "04 0a 05 4552524f52 03 343030"},
		{"empty ERROR", AppendError(nil, ""), "04 07 05 4552524f52 00"},
	} {
		wantBytes(t, c.what, c.got, unhex(t, c.want))
	}
	body := []byte("data")
	wantKeptPrefix(t, "AppendCommand", func(dst []byte) []byte { return AppendCommand(dst, CmdHello, body) })
	wantKeptPrefix(t, "AppendError", func(dst []byte) []byte { return AppendError(dst, "reason") })
	wantKeptPrefix(t, "AppendPing", func(dst []byte) []byte { return AppendPing(dst, 1, body) })
}

func TestCommandRoundTripAndCuts(t *testing.T) {
	names := append([]string{"x", "UNKNOWN", strings.Repeat("n", 255)}, commandNames...)
	for _, name := range names {
		for _, size := range []int{0, 1, 300} {
			body := AppendCommandBody(nil, name, letters(size))
			gotName, data := commandOf(t, AppendFrame(nil, FlagCommand, body))
			if gotName != name || !bytes.Equal(data, letters(size)) {
				t.Errorf("%.20s with %d bytes came back as %.20s with %d", name, size, gotName, len(data))
			}
			for cut := range body {
				n, d, err := ParseCommand(body[:cut])
				if cut < 1+len(name) {
					wantMalformed(t, name, err)
				} else if err != nil || n != name || len(d) != cut-1-len(name) {
					t.Errorf("%.20s cut at %d: %.20s, %d bytes, %v", name, cut, n, len(d), err)
				}
			}
		}
	}
	_, _, err := ParseCommand([]byte("\x00READY"))
	wantMalformed(t, "no name", err)
	if name, _ := commandOf(t, AppendCommand(nil, strings.Repeat("n", 300))); len(name) != 255 {
		t.Errorf("a name of 300 bytes became one of %d", len(name))
	}
}

func TestKnownNamesDoNotAllocate(t *testing.T) {
	for _, name := range commandNames {
		body := AppendCommandBody(nil, name, []byte("data"))
		if n := testing.AllocsPerRun(100, func() {
			if got, _, err := ParseCommand(body); err != nil || got != name {
				t.Error(got, err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// The reference library writes an eight-byte length without FlagLong for the
// topics around the edge of the short form.
func TestSubscriptionEdge(t *testing.T) {
	for size := range 300 {
		topic := letters(size)
		if name, data := commandOf(t, AppendSubscribe(nil, topic)); name != CmdSubscribe || !bytes.Equal(data, topic) {
			t.Errorf("SUBSCRIBE of %d bytes came back as %s of %d", size, name, len(data))
		}
		if name, data := commandOf(t, AppendCancel(nil, topic)); name != CmdCancel || !bytes.Equal(data, topic) {
			t.Errorf("CANCEL of %d bytes came back as %s of %d", size, name, len(data))
		}
	}
}

func TestPingPong(t *testing.T) {
	for size := range 20 {
		context := letters(size)
		kept := context[:min(size, 16)]
		name, data := commandOf(t, AppendPing(nil, 65535, context))
		ttl, got, err := ParsePing(data)
		if name != CmdPing || ttl != 65535 || !bytes.Equal(got, kept) || err != nil {
			t.Errorf("PING with %d bytes: %s, %d, %q, %v", size, name, ttl, got, err)
		}
		name, data = commandOf(t, AppendPong(nil, context))
		if name != CmdPong || !bytes.Equal(data, kept) {
			t.Errorf("PONG with %d bytes: %s, %q", size, name, data)
		}
		// A peer may send more than it should.
		ttl, got, err = ParsePing(append([]byte{0, 7}, context...))
		if ttl != 7 || !bytes.Equal(got, kept) || err != nil {
			t.Errorf("received PING with %d bytes: %d, %q, %v", size, ttl, got, err)
		}
	}
	for _, data := range [][]byte{nil, {1}} {
		_, _, err := ParsePing(data)
		wantMalformed(t, "PING", err)
	}
}

func TestError(t *testing.T) {
	for _, reason := range []string{"", "400", strings.Repeat("r", 255)} {
		name, data := commandOf(t, AppendError(nil, reason))
		if got, err := ParseError(data); name != CmdError || got != reason || err != nil {
			t.Errorf("%q came back as %q in %s, %v", reason, got, name, err)
		}
		if got, err := ParseError(append(bytes.Clone(data), "more"...)); got != reason || err != nil {
			t.Errorf("%q with trailing bytes: %q, %v", reason, got, err)
		}
		for cut := range data {
			_, err := ParseError(data[:cut])
			wantMalformed(t, "ERROR", err)
		}
	}
	_, data := commandOf(t, AppendError(nil, strings.Repeat("r", 256)))
	if got, err := ParseError(data); len(got) != 255 || err != nil {
		t.Errorf("a reason of 256 bytes: %d bytes, %v", len(got), err)
	}
}
