// Command zeroth is the benchmarks' peer that uses this repository's library,
// with the calls that any program would make and the default settings, but for
// a Linger that never gives up. See package peer for its command line.
package main

import (
	"context"
	"fmt"
	"time"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/bench/internal/peer"
)

var ctx = context.Background()

func main() {
	peer.Main(map[string]func(peer.Args) error{
		"pull":   server(zmq.Pull, pull),
		"push":   client(zmq.Push, push),
		"rep":    server(zmq.Rep, rep),
		"req":    client(zmq.Req, req),
		"inproc": inproc,
	})
}

type part func(*zmq.Socket, peer.Args) error

// server makes a role of a part that binds.
func server(t zmq.Type, run part) func(peer.Args) error {
	return func(a peer.Args) error {
		return with(t, func(s *zmq.Socket) error {
			endpoint, err := s.Bind(a.Endpoint)
			if err != nil {
				return err
			}
			peer.Ready(endpoint)
			return a.Measure(func() error { return run(s, a) })
		})
	}
}

// client makes a role of a part that connects.
func client(t zmq.Type, run part) func(peer.Args) error {
	return func(a peer.Args) error {
		return with(t, func(s *zmq.Socket) error {
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

// with runs f on a new socket, and closes the socket.
func with(t zmq.Type, f func(*zmq.Socket) error) error {
	s, err := zmq.New(t, zmq.Linger.Of(-1*time.Millisecond))
	if err != nil {
		return err
	}
	if err := f(s); err != nil {
		s.Close()
		return err
	}
	return s.Close()
}

func pull(s *zmq.Socket, a peer.Args) error {
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

func receive(s *zmq.Socket, a peer.Args) error {
	m, err := s.Recv(ctx)
	if err != nil {
		return err
	}
	if n := len(m.Bytes()); n != a.Size {
		return fmt.Errorf("%d bytes instead of %d", n, a.Size)
	}
	m.Release()
	return nil
}

func push(s *zmq.Socket, a peer.Args) error {
	buf := make([]byte, a.Size)
	for range a.Count + 1 {
		if err := s.Send(ctx, buf); err != nil {
			return err
		}
	}
	return nil
}

func rep(s *zmq.Socket, a peer.Args) error {
	for range a.Count {
		m, err := s.Recv(ctx)
		if err != nil {
			return err
		}
		if err := s.Send(ctx, m.Bytes()); err != nil {
			return err
		}
		m.Release()
	}
	return nil
}

func req(s *zmq.Socket, a peer.Args) error {
	buf := make([]byte, a.Size)
	return peer.RoundTrips(a.Count, func() error {
		if err := s.Send(ctx, buf); err != nil {
			return err
		}
		return receive(s, a)
	})
}

func inproc(a peer.Args) error {
	return with(zmq.Pull, func(to *zmq.Socket) error {
		if _, err := to.Bind(a.Endpoint); err != nil {
			return err
		}
		return with(zmq.Push, func(from *zmq.Socket) error {
			if err := from.Connect(a.Endpoint); err != nil {
				return err
			}
			return a.Measure(func() error {
				sent := make(chan error, 1)
				// Owned by this function, which waits for it below. Should
				// Recv fail, the process ends and the sender with it.
				go func() { sent <- push(from, a) }()
				if err := pull(to, a); err != nil {
					return err
				}
				return <-sent
			})
		})
	})
}
