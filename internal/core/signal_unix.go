//go:build unix

package core

import (
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// A Signal is a descriptor that is readable once something may have happened
// to the sockets that it watches, until somebody lowers it. All its methods may
// be called at any time by any goroutine. Its mutex is a leaf.
type Signal struct {
	up atomic.Bool // changed under mu

	mu   sync.Mutex
	r, w int // one and the same where the system has eventfd
	shut bool
}

// NewSignal makes a Signal that is not raised. EMFILE: no descriptor is left.
func NewSignal() (*Signal, error) {
	r, w, err := signalPair()
	if err != nil {
		return nil, err
	}
	return &Signal{r: r, w: w}, nil
}

// FD is the descriptor, for poll and its like; nobody else reads or closes it.
func (g *Signal) FD() int { return g.r }

// Raise makes the descriptor readable.
func (g *Signal) Raise() {
	// Who finds it up need not raise it: whoever lowers it looks afterwards.
	if g.up.Load() {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.up.Load() && !g.shut {
		g.up.Store(true)
		unix.Write(g.w, signalBytes[:]) // there is room: nothing is in it
	}
}

func (g *Signal) notify() { g.Raise() }

// Lower makes the descriptor not readable, and reports whether it was. What
// happened until now is to be looked for afterwards.
func (g *Signal) Lower() bool {
	if !g.up.Load() {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.up.Load() || g.shut {
		return false
	}
	var b [len(signalBytes)]byte
	g.up.Store(false)
	unix.Read(g.r, b[:])
	return true
}

// Close closes the descriptor. Doing it again is harmless.
func (g *Signal) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut {
		return
	}
	g.shut = true
	unix.Close(g.r)
	if g.w != g.r {
		unix.Close(g.w)
	}
}
