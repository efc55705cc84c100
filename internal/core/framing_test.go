package core

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/internal/transport"
	"github.com/zeroth-mq/zmq/internal/transport/tcp"
)

// A transport with a framing of its own is one type with a row in the table of transports,
// and one Codec with a row in the table of framings: toy is both. Its connections are
// tcp's; they begin with a word that both sides say. A frame is the size of its body in four
// bytes, its flags in one, and its body.

type toyTransport struct{ tcp.Transport }

func (toyTransport) Scheme() string  { return "toy" }
func (toyTransport) Framing() string { return "toy" }

func (t toyTransport) Listen(addr string, o *opt.Net) (transport.Listener, error) {
	l, err := t.Transport.Listen(addr, o)
	return toyListener{l}, err
}

type toyListener struct{ transport.Listener }

func (l toyListener) Endpoint() string {
	return "toy" + strings.TrimPrefix(l.Listener.Endpoint(), "tcp")
}

const toyWord = "toys!"

func openToy(o *engine.Opening) (engine.Codec, error) {
	o.Send([]byte(toyWord))
	if b, err := o.Need(len(toyWord)); err != nil || string(b[:len(toyWord)]) != toyWord {
		return nil, errors.Join(err, fmt.Errorf("not a toy: %q", b))
	}
	o.Take(len(toyWord))
	o.Secure()
	return toyCodec{}, nil
}

type toyCodec struct{}

const toyHeader = 5

func (toyCodec) Decode(conn io.Reader, rest []byte) io.Reader {
	return engine.NewUnframer(conn, rest, func(b []byte) (flags byte, size uint64, h int, err error) {
		if len(b) < toyHeader {
			return 0, 0, 0, nil
		}
		return b[4], uint64(binary.BigEndian.Uint32(b)), toyHeader, nil
	})
}

func (toyCodec) Append(dst []byte, flags byte, body []byte) []byte {
	dst = append(binary.BigEndian.AppendUint32(dst, uint32(len(body))), flags)
	return append(dst, body...)
}

func (toyCodec) Overhead() int { return toyHeader }

func init() {
	transport.Register(toyTransport{})
	engine.RegisterFraming("toy", openToy)
}

func newToys(t *testing.T, binds, connects int, set func(*Socket)) (a, b *Socket) {
	k := newBench(t)
	a, b = k.socket(binds), k.socket(connects)
	for _, s := range []*Socket{a, b} {
		if set != nil {
			set(s)
		}
	}
	addr, err := a.Bind("toy://127.0.0.1:*")
	k.ok(err)
	k.ok(b.Connect(addr))
	return a, b
}

func toyRecv(t *testing.T, s *Socket) [][]byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), testutil.Patience)
	defer cancel()
	m, err := s.Recv(ctx, false)
	if err != nil {
		t.Fatal(err)
	}
	return m.Frames()
}

// Messages of all shapes come through a framing that the engine does not know.
func TestFramingStream(t *testing.T) {
	a, b := newToys(t, opt.TypePull, opt.TypePush, nil)
	var sent [][][]byte
	for _, n := range []int{0, 1, 255, 256, 4 << 10, 47 << 10, 48 << 10, 1 << 20, 5 << 20} {
		body := bytes.Repeat([]byte{byte(n % 251)}, n)
		sent = append(sent, [][]byte{body}, [][]byte{body, {}, []byte("end")}, [][]byte{{}, body})
	}
	go func() { // ends with its last message
		for _, m := range sent {
			if err := b.Send(context.Background(), m, false); err != nil {
				t.Error(err)
			}
		}
	}()
	for i, want := range sent {
		got := toyRecv(t, a)
		if len(got) != len(want) {
			t.Fatalf("message %d has %d frames", i, len(got))
		}
		for k := range got {
			if !bytes.Equal(got[k], want[k]) {
				t.Fatalf("message %d, frame %d: %d bytes", i, k, len(got[k]))
			}
		}
	}
}

// The handshake of a mechanism goes through it too: names and types are known, and types
// that do not go together are refused.
func TestFramingHandshake(t *testing.T) {
	a, b := newToys(t, opt.TypeRouter, opt.TypeDealer, func(s *Socket) {
		if err := s.Set(opt.ByName("ROUTING_ID"), []byte("toy of "+s.Row().Name)); err != nil {
			t.Fatal(err)
		}
	})
	ctx := context.Background()
	for range 20 {
		if err := b.Send(ctx, [][]byte{[]byte("question")}, false); err != nil {
			t.Fatal(err)
		}
		got := toyRecv(t, a)
		if len(got) != 2 || string(got[0]) != "toy of DEALER" || string(got[1]) != "question" {
			t.Fatalf("%q", got)
		}
		if err := a.Send(ctx, [][]byte{got[0], []byte("answer")}, false); err != nil {
			t.Fatal(err)
		}
		if got := toyRecv(t, b); len(got) != 1 || string(got[0]) != "answer" {
			t.Fatalf("%q", got)
		}
	}
}

func TestFramingPublishes(t *testing.T) {
	a, b := newToys(t, opt.TypePub, opt.TypeSub, nil)
	if err := b.Subscribe([]byte("a")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), testutil.Patience)
	defer cancel()
	if err := a.WaitSubscribers(ctx, []byte("a"), 1); err != nil {
		t.Fatal(err)
	}
	for _, m := range []string{"b1", "a1", "b2", "a2"} {
		if err := a.Send(ctx, [][]byte{[]byte(m)}, false); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"a1", "a2"} {
		if got := toyRecv(t, b); string(got[0]) != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What a framing finds wrong ends the connection before it is ready; and a socket
// without ZMTP has no framing but bytes.
func TestFramingRefuses(t *testing.T) {
	a, b := newToys(t, opt.TypePull, opt.TypePull, nil) // two that do not go together
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := a.WaitConnected(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("PULL and PULL: %v", err)
	}
	b.StartClose()
	s, err := NewSocket(a.Context(), opt.TypeStream)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Bind("toy://127.0.0.1:*"); errno.Of(err, 0) != errno.ENOCOMPATPROTO {
		t.Errorf("STREAM: %v", err)
	}
	if _, err := s.Bind("toys://127.0.0.1:*"); !strings.Contains(fmt.Sprint(err), "toys") {
		t.Errorf("%v", err)
	}
	s.StartClose()
}
