// Command gozeromq is the benchmarks' peer that uses
// github.com/go-zeromq/zmq4, ZeroMQ in Go. See package peer for its command
// line.
package main

import (
	"context"
	"fmt"
	"time"

	"github.com/go-zeromq/zmq4"

	"github.com/zeroth-mq/zmq/bench/internal/peer"
)

func main() {
	peer.Main(map[string]func(peer.Args) error{"pull": pull, "push": push})
}

func pull(a peer.Args) error {
	s := zmq4.NewPull(context.Background())
	defer s.Close()
	// Its way to ask for any port.
	if err := s.Listen("tcp://127.0.0.1:0"); err != nil {
		return err
	}
	peer.Ready("tcp://" + s.Addr().String())
	return a.Measure(func() error {
		if err := receive(s, a); err != nil {
			return err
		}
		start := time.Now()
		for range a.Count {
			if err := receive(s, a); err != nil {
				return err
			}
		}
		peer.Took(time.Since(start))
		return nil
	})
}

func receive(s zmq4.Socket, a peer.Args) error {
	m, err := s.Recv()
	if err == nil && len(m.Bytes()) != a.Size {
		err = fmt.Errorf("%d bytes instead of %d", len(m.Bytes()), a.Size)
	}
	return err
}

func push(a peer.Args) error {
	s := zmq4.NewPush(context.Background())
	defer s.Close()
	if err := s.Dial(a.Endpoint); err != nil {
		return err
	}
	err := a.Measure(func() error {
		buf := make([]byte, a.Size)
		for range a.Count + 1 {
			if err := s.Send(zmq4.NewMsg(buf)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return peer.Hold()
}
