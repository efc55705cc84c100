package main

import (
	"github.com/zeroth-mq/zmq"
)

// receiver is a command that receives only.
type receiver struct {
	link
	text
	sink
}

type pullCmd struct{ receiver }

func (c *pullCmd) Run(e *env) error { return c.run(e, zmq.Pull, nil) }

// topics is for what subscribes.
type topics struct {
	Topic []string `sep:"none" placeholder:"TOPIC" help:"Receive what begins with this, and each that is given. Default: everything."`
}

// list is the topics, or everything. A message is received once, however many
// of them it matches.
func (t *topics) list() []string {
	if len(t.Topic) == 0 {
		return []string{""}
	}
	return t.Topic
}

type subCmd struct {
	receiver
	topics
}

func (c *subCmd) Run(e *env) error { return c.run(e, zmq.Sub, c.list()) }

type recvCmd struct {
	Type string `short:"T" enum:"${receivers}" default:"pull" help:"Type of the socket: ${receivers}. Default: pull."`
	receiver
	topics
}

func (c *recvCmd) Run(e *env) error {
	t, err := zmq.ParseType(c.Type)
	if err != nil {
		return err
	}
	if t.Subscribes() {
		return c.run(e, t, c.list())
	}
	if len(c.Topic) > 0 {
		return usagef("for example: zmq recv --type sub --topic goal ...", "--topic is for sub and xsub")
	}
	return c.run(e, t, nil)
}

func (c *receiver) run(e *env, t zmq.Type, topics []string) error {
	p, err := c.sink.open(e, &c.text, t.Addressed())
	if err != nil {
		return err
	}
	return c.work(e, t, func(s *zmq.Socket, m *meter) error {
		if err := subscribe(e.ctx, s, topics); err != nil {
			return err
		}
		if err := c.waitPeers(e, s); err != nil {
			return err
		}
		return c.receive(e, s, p, m)
	}, e.stdout)
}

// receive prints messages until --count, silence or Ctrl-C. It writes them out
// before it waits, and otherwise when there is much.
func (l *link) receive(e *env, s *zmq.Socket, p *printer, m *meter) error {
	for n := uint64(0); l.Count == 0 || n < l.Count; n++ {
		msg, ok, err := s.TryRecv()
		if err == nil && !ok {
			if err := p.flush(); err != nil {
				return err
			}
			msg, err = s.Recv(e.ctx)
		}
		if err == nil && n%256 == 255 {
			err = e.ctx.Err() // TryRecv does not look
		}
		if err != nil {
			if err := p.flush(); err != nil {
				return err
			}
			return l.ended(err, n)
		}
		m.received.add(msg.Size())
		if err := p.print(msg); err != nil {
			return err
		}
		msg.Release()
	}
	return p.flush()
}
