package pattern

import (
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// dealer is DEALER: round robin out, fair in (RFC 28).
type dealer struct {
	opt *opt.Values
	out lb
	in  fq
}

func newDealer(v *opt.Values) Pattern { return &dealer{opt: v} }

func (d *dealer) Attach(e *pipe.End) error {
	if d.opt.Router.Probe {
		probe(e)
	}
	d.out.attach(e)
	d.in.attach(e)
	return nil
}

func (d *dealer) Detach(e *pipe.End) {
	d.out.detach(e)
	d.in.detach(e)
}

func (d *dealer) Readable(e *pipe.End)       { d.in.readable(e) }
func (d *dealer) Writable(e *pipe.End)       { d.out.writable(e) }
func (d *dealer) CanSend() bool              { return d.out.canSend() }
func (d *dealer) CanRecv() bool              { return d.in.canRecv() }
func (d *dealer) Put(frame []byte) bool      { return d.out.Put(frame) }
func (d *dealer) Next() ([]byte, *msg.Chunk) { return d.in.Next() }
func (d *dealer) SoleOut() *pipe.End         { return d.out.sole() }
func (d *dealer) SoleIn() *pipe.End          { return d.in.sole() }
func (d *dealer) Grant() int                 { return d.out.grant() }

func (d *dealer) Send(m *msg.Message) error {
	_, err := d.out.send(m)
	return err
}

// Waiting implements Waiter.
func (d *dealer) Waiting() int { return d.in.Waiting() }

func (d *dealer) Recv(m *msg.Message) error {
	_, err := d.in.recv(m)
	return err
}

// probe sends the empty message of PROBE_ROUTER, by which a ROUTER learns of us
// before we have anything to say.
func probe(e *pipe.End) {
	e.SendForce(&msg.Message{Frames: [][]byte{nil}})
}
