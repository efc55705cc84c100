package main

import (
	"errors"
	"io"
	"iter"

	"github.com/zeroth-mq/zmq"
)

type repCmd struct {
	link
	text
	sink
	Reply *string `placeholder:"TEXT" xor:"reply" help:"Reply this to every request."`
	Echo  bool    `xor:"reply" help:"Reply with the request. Without --reply and --echo, each line of standard input is the reply to one request."`

	Multipart bool   `short:"m" help:"Cut replies into frames at the --delimiter."`
	Input     string `enum:"plain,hex,json,quoted" default:"plain" help:"How replies are written, see zmq push --help."`
}

// Run prints each request before it is replied to.
func (c *repCmd) Run(e *env) error {
	answer, stop, err := c.answers(e)
	if err != nil {
		return err
	}
	defer stop()
	p, err := c.sink.open(e, &c.text, false)
	if err != nil {
		return err
	}
	return c.work(e, zmq.Rep, func(s *zmq.Socket, m *meter) error {
		if err := c.waitPeers(e, s); err != nil {
			return err
		}
		for n := uint64(0); c.Count == 0 || n < c.Count; n++ {
			request, err := s.Recv(e.ctx)
			if err != nil {
				return c.ended(err, n)
			}
			m.received.add(request.Size())
			if err := p.print(request); err != nil {
				return err
			}
			if err := p.flush(); err != nil {
				return err
			}
			reply, err := answer(request)
			if errors.Is(err, io.EOF) {
				return nil // no more lines
			}
			if err != nil {
				return c.ended(err, n)
			}
			if err := s.Send(e.ctx, reply...); err != nil {
				return err
			}
			m.count(reply)
		}
		return nil
	}, e.stdout)
}

// answers makes the function that finds the reply to a request: io.EOF when
// there are no more. stop ends it.
func (c *repCmd) answers(e *env) (answer func(zmq.Message) ([][]byte, error), stop func(), err error) {
	if c.Echo {
		return func(m zmq.Message) ([][]byte, error) { return m.Frames(), nil }, func() {}, nil
	}
	src := &source{Input: c.Input, Multipart: c.Multipart}
	if c.Reply != nil {
		src.Message = []string{*c.Reply}
	}
	r, err := src.open(e, &c.text, false, 0)
	if err != nil {
		return nil, nil, err
	}
	r.loop = c.Reply != nil
	next, stop := iter.Pull2(r.all())
	return func(zmq.Message) ([][]byte, error) {
		frames, err, ok := next()
		if !ok {
			err = io.EOF
		}
		return frames, err
	}, stop, nil
}
