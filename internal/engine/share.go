package engine

import "runtime"

// What a peer sends without end must not keep others from being read.
//
// A reader that always finds more never waits, and keeps its processor until the
// runtime interrupts it, after 10 ms. So it lets others run now and then.
//
// For commands that is not enough. They take time and fill no queue, so that no
// mark holds their peer up, and the runtime looks for what has come on other
// connections only when a processor has nothing else to do: a few peers that send
// nothing but commands would delay all others by up to 10 ms. So a reader that has
// acted on many commands needs a place to go on, and the process has fewer places
// than processors. The readers that wait for one get it in turn. What a publisher is told
// in messages counts as well: it acts on them at once.

// a share is what a reader has had of the processors.
type share struct {
	bytes    int  // read since others had its processor
	commands int  // acted on likewise
	held     bool // one of places
}

const (
	// longRun is how many bytes are read before others have the processor.
	longRun = 512 << 10
	// slice is how many commands are acted on without a place, or with one
	// before it is the next reader's turn.
	slice = 256
	// bodyCost is how many bytes of a command's body cost as much as one more.
	bodyCost = 64
)

// places are held by readers that act on many commands.
var places = make(chan struct{}, max(runtime.GOMAXPROCS(0)/2, 1))

// countBytes counts bytes that were read.
func (s *share) countBytes(n int) {
	if s.bytes += n; s.bytes >= longRun {
		s.bytes = 0
		runtime.Gosched()
	}
}

// spend counts commands, and waits for a place when there have been many. A reader that
// holds one waits for nothing else but locks: see leavePlace.
func (s *share) spend(n int) {
	if s.commands += n; s.commands < slice {
		return
	}
	s.commands = 0
	if s.held {
		s.leavePlace()
		runtime.Gosched()
	}
	places <- struct{}{}
	s.held = true
}

// leavePlace gives the place, if one is held, to the next reader that waits for one.
func (s *share) leavePlace() {
	if s.held {
		<-places
		s.held = false
	}
}
