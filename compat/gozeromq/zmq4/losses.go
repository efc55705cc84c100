package zmq4

import (
	"context"
	"sync"
)

// losses are the connections that were lost and of which no Recv has told yet.
type losses struct {
	mu     sync.Mutex
	n      int
	parent context.Context
	wait   context.Context // ends when one more is lost, or parent does
	wake   context.CancelFunc
}

func (l *losses) begin(parent context.Context) {
	l.parent = parent
	l.wait, l.wake = context.WithCancel(parent)
}

// add counts a connection.
func (l *losses) add() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n++
	l.wake()
	l.wait, l.wake = context.WithCancel(l.parent)
}

// take takes one away, or returns a context that ends when there is one.
func (l *losses) take() (lost bool, wait context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.n > 0 {
		l.n--
		return true, nil
	}
	return false, l.wait
}

// clear forgets them all.
func (l *losses) clear() {
	l.mu.Lock()
	l.n = 0
	l.mu.Unlock()
}
