//go:build unix

package core

import (
	"context"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/zeroth-mq/zmq/internal/errno"
)

func ids(ready []Ready) (list []int) {
	for _, r := range ready {
		list = append(list, r.ID)
	}
	return list
}

func wantReady(t *testing.T, p *Poller, timeout time.Duration, want ...int) []Ready {
	t.Helper()
	ready, err := p.Wait(t.Context(), timeout)
	if err != nil {
		t.Fatal(err)
	}
	got := ids(ready)
	if len(got) != len(want) {
		t.Fatalf("ready are %v, want %v", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("ready are %v, want %v", got, want)
		}
	}
	return ready
}

func TestPoller(t *testing.T) {
	pull, push := pair(t, "PULL", "PUSH")
	p := NewPoller()
	defer p.Close()
	in := p.Add(pull, true, false)
	out := p.Add(push, false, true)
	none := p.Add(push, false, false)
	again := p.Add(pull, true, true)
	wantReady(t, p, 0, out)
	sendParts(t, push, "a", "b")
	wantReady(t, p, -1, in, out, again)
	if !p.Modify(out, false, false) || p.Modify(99, true, true) {
		t.Error("Modify")
	}
	wantReady(t, p, -1, in, again)
	var part Part
	if err := pull.RecvPart(t.Context(), true, &part); err != nil {
		t.Fatal(err)
	}
	wantReady(t, p, -1, in, again) // the other part
	if !p.Remove(again) || p.Remove(again) {
		t.Error("Remove")
	}
	if err := pull.RecvPart(t.Context(), true, &part); err != nil {
		t.Fatal(err)
	}
	wantReady(t, p, 0)
	wantReady(t, p, time.Millisecond)
	_ = none
}

// A Wait that is under way sees messages, entries that come, and ends.
func TestPollerWakes(t *testing.T) {
	pull, push := pair(t, "PULL", "PUSH")
	p := NewPoller()
	defer p.Close()
	in := p.Add(pull, true, false)
	for _, step := range []func(){
		func() { sendParts(t, push, "x") },
		func() { p.Add(push, false, true) },
	} {
		time.AfterFunc(5*time.Millisecond, step)
		if ready, err := p.Wait(t.Context(), -1); err != nil || len(ready) == 0 {
			t.Fatal(ready, err)
		}
		if ready, _ := p.Wait(t.Context(), 0); ready[0].ID == in {
			recvParts(t, pull)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	p.Close()
	time.AfterFunc(5*time.Millisecond, cancel)
	if _, err := p.Wait(ctx, -1); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
	end := p.Add(pull, false, false)
	time.AfterFunc(5*time.Millisecond, pull.Context().Shutdown)
	ready := wantReady(t, p, -1, end)
	if ready[0].Err != errno.ETERM {
		t.Errorf("the end: %v", ready[0].Err)
	}
}

// Several may wait on one Poller: nobody is left asleep.
func TestPollerManyWaiters(t *testing.T) {
	pull, push := pair(t, "PULL", "PUSH")
	p := NewPoller()
	defer p.Close()
	p.Add(pull, true, false)
	done := make(chan error, 4)
	for range 4 {
		// Owned by the test, which counts them in.
		go func() {
			ready, err := p.Wait(t.Context(), -1)
			if err == nil && len(ready) != 1 {
				err = errno.EINVAL
			}
			done <- err
		}()
	}
	time.Sleep(10 * time.Millisecond)
	sendParts(t, push, "for all to see")
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// What another goroutine does to a REP makes it able to send.
func TestPollerTakesTurns(t *testing.T) {
	rep, req := pair(t, "REP", "REQ")
	p := NewPoller()
	defer p.Close()
	out := p.Add(rep, false, true)
	wantReady(t, p, 0)
	sendParts(t, req, "q")
	time.AfterFunc(5*time.Millisecond, func() { recvParts(t, rep) })
	wantReady(t, p, -1, out)
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
