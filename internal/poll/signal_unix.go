//go:build unix

package poll

import (
	"runtime"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// A Signal is a descriptor that is readable once something may have happened
// to the sockets that it watches, until it is lowered. All its methods may
// be called at any time by any goroutine.
//
// No call waits for another, but for Close: a thread that sleeps on the descriptor is
// awake before the write that woke it has returned. So up and the descriptor may
// differ for a while, in one way only: Raise sets up before it writes, and Lower
// reads before it clears up, so that what is up is readable or will be. It may
// be readable without being up; then one look finds nothing, and lowers it.
type Signal struct {
	up    atomic.Bool
	shut  atomic.Bool
	users atomic.Int32 // calls that may be about to read or write
	r, w  int          // one and the same where the system has eventfd
}

// NewSignal makes a Signal that is not raised. EMFILE: no descriptor is left.
func NewSignal() (*Signal, error) {
	r, w, err := signalPair()
	if err != nil {
		return nil, err
	}
	return &Signal{r: r, w: w}, nil
}

// FD is the descriptor, for poll and its like; the caller neither reads nor closes it.
func (g *Signal) FD() int { return g.r }

// Raise makes the descriptor readable.
func (g *Signal) Raise() {
	if g.up.Load() {
		return // the caller that lowers it looks afterwards
	}
	g.users.Add(1)
	if !g.shut.Load() && !g.up.Swap(true) {
		unix.Write(g.w, signalBytes[:]) // there is room: next to nothing is in it
	}
	g.users.Add(-1)
}

// Lower makes the descriptor not readable, and reports whether it was. What
// happened until now is to be looked for afterwards.
func (g *Signal) Lower() bool {
	var b [signalRead]byte
	n := 0
	g.users.Add(1)
	if !g.shut.Load() {
		n, _ = unix.Read(g.r, b[:])
		g.up.Store(false)
	}
	g.users.Add(-1)
	return n > 0
}

// Drop is Lower for a caller that will not look: it costs nothing if nothing has happened.
func (g *Signal) Drop() {
	if g.up.Load() {
		g.Lower()
	}
}

// Close closes the descriptor. Doing it again is harmless.
func (g *Signal) Close() {
	if g.shut.Swap(true) {
		return
	}
	for g.users.Load() > 0 {
		runtime.Gosched() // for one system call
	}
	unix.Close(g.r)
	if g.w != g.r {
		unix.Close(g.w)
	}
}
