package pattern

import (
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// pull is PULL: each peer in turn (RFC 30).
type pull struct {
	recvOnly
	fq
}

func newPull(*opt.Values) Pattern { return new(pull) }

func (p *pull) Attach(e *pipe.End) error { p.attach(e); return nil }
func (p *pull) Detach(e *pipe.End)       { p.detach(e) }
func (p *pull) Readable(e *pipe.End)     { p.readable(e) }
func (p *pull) CanRecv() bool            { return p.canRecv() }
func (p *pull) SoleIn() *pipe.End        { return p.sole() }

func (p *pull) Recv(m *msg.Message) error {
	_, err := p.recv(m)
	return err
}
