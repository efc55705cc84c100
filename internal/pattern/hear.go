package pattern

import (
	"slices"

	"github.com/zeroth-mq/zmq/internal/pipe"
)

// What peers say to a publisher, and what becomes of it when they leave.

// hear takes what a peer has said.
func (p *publisher) hear(e *pipe.End) {
	s := subscriberOf(e)
	if s == nil || s.slot < 0 {
		return
	}
	for s.end.Recv(&p.input) {
		if !s.expelled {
			p.take(s, p.input.Frames)
		}
	}
	p.input.Reset()
}

// take sorts the frames of one message. Each may be a subscription, but with
// ONLY_FIRST_SUBSCRIBE only in a message whose first frame is one. What is none is
// for the user: what there is no room for is dropped, for unlike a subscription it
// may be lost, and the peer must not fill our memory.
func (p *publisher) take(s *subscriber, frames [][]byte) {
	rest := frames[:0]
	each := true
	for i, f := range frames {
		sub := len(f) > 0 && f[0] <= 1
		if i == 0 {
			each = sub || !p.opt.XPub.OnlyFirst
		}
		if sub && each {
			p.subscription(s, f[0] == 1, f[1:])
		} else {
			rest = append(rest, f)
		}
	}
	if len(rest) > 0 && p.heard != nil && !p.heard.message(s, rest) {
		s.end.Dropped.Add(1)
	}
}

// manual reports whether peers' subscriptions only ask the user.
func (p *publisher) manual() bool {
	return p.heard != nil && (p.opt.XPub.Manual || p.opt.XPub.ManualLastValue)
}

// each reports whether the user is told of each peer's topics, and not of what all
// of them want together.
func (p *publisher) each() bool { return p.manual() || p.opt.XPub.VerboseUnsubs }

func (p *publisher) subscription(s *subscriber, on bool, topic []byte) {
	manual := p.manual()
	t := &p.subs
	if manual {
		t = &p.wanted
	}
	if on && p.expels(s, t, topic) {
		return
	}
	had := len(s.nodes[t.which])
	made, tell := false, manual
	if on {
		made = t.add(topic, s)
		tell = tell || made || p.opt.XPub.VerboseSubs
	} else {
		r := t.remove(topic, s)
		made = r == vacated
		tell = tell || r != remain || p.opt.XPub.VerboseUnsubs
	}
	if p.each() {
		made = len(s.nodes[t.which]) != had
	}
	if tell {
		p.tell(s, on, topic, made)
	}
}

// tell tells the user that a peer has subscribed or unsubscribed. made says whether
// that made a difference to what the user is told of: see each.
func (p *publisher) tell(s *subscriber, on bool, topic []byte, made bool) {
	if p.heard == nil {
		return
	}
	n := &note{change: change{topic: string(topic)}, on: on, made: made, from: s}
	if p.each() {
		n.change.peer = s
	}
	if s.slot >= 0 {
		n.peer = s.end.Peer()
	}
	p.heard.subscription(n)
}

// Detach hears the peer's last words and takes it out of everything it has
// subscribed to: see Sweep.
func (p *publisher) Detach(e *pipe.End) {
	p.hear(e)
	s := p.out.detach(e)
	if s == nil {
		return
	}
	if p.heard != nil {
		p.heard.gone(s)
	}
	p.leaving = append(p.leaving, s)
	p.Sweep()
}

// sweepSize is how many topics are swept at a time, which takes a millisecond or
// two: while that goes on nothing is sent.
const sweepSize = 1024

// Sweep implements Publisher: it takes peers that are gone out of their topics.
func (p *publisher) Sweep() (more bool) {
	for todo := sweepSize; todo > 0 && len(p.leaving) > 0; {
		s := p.leaving[0]
		todo -= p.wanted.drop(s, todo, p.left(s, true))
		todo -= p.subs.drop(s, todo, p.left(s, false))
		if s.nodes[0] == nil && s.nodes[1] == nil {
			p.leaving = slices.Delete(p.leaving, 0, 1)
		}
	}
	return len(p.leaving) > 0
}

// left tells the user of a topic of a peer that is gone: that nobody wants it any
// more, or in manual mode that the peer had asked for it. Nil: it need not be told.
func (p *publisher) left(s *subscriber, wanted bool) func([]byte, removal) {
	if p.heard == nil || wanted != p.manual() {
		return nil
	}
	return func(topic []byte, r removal) {
		if wanted || r == vacated || p.opt.XPub.VerboseUnsubs {
			p.tell(s, false, topic, true)
		}
	}
}
