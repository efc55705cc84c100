//go:build unix

package core

import (
	"context"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/poll"
)

func newTestSignal(t *testing.T) *poll.Signal {
	t.Helper()
	g, err := poll.NewSignal()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

func raised(t *testing.T, g *poll.Signal) bool {
	t.Helper()
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(g.FD()), Events: unix.POLLIN}}, 0)
	if err != nil && err != unix.EINTR {
		t.Fatal(err)
	}
	return n == 1
}

func TestWatch(t *testing.T) {
	ctx := NewContext()
	defer ctx.Close(t.Context())
	a, _ := NewSocket(ctx, opt.TypePair)
	b, _ := NewSocket(ctx, opt.TypePair)
	if _, err := a.Bind("inproc://watch"); err != nil {
		t.Fatal(err)
	}
	if err := b.Connect("inproc://watch"); err != nil {
		t.Fatal(err)
	}
	g := newTestSignal(t)
	a.Watch(g)
	if err := b.Send(context.Background(), [][]byte{[]byte("x")}, true); err != nil {
		t.Fatal(err)
	}
	if !raised(t, g) {
		t.Error("a message came unseen")
	}
	g.Lower()
	a.Unwatch(g)
	ctx.Shutdown()
	if raised(t, g) {
		t.Error("raised after Unwatch")
	}
}
