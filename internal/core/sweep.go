package core

import (
	"runtime"

	"github.com/zeroth-mq/zmq/internal/pattern"
)

// sweep has the pattern forget what peers that are gone have left behind, part by
// part: between two of them others get the socket. It is called without locks, by
// the goroutine that has detached a peer, and does nothing for a closed socket.
func (s *Socket) sweep() {
	w, ok := s.pat.(pattern.Sweeper)
	for more := ok; more && s.err() == nil; {
		s.lock()
		more = w.Sweep()
		s.unlock()
		s.recvHalf.ready.event() // XPUB's user hears of it
		if more {
			runtime.Gosched()
		}
	}
}
