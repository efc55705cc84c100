package zmq4_test

import (
	"errors"
	"reflect"
	"testing"

	. "github.com/zeroth-mq/zmq/compat/gozeromq/zmq4"
)

func TestMsg(t *testing.T) {
	a, b := []byte("a"), []byte("b")
	m := NewMsgFrom(a, b)
	c := m.Clone()
	a[0] = 'x'
	if m.String() != `Msg{Frames:{"x", "b"}}` || c.String() != `Msg{Frames:{"a", "b"}}` || string(m.Bytes()) != "xb" || m.Err() != nil {
		t.Errorf("%v, clone %v, %q, %v", m, c, m.Bytes(), m.Err())
	}
	if got := NewMsgFromString([]string{"", "a"}); got.Frames[0] != nil || string(got.Frames[1]) != "a" {
		t.Errorf("%#v", got)
	}
	if got := (Msg{}).Bytes(); got == nil || len(got) != 0 {
		t.Errorf("bytes of nothing: %#v", got)
	}
	if got := (Msg{}).String(); got != "Msg{Frames:{}}" {
		t.Error(got)
	}
	if !reflect.DeepEqual(NewMsg([]byte("a")), NewMsgString("a")) {
		t.Error("NewMsg and NewMsgString differ")
	}
}

func TestQueue(t *testing.T) {
	q := NewQueue()
	q.Pop() // of nothing
	next, front := 0, 0
	for i := range 5000 {
		for range 1 + i%3 {
			q.Push(NewMsg([]byte{byte(next)}))
			next++
		}
		for range 1 + i%2 {
			if m, ok := q.Peek(); !ok || m.Frames[0][0] != byte(front) {
				t.Fatalf("message %d: %v, %v", front, m, ok)
			}
			q.Pop()
			front++
		}
		if q.Len() != next-front {
			t.Fatalf("%d messages, want %d", q.Len(), next-front)
		}
	}
	q.Init()
	if m, ok := q.Peek(); ok || q.Len() != 0 {
		t.Errorf("an empty queue has %v", m)
	}
}

func TestTypes(t *testing.T) {
	all := []SocketType{Pair, Pub, Sub, Req, Rep, Dealer, Router, Pull, Push, XPub, XSub}
	n := 0
	for _, a := range all {
		for _, b := range all {
			if a.IsCompatible(b) != b.IsCompatible(a) {
				t.Errorf("%s and %s", a, b)
			}
			if a.IsCompatible(b) {
				n++
			}
		}
	}
	if n != 21 || SocketType("STREAM").IsCompatible(Pair) || Pair.IsCompatible("") {
		t.Errorf("%d pairs of types may talk to each other", n)
	}
	if got := SocketIdentity(make([]byte, 300)).String(); len(got) != 255 {
		t.Errorf("an identity of %d bytes", len(got))
	}
}

func TestErrors(t *testing.T) {
	for err, text := range map[error]string{
		ErrBadCmd: "zmq4: invalid command name", ErrBadFrame: "zmq4: invalid frame", ErrBadProperty: "zmq4: bad property",
		ErrClosedConn: "zmq4: read/write on closed connection", UnknownTransportError{"x"}: `zmq4: unknown transport "x"`,
	} {
		if err.Error() != text {
			t.Errorf("%q, want %q", err, text)
		}
	}
	for ep, want := range map[string]string{
		"": "zmq4: invalid address", "tcp": "zmq4: invalid address", "tcp://a://b": "zmq4: invalid address",
		"zmq://x": `zmq4: unknown transport "zmq"`, "tcp://x": "address x: missing port in address",
	} {
		for _, s := range []Socket{NewPull(ctx), NewReq(ctx)} {
			for _, call := range []func(string) error{s.Listen, s.Dial} {
				if err := call(ep); err == nil || err.Error() != want {
					t.Errorf("%q: %v, want %s", ep, err, want)
				}
			}
			s.Close()
		}
	}
	s := NewPull(ctx)
	defer s.Close()
	if err := s.Dial("zmq://x"); !errors.As(err, new(UnknownTransportError)) {
		t.Errorf("%T", err)
	}
}
