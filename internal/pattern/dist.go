package pattern

import (
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// dist sends one message to many peers. Whoever has no room misses it, and is
// left alone until it is Writable. Guarded by the send lock.
type dist struct {
	all     []*subscriber
	matched []*subscriber // of the message in hand
	epoch   uint64        // a subscriber with the same number is in matched
	shared  pipe.Writer
}

// sharedFrom is how many peers a message that goes to all is put into wire form for
// once.
const sharedFrom = 3

// subscriber is one peer of a dist: the Tag of its End.
type subscriber struct {
	end    *pipe.End
	slot   int // in dist.all; -1: detached
	epoch  uint64
	parked bool // full when last tried

	// XPUB and PUB keep here which topics the peer is in, for each of their
	// topics, how many bytes these have, and what their user has not received.
	nodes    [2][]*entry[set]
	bytes    [2]int
	expelled bool
	held     kept
}

func subscriberOf(e *pipe.End) *subscriber {
	s, _ := e.Tag.(*subscriber)
	return s
}

func (d *dist) attach(e *pipe.End) *subscriber {
	s := &subscriber{end: e, slot: len(d.all)}
	e.Tag = s
	d.all = append(d.all, s)
	return s
}

// detach forgets e and returns what it kept for it; nil if that was done
// before.
func (d *dist) detach(e *pipe.End) *subscriber {
	s := subscriberOf(e)
	if s == nil || s.slot < 0 {
		return nil
	}
	end := len(d.all) - 1
	d.all[s.slot] = d.all[end]
	d.all[s.slot].slot = s.slot
	d.all[end] = nil
	d.all = d.all[:end]
	s.slot = -1
	clear(d.matched[:cap(d.matched)]) // it may be there, from any message before
	d.begin()
	return s
}

func (d *dist) writable(e *pipe.End) {
	if s := subscriberOf(e); s != nil {
		s.parked = false
	}
}

// begin forgets who matched the message before.
func (d *dist) begin() {
	d.matched = d.matched[:0]
	d.epoch++
}

// match adds s to those who get the message, once.
func (d *dist) match(s *subscriber) {
	if s.epoch != d.epoch && s.slot >= 0 { // one that is gone may have topics still
		s.epoch = d.epoch
		d.matched = append(d.matched, s)
	}
}

// invert swaps those who match with those who do not.
func (d *dist) invert() {
	d.matched = d.matched[:0]
	for _, s := range d.all {
		if s.epoch != d.epoch {
			d.matched = append(d.matched, s)
		}
	}
}

// room reports whether all who match have room.
func (d *dist) room() bool {
	for _, s := range d.matched {
		if !s.end.CanSend() {
			return false
		}
	}
	return true
}

// send sends m to all who match.
func (d *dist) send(m *msg.Message) { d.sendTo(d.matched, m, false) }

// sendAll sends m to every peer; force sends it also to those without room.
func (d *dist) sendAll(m *msg.Message, force bool) { d.sendTo(d.all, m, force) }

func (d *dist) sendTo(list []*subscriber, m *msg.Message, force bool) {
	if len(list) > 1 && hasLarge(m) {
		m.Share()
	}
	// Those who get only some cannot take whole stretches.
	shared := !force && len(list) == len(d.all) && len(list) >= sharedFrom && d.shared.Put(m)
	for _, s := range list {
		sent := false
		switch {
		case force:
			s.end.SendForce(m)
			continue
		case s.parked:
		case shared:
			sent = s.end.SendShared(m, &d.shared)
		default:
			sent = s.end.Send(m)
		}
		if !sent {
			s.parked = true
			s.end.Dropped.Add(1)
		}
	}
}

func hasLarge(m *msg.Message) bool {
	for _, f := range m.Frames {
		if len(f) >= msg.LargeFrame {
			return true
		}
	}
	return false
}
