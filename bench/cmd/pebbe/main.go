// Command pebbe is the benchmarks' peer that uses github.com/pebbe/zmq4, a
// binding of libzmq, with its default settings. With this repository's zmq4
// imported in its place, and nothing else changed, it is the peer dropin. See
// package peer for its command line.
package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/pebbe/zmq4"

	"github.com/zeroth-mq/zmq/bench/internal/peer"
)

func main() {
	peer.Main(map[string]func(peer.Args) error{
		"pull": server(zmq4.PULL, pull),
		"push": client(zmq4.PUSH, push),
		"rep":  server(zmq4.REP, rep),
		"req":  client(zmq4.REQ, req),
	})
}

type part func(*zmq4.Socket, peer.Args) error

// server makes a role of a part that binds.
func server(t zmq4.Type, run part) func(peer.Args) error {
	return func(a peer.Args) error {
		return with(t, func(s *zmq4.Socket) error {
			if err := s.Bind(a.Endpoint); err != nil {
				return err
			}
			endpoint, err := s.GetLastEndpoint()
			if err != nil {
				return err
			}
			peer.Ready(endpoint)
			return a.Measure(func() error { return run(s, a) })
		})
	}
}

// client makes a role of a part that connects.
func client(t zmq4.Type, run part) func(peer.Args) error {
	return func(a peer.Args) error {
		return with(t, func(s *zmq4.Socket) error {
			if err := s.Connect(a.Endpoint); err != nil {
				return err
			}
			if err := a.Measure(func() error { return run(s, a) }); err != nil {
				return err
			}
			return peer.Hold()
		})
	}
}

// with runs f on a new socket, closes it, and waits until all was sent.
func with(t zmq4.Type, f func(*zmq4.Socket) error) error {
	s, err := zmq4.NewSocket(t)
	if err != nil {
		return err
	}
	if err := f(s); err != nil {
		return err
	}
	return errors.Join(s.Close(), zmq4.Term())
}

func pull(s *zmq4.Socket, a peer.Args) error {
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
}

func receive(s *zmq4.Socket, a peer.Args) error {
	b, err := s.RecvBytes(0)
	if err == nil && len(b) != a.Size {
		err = fmt.Errorf("%d bytes instead of %d", len(b), a.Size)
	}
	return err
}

func push(s *zmq4.Socket, a peer.Args) error {
	buf := make([]byte, a.Size)
	for range a.Count + 1 {
		if _, err := s.SendBytes(buf, 0); err != nil {
			return err
		}
	}
	return nil
}

func rep(s *zmq4.Socket, a peer.Args) error {
	for range a.Count {
		b, err := s.RecvBytes(0)
		if err != nil {
			return err
		}
		if _, err := s.SendBytes(b, 0); err != nil {
			return err
		}
	}
	return nil
}

func req(s *zmq4.Socket, a peer.Args) error {
	buf := make([]byte, a.Size)
	return peer.RoundTrips(a.Count, func() error {
		if _, err := s.SendBytes(buf, 0); err != nil {
			return err
		}
		return receive(s, a)
	})
}
