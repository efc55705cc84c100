//go:build unix

package core

import (
	"sync"

	"golang.org/x/sys/unix"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// A signal is a descriptor that is readable once something may have happened
// to a socket, until somebody looks what (ZMQ_FD). Its mutex is a leaf.
type signal struct {
	mu   sync.Mutex
	r, w int
	up   bool
	shut bool
}

func newSignal() (*signal, error) {
	var p [2]int
	if err := unix.Pipe(p[:]); err != nil {
		return nil, errno.Of(err, errno.EMFILE)
	}
	for _, fd := range p {
		unix.CloseOnExec(fd)
		if err := unix.SetNonblock(fd, true); err != nil {
			unix.Close(p[0])
			unix.Close(p[1])
			return nil, errno.Of(err, errno.EMFILE)
		}
	}
	return &signal{r: p[0], w: p[1]}, nil
}

func (g *signal) fd() int { return g.r }

// notify makes the descriptor readable.
func (g *signal) notify() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.up && !g.shut {
		g.up = true
		unix.Write(g.w, []byte{1}) // of an empty pipe: there is room
	}
}

// lower makes it not readable.
func (g *signal) lower() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.up && !g.shut {
		g.up = false
		unix.Read(g.r, make([]byte, 1))
	}
}

func (g *signal) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.shut {
		g.shut = true
		unix.Close(g.r)
		unix.Close(g.w)
	}
}
