package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// pair is PAIR: one peer at a time, both ways (RFC 31). It is the Out.
type pair struct {
	door
	live  *pipe.End // written under both locks
	route Route

	// ends are what is still to be received from, oldest first: peers that are
	// gone and, last, the live one. Guarded by the receive lock.
	ends []*pipe.End
}

// pairIn is the In of a pair.
type pairIn struct{ *pair }

func OnePeer(*opt.Values) (Out, In) {
	p := new(pair)
	return p, pairIn{p}
}

// Attach has all peers but the first one wait.
func (p *pair) Attach(e *pipe.End) error {
	switch {
	case p.live == nil:
		p.enter(e)
	case e.Peer() == nil:
		return errno.EADDRINUSE
	default:
		p.wait("", e, false)
	}
	return nil
}

func (p *pair) enter(e *pipe.End) {
	p.live = e
	p.ends = append(p.ends, e)
}

func (p *pair) Detach(e *pipe.End) {
	if e.AtDoor {
		p.leave("", e)
	}
	if p.live != e {
		return
	}
	if p.live = p.admit(""); p.live != nil {
		p.enter(p.live)
	}
	p.oldest() // forgets e if it has nothing left
}

func (p *pair) Writable(*pipe.End) {}

func (p *pair) Pick([]byte) (*Route, error) {
	if p.live == nil || !p.live.CanSend() {
		return nil, errno.EAGAIN
	}
	p.route = Route{To: p.live, Keep: true}
	return &p.route, nil
}

func (p *pair) Sent(*Route) {}

func (pairIn) Attach(*pipe.End)   {} // the Out has done it
func (pairIn) Detach(*pipe.End)   {}
func (pairIn) Readable(*pipe.End) {}

func (p pairIn) Pick() (Source, error) {
	if e := p.oldest(); e != nil {
		return Source{End: e, Plain: true, Keep: len(p.ends) == 1}, nil
	}
	return Source{}, errno.EAGAIN
}

func (pairIn) Took(*msg.Message) {}

func (p pairIn) Counts() (c Counts) {
	for _, e := range p.ends {
		c.Waiting += e.Waiting()
	}
	return c
}

// oldest is the peer that is received from, if it has a message; else nil. It
// forgets those that are gone and have none left.
func (p *pair) oldest() *pipe.End {
	for len(p.ends) > 0 {
		e := p.ends[0]
		if e.CanRecv() {
			return e
		}
		if e == p.live {
			return nil
		}
		p.ends = p.ends[:copy(p.ends, p.ends[1:])]
		clear(p.ends[len(p.ends):cap(p.ends)])
	}
	return nil
}
