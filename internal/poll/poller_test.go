package poll_test

import (
	"context"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/poll"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }

// pair connects a socket of each type over inproc.
func pair(t *testing.T, bound, connected string) (b, c *core.Socket) {
	t.Helper()
	ctx := core.NewContext()
	make := func(name string) *core.Socket {
		row, _ := pattern.ByName(name)
		s, err := core.NewSocket(ctx, row.Type)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	b, c = make(bound), make(connected)
	t.Cleanup(func() { ctx.Close(t.Context()) })
	if _, err := b.Bind("inproc://x"); err != nil {
		t.Fatal(err)
	}
	if err := c.Connect("inproc://x"); err != nil {
		t.Fatal(err)
	}
	return b, c
}

func sendParts(t *testing.T, s *core.Socket, parts ...string) {
	t.Helper()
	for i, p := range parts {
		if err := s.SendPart(t.Context(), []byte(p), nil, i < len(parts)-1, false); err != nil {
			t.Fatalf("part %d: %v", i, err)
		}
	}
}

// recvParts receives one message, by its parts.
func recvParts(t *testing.T, s *core.Socket) (parts []string) {
	t.Helper()
	for {
		var p core.Part
		if err := s.RecvPart(t.Context(), false, &p); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, string(p.Data))
		p.Release()
		if !p.More {
			return parts
		}
	}
}

func ids(ready []poll.Ready) (list []int) {
	for _, r := range ready {
		list = append(list, r.ID)
	}
	return list
}

func wantReady(t *testing.T, p *poll.Poller, timeout time.Duration, want ...int) []poll.Ready {
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
	p := poll.NewPoller()
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
	var part core.Part
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
	p := poll.NewPoller()
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

// Several may wait on one Poller: none is left asleep.
func TestPollerManyWaiters(t *testing.T) {
	pull, push := pair(t, "PULL", "PUSH")
	p := poll.NewPoller()
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
	p := poll.NewPoller()
	defer p.Close()
	out := p.Add(rep, false, true)
	wantReady(t, p, 0)
	sendParts(t, req, "q")
	time.AfterFunc(5*time.Millisecond, func() { recvParts(t, rep) })
	wantReady(t, p, -1, out)
}
