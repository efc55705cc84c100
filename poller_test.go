package zmq_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq"
)

// two returns a bound Pull and a Push connected to it.
func two(t *testing.T, c *zmq.Context, name string) (pull, push *zmq.Socket) {
	t.Helper()
	pull, err := c.New(zmq.Pull)
	if err != nil {
		t.Fatal(err)
	}
	push, err = c.New(zmq.Push)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pull.Bind("inproc://" + name); err != nil {
		t.Fatal(err)
	}
	if err := push.Connect("inproc://" + name); err != nil {
		t.Fatal(err)
	}
	return pull, push
}

func TestPoller(t *testing.T) {
	c := zmq.NewContext()
	defer c.Shutdown(t.Context())
	a, toA := two(t, c, "a")
	b, toB := two(t, c, "b")
	p := zmq.NewPoller()
	defer p.Close()
	for _, s := range []*zmq.Socket{a, b} {
		if err := p.Add(s, zmq.PollIn); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Add(a, zmq.PollIn); !errors.Is(err, zmq.ErrInvalid) {
		t.Errorf("added twice: %v", err)
	}
	if list, err := p.WaitFor(t.Context(), time.Millisecond); len(list) != 0 || err != nil {
		t.Errorf("ready are %v, %v", list, err)
	}
	if err := toB.Send(t.Context(), []byte("x")); err != nil {
		t.Fatal(err)
	}
	list, err := p.Wait(t.Context())
	if err != nil || len(list) != 1 || list[0].Socket != b || list[0].State != zmq.PollIn {
		t.Fatalf("ready are %v, %v", list, err)
	}
	if err := p.Add(toA, 0); err != nil {
		t.Fatal(err)
	}
	if err := p.Modify(toA, zmq.PollOut); err != nil {
		t.Fatal(err)
	}
	if err := p.Remove(b); err != nil {
		t.Fatal(err)
	}
	if list, err := p.WaitFor(t.Context(), 0); err != nil || len(list) != 1 || list[0].Socket != toA || list[0].State != zmq.PollOut {
		t.Errorf("ready are %v, %v", list, err)
	}
	for _, err := range []error{p.Remove(b), p.Modify(b, zmq.PollIn)} {
		if !errors.Is(err, zmq.ErrInvalid) {
			t.Errorf("not there: %v", err)
		}
	}
	if err := p.Remove(toA); err != nil {
		t.Fatal(err)
	}
	a.Close()
	if list, err := p.WaitFor(t.Context(), -1); err != nil || len(list) != 1 || !errors.Is(list[0].Err, zmq.ErrClosed) {
		t.Errorf("a closed socket: %v, %v", list, err)
	}
	for _, err := range []error{p.Add(toB, 4), p.Modify(a, 8), p.Modify(a, -1)} {
		if !errors.Is(err, zmq.ErrInvalid) || !strings.Contains(err.Error(), "PollOut") {
			t.Errorf("no such state: %v", err)
		}
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := p.WaitFor(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestReceive(t *testing.T) {
	c := zmq.NewContext()
	defer c.Shutdown(t.Context())
	a, toA := two(t, c, "a")
	b, toB := two(t, c, "b")
	const n = 1500 // fits between the marks of both sides
	for i := range n {
		for _, s := range []*zmq.Socket{toA, toB} {
			if err := s.Send(t.Context(), fmt.Append(nil, i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	next := map[*zmq.Socket]int{}
	for in, err := range zmq.Receive(t.Context(), a, b, a) {
		if err != nil {
			t.Fatal(err)
		}
		if string(in.Bytes()) != fmt.Sprint(next[in.Socket]) {
			t.Fatalf("%q is not number %d", string(in.Bytes()), next[in.Socket])
		}
		next[in.Socket]++
		if d := next[a] - next[b]; d < -1 || d > 1 {
			t.Fatalf("%d of one and %d of the other", next[a], next[b])
		}
		if next[a]+next[b] == 2*n {
			break
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(5*time.Millisecond, cancel)
	for _, err := range zmq.Receive(ctx, a, b) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	}
	b.Close()
	for in, err := range zmq.Receive(t.Context(), a, b) {
		if !errors.Is(err, zmq.ErrClosed) || in.Socket != b {
			t.Errorf("closed: %v", err)
		}
	}
}

func TestDevice(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	// Owned by the test, which waits below.
	go func() { done <- zmq.Queue.Run(ctx, "inproc://dev-front", "inproc://dev-back") }()
	rep, err := zmq.New(zmq.Rep)
	if err != nil {
		t.Fatal(err)
	}
	defer rep.Close()
	req, err := zmq.New(zmq.Req)
	if err != nil {
		t.Fatal(err)
	}
	defer req.Close()
	if err := rep.Connect("inproc://dev-back"); err != nil {
		t.Fatal(err)
	}
	if err := req.Connect("inproc://dev-front"); err != nil {
		t.Fatal(err)
	}
	if err := req.Send(ctx, []byte("ping")); err != nil {
		t.Fatal(err)
	}
	m, err := rep.Recv(ctx)
	if err != nil || string(m.Bytes()) != "ping" {
		t.Fatal(m, err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := zmq.Device(9).Run(t.Context(), "inproc://1", "inproc://2"); !errors.Is(err, zmq.ErrInvalid) {
		t.Errorf("no such device: %v", err)
	}
	if err := zmq.Streamer.Run(t.Context(), "inproc://1", "nonsense"); !errors.Is(err, zmq.ErrInvalid) {
		t.Errorf("a bad endpoint: %v", err)
	}
}
