package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// pair is PAIR: one peer at a time, both ways (RFC 31).
type pair struct {
	door
	live *pipe.End // written under both locks

	// ends are what is still to be received from, oldest first: peers that
	// are gone and, last, the live one. Guarded by the receive lock.
	ends []*pipe.End
}

func newPair(*opt.Values) Pattern { return new(pair) }

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
	p.CanRecv() // forgets e if it has nothing left
}

func (p *pair) Readable(*pipe.End) {}
func (p *pair) Writable(*pipe.End) {}

func (p *pair) Send(m *msg.Message) error {
	if p.live == nil || !p.live.Send(m) {
		return errno.EAGAIN
	}
	return nil
}

func (p *pair) CanSend() bool { return p.live != nil && p.live.CanSend() }

func (p *pair) Recv(m *msg.Message) error {
	if !p.CanRecv() {
		return errno.EAGAIN
	}
	p.ends[0].Recv(m)
	return nil
}

// Put implements Putter.
func (p *pair) Put(frame []byte) bool { return p.live != nil && p.live.Put(frame) }

// Next implements Nexter.
func (p *pair) Next() ([]byte, *msg.Chunk) {
	if len(p.ends) == 0 {
		return nil, nil
	}
	return p.ends[0].Next()
}

// SoleOut implements SoleSender.
func (p *pair) SoleOut() *pipe.End { return p.live }

// SoleIn implements SoleReceiver.
func (p *pair) SoleIn() *pipe.End {
	if len(p.ends) != 1 {
		return nil
	}
	return p.ends[0]
}

// Waiting implements Waiter.
func (p *pair) Waiting() (n int) {
	for _, e := range p.ends {
		n += e.Waiting()
	}
	return n
}

// CanRecv drops peers that are gone and drained.
func (p *pair) CanRecv() bool {
	for len(p.ends) > 0 {
		e := p.ends[0]
		if e.CanRecv() {
			return true
		}
		if e == p.live {
			return false
		}
		p.ends = p.ends[:copy(p.ends, p.ends[1:])]
		clear(p.ends[len(p.ends):cap(p.ends)])
	}
	return false
}
