package main

import (
	"time"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/bench/internal/peer"
)

func router(a peer.Args, s ...*zmq.Socket) error {
	for range a.Count + a.Fan {
		m, err := s[0].Recv(ctx)
		if err != nil {
			return err
		}
		if err := check(m, 2, a.Size); err != nil {
			return err
		}
		if err := s[0].Send(ctx, m.Frame(0), m.Frame(1)); err != nil {
			return err
		}
		m.Release()
	}
	return peer.Hold()
}

// dealers keeps a window of messages under way on each socket.
func dealers(a peer.Args, all ...*zmq.Socket) error {
	buf := make([]byte, a.Size)
	for _, s := range all { // so that all are connected
		if err := s.Send(ctx, buf); err != nil {
			return err
		}
	}
	for _, s := range all {
		if err := receive(s, a); err != nil {
			return err
		}
	}
	start := time.Now()
	err := each(all, func(i int, s *zmq.Socket) error {
		n, window := a.Share(a.Count, i), max(500/a.Fan, 10)
		for range min(n, window) {
			if err := s.Send(ctx, buf); err != nil {
				return err
			}
		}
		for got := range n {
			if err := receive(s, a); err != nil {
				return err
			}
			if got+window < n {
				if err := s.Send(ctx, buf); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err == nil {
		peer.Took(time.Since(start))
	}
	return err
}
