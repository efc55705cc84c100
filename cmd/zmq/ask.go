package main

import "github.com/zeroth-mq/zmq"

type reqCmd struct {
	link
	text
	source
	sink
}

// Run sends each request and prints its reply before the next.
func (c *reqCmd) Run(e *env) error {
	r, err := c.source.open(e, &c.text, false, c.Count)
	if err != nil {
		return err
	}
	p, err := c.sink.open(e, &c.text, false)
	if err != nil {
		return err
	}
	return c.work(e, zmq.Req, func(s *zmq.Socket, m *meter) error {
		if err := c.waitPeers(e, s); err != nil {
			return err
		}
		for frames, err := range r.all() {
			if err != nil {
				return err
			}
			if err := s.Send(e.ctx, frames...); err != nil {
				return err
			}
			m.count(frames)
			reply, err := s.Recv(e.ctx)
			if err != nil {
				return err
			}
			m.received.add(reply.Size())
			if err := p.print(reply); err != nil {
				return err
			}
			if err := p.flush(); err != nil {
				return err
			}
		}
		return nil
	}, e.stdout)
}
