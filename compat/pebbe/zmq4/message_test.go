package zmq4_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

func TestParts(t *testing.T) {
	for _, transport := range []string{"inproc", "tcp", "ipc"} {
		a, b := pair(t, transport, zmq.PAIR, zmq.PAIR)
		for i, part := range []string{"one", "", "three"} {
			flags := zmq.SNDMORE
			if i == 2 {
				flags = 0
			}
			n, err := b.Send(part, flags)
			must(t, err)
			same(t, "sent", n, len(part))
		}
		for i, want := range []string{"one", "", "three"} {
			got, err := a.RecvBytes(0)
			must(t, err)
			if got == nil || string(got) != want {
				t.Errorf("%q, want %q", got, want)
			}
			more, err := a.GetRcvmore()
			must(t, err)
			same(t, "more", more, i < 2)
		}
	}
}

func TestSendMessage(t *testing.T) {
	a, b := pair(t, "inproc", zmq.PAIR, zmq.PAIR)
	for _, c := range []struct {
		parts []any
		want  []string
	}{
		{[]any{"a"}, []string{"a"}},
		{[]any{"a", []byte("b"), 3, 4.5, true, nil}, []string{"a", "b", "3", "4.5", "true", "<nil>"}},
		{[]any{[]string{"a", "b"}, [][]byte{[]byte("c"), nil}}, []string{"a", "b", "c", ""}},
		{[]any{"a", []string{}, "b", []string{}, [][]byte{}}, []string{"a", "b"}},
		{[]any{fmt.Errorf("text"), []int{1, 2}}, []string{"text", "[1 2]"}},
		{[]any{[]byte(nil)}, []string{""}},
	} {
		n, err := b.SendMessage(c.parts...)
		must(t, err)
		same(t, "size", n, len(strings.Join(c.want, "")))
		got, err := a.RecvMessage(0)
		must(t, err)
		if !slices.Equal(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	for _, nothing := range [][]any{nil, {[]string{}}, {[]string{}, [][]byte{}}} {
		n, err := b.SendMessage(nothing...)
		same(t, "sending nothing", fmt.Sprint(n, err), "0 <nil>")
	}
	_, err := a.RecvMessage(zmq.DONTWAIT)
	same(t, "Recv", err, error(again))
}

func TestRecvMessageBytes(t *testing.T) {
	a, b := pair(t, "tcp", zmq.PAIR, zmq.PAIR)
	var want []string
	for i := range 20 {
		want = append(want, strings.Repeat("x", i*997))
	}
	_, err := b.SendMessage(want)
	must(t, err)
	got, err := a.RecvMessageBytes(0)
	must(t, err)
	same(t, "parts", len(got), len(want))
	for i := range got {
		same(t, "part", string(got[i]), want[i])
	}
}

// What RecvBytes gives is the caller's, who may change it, and append to it.
func TestBytesAreMine(t *testing.T) {
	ctx := newContext(t)
	pub, one, two := open(t, ctx, zmq.XPUB), open(t, ctx, zmq.SUB), open(t, ctx, zmq.SUB)
	must(t, pub.Bind("inproc://shared"))
	for _, s := range []*zmq.Socket{one, two} {
		must(t, s.SetSubscribe(""))
		must(t, s.Connect("inproc://shared"))
	}
	_, err := pub.Recv(0) // the first subscription; the second one tells nothing new
	must(t, err)
	large, small := bytes.Repeat([]byte("x"), 100_000), []byte("small")
	for _, data := range [][]byte{large, small, small} {
		_, err := pub.SendBytes(data, 0)
		must(t, err)
	}
	for range 3 {
		a, err := one.RecvBytes(0)
		must(t, err)
		clear(a)
		_ = append(a, "and more"...)
	}
	for _, want := range [][]byte{large, small, small} {
		b, err := two.RecvBytes(0)
		must(t, err)
		if !bytes.Equal(b, want) {
			t.Errorf("%d bytes changed under the hands of another receiver", len(want))
		}
	}
}

func TestMetadata(t *testing.T) {
	a, b := pair(t, "tcp", zmq.ROUTER, zmq.DEALER)
	ask := []string{"Socket-Type", "Identity", "Peer-Address", "Routing-Id", "X-nothing"}
	for range 4 {
		_, err := b.SendMessage("x", "y")
		must(t, err)
	}
	check := func(m map[string]string, err error) {
		t.Helper()
		must(t, err)
		same(t, "metadata", fmt.Sprint(m), "map[Identity: Peer-Address:127.0.0.1 Socket-Type:DEALER]")
	}
	_, m, err := a.RecvWithMetadata(0, ask...)
	check(m, err)
	_, m, err = a.RecvBytesWithMetadata(0, ask...)
	check(m, err)
	text, m, err := a.RecvWithMetadata(0, ask...)
	check(m, err)
	same(t, "text", text, "y")
	list, m, err := a.RecvMessageWithMetadata(0, ask...)
	check(m, err)
	same(t, "parts", len(list), 3)
	parts, m, err := a.RecvMessageBytesWithMetadata(0, ask...)
	check(m, err)
	same(t, "parts", len(parts), 3)
	_, m, err = a.RecvMessageWithMetadata(0)
	must(t, err)
	if m == nil || len(m) > 0 {
		t.Errorf("asked for nothing, got %v", m)
	}
	_, m, err = a.RecvWithMetadata(zmq.DONTWAIT, ask...)
	if m == nil || err != again {
		t.Errorf("%v %v", m, err)
	}
}

// The usual way costs no memory but what is returned.
func TestAllocations(t *testing.T) {
	a, b := pair(t, "inproc", zmq.PAIR, zmq.PAIR)
	data := make([]byte, 64)
	text := string(data)
	for what, c := range map[string]struct {
		f    func() error
		want float64
	}{
		"SendBytes and RecvBytes": {func() error {
			_, err := b.SendBytes(data, 0)
			must(t, err)
			_, err = a.RecvBytes(0)
			return err
		}, 0},
		"Send and Recv": {func() error {
			_, err := b.Send(text, 0)
			must(t, err)
			_, err = a.Recv(0)
			return err
		}, 1},
		"EAGAIN": {func() error {
			if _, err := a.RecvBytes(zmq.DONTWAIT); err != again {
				return fmt.Errorf("not EAGAIN: %v", err)
			}
			return nil
		}, 0},
		"RecvMessage": {func() error {
			b.Send(text, zmq.SNDMORE)
			b.Send(text, 0)
			_, err := a.RecvMessage(0)
			return err
		}, 3},
	} {
		n := testing.AllocsPerRun(1000, func() { must(t, c.f()) })
		if !raceEnabled && n > c.want+0.5 {
			t.Errorf("%s: %v allocations, want %v", what, n, c.want)
		}
	}
}
