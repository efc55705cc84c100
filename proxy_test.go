package zmq_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq"
)

// Pause holds messages up, Resume lets them go on, Stats counts them; a Control socket
// does the same by message.
func TestSteerableProxy(t *testing.T) {
	c := zmq.NewContext()
	defer c.Shutdown(t.Context())
	front, in := two(t, c, "front")
	out, back := two(t, c, "back")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p := zmq.SteerableProxy{Front: front, Back: back}
	p.Pause()
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }() // waited for below
	send(t, in, "one")
	if m, ok, err := out.TryRecv(); ok || err != nil || p.Stats() != (zmq.ProxyStats{}) {
		t.Errorf("paused: received %v, %v, %+v", m, err, p.Stats())
	}
	p.Resume()
	arrives(t, out, "one")
	p.Pause()
	send(t, in, "two")
	if st := p.Stats(); st != (zmq.ProxyStats{ToBack: 1, ToBackBytes: 3}) {
		t.Errorf("the counts are %+v", st)
	}
	if m, ok, err := out.TryRecv(); ok || err != nil {
		t.Errorf("paused: received %v, %v", m, err)
	}
	if err := p.Run(ctx); !errors.Is(err, zmq.ErrInvalid) {
		t.Errorf("it runs twice: %v", err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %v", err)
	}

	p.Resume()
	control, orders := two(t, c, "control")
	p.Control = control
	go func() { ended <- p.Run(t.Context()) }() // waited for below
	arrives(t, out, "two")
	send(t, orders, "TERMINATE")
	if err := <-ended; err != nil {
		t.Errorf("told to end: %v", err)
	}
}

func send(t *testing.T, s *zmq.Socket, text string) {
	t.Helper()
	if err := s.Send(t.Context(), []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func arrives(t *testing.T, s *zmq.Socket, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if m, err := s.Recv(ctx); err != nil || string(m.Bytes()) != text {
		t.Fatalf("received %v, %v; want %q", m, err, text)
	}
}
