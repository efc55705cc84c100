package pattern

import (
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// pub is PUB: a publisher whose user hears nothing (RFC 29).
type pub struct {
	sendOnly
	publisher
}

func newPub(v *opt.Values) Pattern { return &pub{publisher: newPublisher(v)} }

func (p *pub) Detach(e *pipe.End) {
	p.leave(e)
	p.Sweep()
}

// Grant is as many as there may be, for nothing is refused: who has no room
// misses what it would miss anyway.
func (p *pub) Grant() int {
	if p.opt.XPub.NoDrop {
		return 0
	}
	for _, s := range p.out.all[:min(len(p.out.all), grantAsks)] {
		if n := s.end.Grant(); n > 0 {
			return n
		}
	}
	return 0
}

// grantAsks is how many peers are asked whether they are awake.
const grantAsks = 4
