package main

import (
	"time"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/bench/internal/peer"
)

var unbounded = []zmq.Option{
	zmq.SendHWM.Of(0), zmq.SendHWMBytes.Of(0), zmq.RecvHWM.Of(0), zmq.RecvHWMBytes.Of(0),
}

// hoardOut sends to an endpoint that nobody has bound.
func hoardOut(a peer.Args) error {
	s, err := zmq.New(zmq.Push, append(unbounded, zmq.Linger.Of(0))...)
	if err != nil {
		return err
	}
	if err := s.Connect(a.Endpoint); err != nil {
		return err
	}
	before, err := peer.Resident()
	if err != nil {
		return err
	}
	var took time.Duration
	err = a.Measure(func() error {
		start := time.Now()
		err := send(s, a, a.Count)
		took = time.Since(start)
		return err
	})
	if err != nil {
		return err
	}
	held, err := peer.Resident()
	if err != nil {
		return err
	}
	peer.Result(held-before, took.Nanoseconds())
	s.Close() // says how much was not delivered, which is all of it
	return nil
}

func hoardIn(a peer.Args) error {
	before, err := peer.Resident()
	if err != nil {
		return err
	}
	return server(zmq.Pull, func(a peer.Args, s ...*zmq.Socket) error {
		if err := receive(s[0], a); err != nil {
			return err
		}
		start := time.Now()
		// What has arrived and not been received is in no queue of the
		// system's any more.
		for s[0].Stats().RecvQueue < a.Count {
			time.Sleep(10 * time.Millisecond)
		}
		held, err := peer.Resident()
		if err != nil {
			return err
		}
		for range a.Count {
			if err := receive(s[0], a); err != nil {
				return err
			}
		}
		peer.Result(held-before, time.Since(start).Nanoseconds())
		return nil
	}, unbounded...)(a)
}
