package main

import (
	"context"

	"github.com/zeroth-mq/zmq"
)

// sender is a command that sends only.
type sender struct {
	link
	text
	source
}

type pushCmd struct{ sender }

func (c *pushCmd) Run(e *env) error { return c.run(e, zmq.Push, nil) }

// waitTopics is for what publishes.
type waitTopics struct {
	WaitTopic []string `sep:"none" placeholder:"TOPIC" help:"With --wait-peers: wait for subscribers of this topic, and each that is given. Default: subscribers that would be sent the first message."`
}

type pubCmd struct {
	sender
	waitTopics
}

func (c *pubCmd) Run(e *env) error { return c.run(e, zmq.Pub, c.WaitTopic) }

type sendCmd struct {
	Type string `short:"T" enum:"${senders}" default:"push" help:"Type of the socket: ${senders}. What it receives is not looked at. Default: push."`
	sender
	waitTopics
}

func (c *sendCmd) Run(e *env) error {
	t, err := zmq.ParseType(c.Type)
	if err != nil {
		return err
	}
	return c.run(e, t, c.WaitTopic)
}

func (c *sender) run(e *env, t zmq.Type, topics []string) error {
	r, err := c.source.open(e, &c.text, t.Addressed(), c.Count)
	if err != nil {
		return err
	}
	var streams []any
	if c.fromStdin() {
		streams = append(streams, e.stdin)
	}
	return c.work(e, t, func(s *zmq.Socket, m *meter) error { return c.send(e, s, r, m, topics) }, streams...)
}

// send sends all that r has, once the peers are there that are waited for.
func (l *link) send(e *env, s *zmq.Socket, r *reader, m *meter, topics []string) error {
	publishes := s.Type().Publishes()
	if !publishes {
		if err := l.waitPeers(e, s); err != nil {
			return err
		}
	}
	first := publishes
	for frames, err := range r.all() {
		if err == nil && first {
			first = false
			err = l.waitSubscribers(e, s, topics, string(frames[0]))
		}
		if err == nil {
			err = s.Send(e.ctx, frames...)
		}
		if err != nil {
			return err
		}
		m.count(frames)
	}
	return nil
}

// subscribed reports whether a message that begins with topic would be sent to
// anybody now.
func subscribed(s *zmq.Socket, topic string) bool {
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // it looks, and does not wait
	return s.WaitSubscribers(ctx, topic, 1) == nil
}

// waitSubscribers is --wait-peers, for what publishes; without it, a word about
// the first message, if no peer gets it. first begins that message.
func (l *link) waitSubscribers(e *env, s *zmq.Socket, topics []string, first string) error {
	if len(topics) == 0 {
		topics = []string{first}
	}
	if l.WaitPeers <= 0 {
		if !l.Quiet && !subscribed(s, first) {
			e.stderr.Line("warning: no peer has subscribed to the first message yet: what is sent before that is lost; --wait-peers 1 waits for one")
		}
		return nil
	}
	return l.wait(e, func(ctx context.Context) error {
		for _, topic := range topics {
			if err := s.WaitSubscribers(ctx, topic, l.WaitPeers); err != nil {
				return err
			}
		}
		return nil
	})
}
