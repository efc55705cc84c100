package pattern

import (
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// push is PUSH: round robin over the peers with room (RFC 30).
type push struct {
	sendOnly
	lb
}

func newPush(*opt.Values) Pattern { return new(push) }

func (p *push) Attach(e *pipe.End) error { p.attach(e); return nil }
func (p *push) Detach(e *pipe.End)       { p.detach(e) }
func (p *push) Writable(e *pipe.End)     { p.writable(e) }
func (p *push) CanSend() bool            { return p.canSend() }
func (p *push) SoleOut() *pipe.End       { return p.sole() }
func (p *push) Grant() int               { return p.grant() }

// Readable throws away what a peer says that ought to be silent.
func (p *push) Readable(e *pipe.End) {
	var m msg.Message
	for e.Recv(&m) {
	}
}

func (p *push) Send(m *msg.Message) error {
	_, err := p.send(m)
	return err
}
