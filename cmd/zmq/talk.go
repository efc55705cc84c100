package main

import (
	"context"
	"errors"
	"sync"

	"github.com/zeroth-mq/zmq"
)

// talker is a command that sends and receives, each when it can.
type talker struct {
	link
	text
	source
	sink
}

type dealerCmd struct{ talker }

func (c *dealerCmd) Run(e *env) error { return c.run(e, zmq.Dealer, nil, nil) }

type pairCmd struct{ talker }

func (c *pairCmd) Run(e *env) error { return c.run(e, zmq.Pair, nil, nil) }

type routerCmd struct{ talker }

func (*routerCmd) Help() string { return helpRouted }

func (c *routerCmd) Run(e *env) error { return c.run(e, zmq.Router, nil, nil) }

type streamCmd struct{ talker }

func (*streamCmd) Help() string {
	return helpRouted + " An empty body tells that a connection has come or gone; sending one ends it."
}

func (c *streamCmd) Run(e *env) error { return c.run(e, zmq.Stream, nil, nil) }

const helpRouted = "What is received begins with the id of the peer it came from, what is sent with the id of the one it goes to: " +
	"ID<TAB>BODY, or another --delimiter. Ids that cannot be printed are written in hex after 0x."

type xpubCmd struct {
	talker
	waitTopics
}

func (*xpubCmd) Help() string {
	return "A subscription is printed as a byte 1 and the topic, its end as a byte 0 and the topic; --format quoted shows them well."
}

func (c *xpubCmd) Run(e *env) error { return c.run(e, zmq.XPub, c.WaitTopic, nil) }

type xsubCmd struct {
	talker
	topics
}

func (*xsubCmd) Help() string {
	return `A message of a byte 1 and a topic subscribes, a byte 0 and a topic unsubscribes: zmq xsub ... --input quoted '"\x01goal"'. Nothing is filtered here.`
}

func (c *xsubCmd) Run(e *env) error { return c.run(e, zmq.XSub, nil, c.Topic) }

// run sends and receives at once. It ends when --count messages have been
// received and all input is sent; without a count, with silence or Ctrl-C. A
// terminal is not waited for: people do not end their input.
func (c *talker) run(e *env, t zmq.Type, waitTopics, topics []string) error {
	ctx, cancel := context.WithCancel(e.ctx)
	defer cancel()
	sending := *e
	sending.ctx = ctx
	r, err := c.source.open(&sending, &c.text, t.Addressed(), 0)
	if err != nil {
		return err
	}
	p, err := c.sink.open(e, &c.text, t.Addressed())
	if err != nil {
		return err
	}
	return c.work(e, t, func(s *zmq.Socket, m *meter) error {
		if err := subscribe(e.ctx, s, topics); err != nil {
			return err
		}
		receiving := *e
		var stop context.CancelFunc
		receiving.ctx, stop = context.WithCancel(e.ctx)
		defer stop()
		var sent error
		var running sync.WaitGroup
		running.Go(func() { // owned by this function
			if sent = c.send(&sending, s, r, m, waitTopics); sent != nil {
				stop()
			}
		})
		err := c.receive(&receiving, s, p, m)
		if err != nil || e.ctx.Err() != nil || c.fromStdin() && terminal(e.stdin) {
			cancel()
		}
		running.Wait()
		if sent != nil && !errors.Is(sent, context.Canceled) {
			return sent // the cause of the other
		}
		return err
	}, e.stdin, e.stdout)
}
