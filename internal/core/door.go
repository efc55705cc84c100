package core

import (
	"errors"

	"github.com/zeroth-mq/zmq/internal/link"
)

// A peer may have to wait for its place: the pattern says so (pattern.Doorkeeper).
// It has shaken hands then, its engine runs, and what it sends waits in its pipe,
// up to the marks. The socket cannot talk to it, and does not count it.

var errWaits = errors.New("the peer waits: another one has its place (the only one of a PAIR, or a routing id)")
var errDisplaced = errors.New("the peer waits: a newer one has taken its routing id (ROUTER_HANDOVER)")

// countLocked counts p as one that the socket can talk to, or no longer.
func (s *Socket) countLocked(p *peer) {
	if p.end != nil {
		p.port.AtDoor(p.end.AtDoor) // whose end it is to notice though nothing is read
	}
	in := p.live.Load() && p.attached && !p.end.AtDoor
	switch {
	case in == p.counted:
		return
	case in:
		s.setLive(1, p.port)
	default:
		s.setLive(-1, nil)
	}
	p.counted = in
}

// settle follows up what Attach and Detach have done at the door. It is called
// without locks.
func (s *Socket) settle() {
	if s.door == nil {
		return
	}
	s.lock()
	moved := s.door.Moved()
	var events []link.Event
	var over []*inprocPeer
	for _, e := range moved {
		switch h := e.Host.(type) {
		case *peer:
			displaced := h.counted && e.AtDoor
			s.countLocked(h)
			if displaced {
				events = append(events, h.event(link.Waiting, e, 0, errDisplaced))
			} else if !e.AtDoor {
				events = append(events, h.event(link.Admitted, e, 0, nil))
			} else {
				continue
			}
			h.ep.trouble.note(&events[len(events)-1])
		case *inprocPeer:
			over = append(over, h)
		}
	}
	s.unlock()
	if len(moved) == 0 {
		return
	}
	s.setSole()
	s.send.ready.event()
	s.recv.ready.event()
	for _, p := range over {
		p.leave() // over inproc nobody waits
	}
	if s.err() != nil {
		return // peers move up as the socket closes
	}
	for _, ev := range events {
		s.emit(ev)
	}
}

// Waiting implements link.Session.
func (p *peer) Waiting() error {
	p.s.lock()
	defer p.s.unlock()
	if p.end == nil || !p.end.AtDoor {
		return nil
	}
	return errWaits
}
