package main

import (
	"time"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/bench/internal/peer"
)

func rep(a peer.Args, s ...*zmq.Socket) error {
	for range a.Count + a.Fan {
		m, err := s[0].Recv(ctx)
		if err != nil {
			return err
		}
		if err := check(m, 1, a.Size); err != nil {
			return err
		}
		if err := s[0].Send(ctx, m.Bytes()); err != nil {
			return err
		}
		m.Release()
	}
	return nil
}

func req(a peer.Args, s ...*zmq.Socket) error {
	buf := make([]byte, a.Size)
	return peer.RoundTrips(a.Count, func() error { return ask(s[0], buf, a) })
}

func ask(s *zmq.Socket, buf []byte, a peer.Args) error {
	if err := s.Send(ctx, buf); err != nil {
		return err
	}
	return receive(s, a)
}

func reqs(a peer.Args, all ...*zmq.Socket) error {
	for _, s := range all { // so that all are connected
		if err := ask(s, make([]byte, a.Size), a); err != nil {
			return err
		}
	}
	start := time.Now()
	err := each(all, func(i int, s *zmq.Socket) error {
		buf := make([]byte, a.Size)
		for range a.Share(a.Count, i) {
			if err := ask(s, buf, a); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		peer.Took(time.Since(start))
	}
	return err
}

// greet keeps a.Fan new sockets busy, each with one round trip.
func greet(a peer.Args) error {
	one := func() error {
		return with(zmq.Req, 1, a, clientOptions(a), func(s ...*zmq.Socket) error {
			if err := s[0].Connect(a.Endpoint); err != nil {
				return err
			}
			return ask(s[0], make([]byte, a.Size), a)
		})
	}
	err := a.Measure(func() error {
		replied := make(chan error, a.Fan)
		begin := func() {
			// Owned by the loop below, which waits for all, or for the first
			// error: the process ends with it then.
			go func() { replied <- one() }()
		}
		for range a.Fan {
			begin()
		}
		var start time.Time
		for i := range a.Count + a.Fan {
			if i == a.Fan {
				start = time.Now()
			}
			if err := <-replied; err != nil {
				return err
			}
			if i < a.Count {
				begin()
			}
		}
		peer.Took(time.Since(start))
		return nil
	})
	if err != nil {
		return err
	}
	return peer.Hold()
}
