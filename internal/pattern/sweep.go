package pattern

import (
	"slices"

	"github.com/zeroth-mq/zmq/internal/pipe"
)

// leave is Detach but for the topics.
func (p *publisher) leave(e *pipe.End) *sink {
	if s := sinkOf(e); s != nil && s.slot >= 0 {
		p.read(s) // its last words
	}
	s := p.out.detach(e)
	if s != nil {
		p.leaving = append(p.leaving, s)
	}
	return s
}

// sweepSize is how many topics are swept at a time, which takes a millisecond or
// two: while that goes on nothing is sent.
const sweepSize = 1024

// Sweep implements Sweeper: it takes peers that are gone out of their topics.
func (p *publisher) Sweep() (more bool) {
	for todo := sweepSize; todo > 0 && len(p.leaving) > 0; {
		s := p.leaving[0]
		tell := func(wanted bool) func([]byte, removal) {
			if p.user == nil {
				return nil
			}
			return func(topic []byte, r removal) { p.user.left(s, topic, wanted, r) }
		}
		todo -= p.wanted.drop(s, todo, tell(true))
		todo -= p.subs.drop(s, todo, tell(false))
		if s.nodes[0] == nil && s.nodes[1] == nil {
			p.leaving = slices.Delete(p.leaving, 0, 1)
		}
	}
	return len(p.leaving) > 0
}
