//go:build unix

package poll

import (
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

func raised(t *testing.T, g *Signal) bool {
	t.Helper()
	p := []unix.PollFd{{Fd: int32(g.FD()), Events: unix.POLLIN}}
	n, err := unix.Poll(p, 0)
	if err != nil && err != unix.EINTR {
		t.Fatal(err)
	}
	return n == 1
}

func newTestSignal(t *testing.T) *Signal {
	t.Helper()
	g, err := NewSignal()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

func TestSignal(t *testing.T) {
	g := newTestSignal(t)
	if raised(t, g) || g.Lower() {
		t.Error("raised when it was made")
	}
	g.Raise()
	g.Raise()
	if !raised(t, g) || !g.Lower() || raised(t, g) || g.Lower() {
		t.Error("raised twice is lowered once")
	}
	g.Close()
	g.Close()
	g.Raise()
	g.Lower()
}

// Whoever raises after a Lower is seen, whatever the order of the two calls.
func TestSignalTogether(t *testing.T) {
	g := newTestSignal(t)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for range 2000 {
				g.Raise()
			}
		})
	}
	wg.Go(func() {
		for range 2000 {
			g.Lower()
		}
	})
	wg.Wait()
	g.Raise()
	if !raised(t, g) || !g.Lower() || raised(t, g) {
		t.Error("the descriptor and what is thought of it differ")
	}
	g.Raise()
	if !raised(t, g) {
		t.Error("it cannot be raised any more")
	}
	g.Drop()
	if raised(t, g) {
		t.Error("it was not dropped")
	}
}
