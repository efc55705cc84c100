package core

import (
	"errors"
	"runtime"
	"sync"

	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/pattern"
)

// A peer may have to wait for its place: the pattern says so (pattern.Doorkeeper).
// It has shaken hands then, its engine runs, and what it sends waits in its pipe,
// up to the marks. The socket cannot talk to it, and does not count it.

// a doorway is where peers wait; its Doorkeeper is nil where none do. telling is
// held while it is found out which peers have moved, and told, so that events of one
// peer come in order. It is taken before all other locks of the socket.
type doorway struct {
	pattern.Doorkeeper
	telling sync.Mutex
}

var errWaits = errors.New("the peer waits: another one has its place (the only one of a PAIR, or a routing id)")
var errDisplaced = errors.New("the peer waits: a newer one has taken its routing id (ROUTER_HANDOVER)")

// settle follows up what Attach and Detach have done at the door. It is called
// without locks.
func (s *Socket) settle() {
	if s.door.Doorkeeper == nil {
		return
	}
	moved, over := s.tellMoved()
	if !moved {
		return
	}
	s.sendHalf.ready.event()
	s.recvHalf.ready.event()
	for _, p := range over {
		p.Retire() // over inproc none waits
	}
}

// tellMoved counts peers that have moved, and tells of them. It reports whether there
// are any, and those over inproc that are to leave.
func (s *Socket) tellMoved() (any bool, over []*peer) {
	s.door.telling.Lock()
	defer s.door.telling.Unlock()
	s.lock()
	moved := s.door.Moved()
	var events []link.Event
	for _, e := range moved {
		p := e.Host.(*peer)
		p.countLocked()
		switch {
		case p.meeting != nil:
			over = append(over, p)
			continue
		case p.end != e || !p.told || p.waits == e.AtDoor:
			continue // it has gone, or tells itself (see Waiting), or has told
		}
		if p.waits = e.AtDoor; p.waits {
			events = append(events, p.event(link.Waiting, e, 0, errDisplaced))
		} else {
			events = append(events, p.event(link.Admitted, e, 0, nil))
		}
		p.ep.trouble.note(&events[len(events)-1])
	}
	s.unlock()
	if s.err() == nil { // else peers move up as the socket closes
		for _, ev := range events {
			s.events.Emit(ev)
		}
	}
	return len(moved) > 0, over
}

// Waiting implements link.Session.
func (p *peer) Waiting(tell func(why error)) {
	s := p.s
	if s.door.Doorkeeper == nil {
		return
	}
	s.door.telling.Lock()
	defer s.door.telling.Unlock()
	s.lock()
	p.told = true
	p.waits = p.end != nil && p.end.AtDoor
	s.unlock()
	if p.waits {
		tell(errWaits)
	}
}

// sweep has the pattern forget what peers that are gone have left behind, part by
// part: between two of them others get the socket. It is called without locks, by
// the goroutine that has detached a peer, and does nothing for a closed socket.
func (h *halves) sweep() {
	for more := h.publisher != nil; more && h.err() == nil; {
		h.lock()
		more = h.publisher.Sweep()
		h.unlock()
		h.recvHalf.ready.event() // XPUB's user hears of it
		if more {
			runtime.Gosched()
		}
	}
}
