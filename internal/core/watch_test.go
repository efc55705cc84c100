//go:build unix

package core

import (
	"context"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/zeroth-mq/zmq/internal/errno"
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

func readable(t *testing.T, fd int, wait int) bool {
	t.Helper()
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(fds, wait)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		return n > 0
	}
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
	if !readable(t, g.FD(), 0) {
		t.Error("a message came unseen")
	}
	g.Lower()
	a.Unwatch(g)
	ctx.Shutdown()
	if readable(t, g.FD(), 0) {
		t.Error("raised after Unwatch")
	}
}

// The descriptor tells of every change, and is quiet once Ready has looked.
func TestFD(t *testing.T) {
	pull, push := pair(t, "PULL", "PUSH")
	fd, err := pull.FD()
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := pull.FD(); again != fd {
		t.Error("another descriptor")
	}
	if !readable(t, fd, 0) {
		t.Error("nothing to look at for the first time")
	}
	for range 100 {
		for {
			in, _, err := pull.Ready()
			if err != nil {
				t.Fatal(err)
			}
			if !in {
				break
			}
			recvParts(t, pull)
		}
		if readable(t, fd, 0) {
			t.Fatal("readable, and nothing has happened")
		}
		sendParts(t, push, "x")
		if !readable(t, fd, 10_000) {
			t.Fatal("a message came and it is not readable")
		}
	}
	pull.StartClose()
	<-pull.Finished()
	if _, err := pull.FD(); err != errno.ENOTSOCK {
		t.Errorf("closed: %v", err)
	}
	if err := unix.SetNonblock(fd, true); err != unix.EBADF {
		t.Errorf("the descriptor is still open: %v", err)
	}
}
