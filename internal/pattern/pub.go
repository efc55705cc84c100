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

func newPub(v *opt.Values) Pattern { return &pub{publisher: publisher{opt: v}} }

func (p *pub) Detach(e *pipe.End) {
	if s := p.leave(e); s != nil {
		p.subs.drop(s, nil)
	}
}
