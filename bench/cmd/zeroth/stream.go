package main

import (
	"time"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/bench/internal/peer"
)

func pull(a peer.Args, s ...*zmq.Socket) error {
	if err := receive(s[0], a); err != nil {
		return err
	}
	start := time.Now()
	for range a.Count {
		if err := receive(s[0], a); err != nil {
			return err
		}
	}
	peer.Took(time.Since(start))
	return nil
}

func push(a peer.Args, all ...*zmq.Socket) error {
	if len(all) == 1 {
		return send(all[0], a, a.Count+1)
	}
	return each(all, func(i int, s *zmq.Socket) error { return send(s, a, a.Share(a.Count+1, i)) })
}

func send(s *zmq.Socket, a peer.Args, n int) error {
	buf := make([]byte, a.Size)
	for range n {
		if err := s.Send(ctx, buf); err != nil {
			return err
		}
	}
	return nil
}

func pushOwned(a peer.Args, s ...*zmq.Socket) error {
	buf := make([]byte, a.Size)
	for range a.Count + 1 {
		if err := s[0].SendOwned(ctx, buf); err != nil {
			return err
		}
	}
	return nil
}

// batch is how many messages pullMany and pushMany have in one call.
const batch = 256

func pullMany(a peer.Args, s ...*zmq.Socket) error {
	if err := receive(s[0], a); err != nil {
		return err
	}
	start := time.Now()
	msgs := make([]zmq.Message, batch)
	for left := a.Count; left > 0; {
		n, err := s[0].RecvMany(ctx, msgs[:min(left, batch)])
		if err != nil {
			return err
		}
		for _, m := range msgs[:n] {
			if err := check(m, 1, a.Size); err != nil {
				return err
			}
		}
		zmq.ReleaseAll(msgs[:n])
		left -= n
	}
	peer.Took(time.Since(start))
	return nil
}

func pushMany(a peer.Args, s ...*zmq.Socket) error {
	msgs := make([][]byte, batch)
	for i := range msgs {
		msgs[i] = make([]byte, a.Size)
	}
	for left := a.Count + 1; left > 0; {
		n, err := s[0].SendMany(ctx, msgs[:min(left, batch)])
		if err != nil {
			return err
		}
		left -= n
	}
	return nil
}

// spout sends when all are there to take a share.
func spout(a peer.Args, s ...*zmq.Socket) error {
	if err := send(s[0], a, a.Count+a.Fan); err != nil {
		return err
	}
	return peer.Hold()
}

func sink(a peer.Args, all ...*zmq.Socket) error {
	var start time.Time
	left := a.Count + a.Fan
	for m, err := range zmq.Receive(ctx, all...) {
		if err != nil {
			return err
		}
		if err := check(m.Message, 1, a.Size); err != nil {
			return err
		}
		m.Release()
		if left == a.Count {
			start = time.Now()
		}
		if left--; left == 0 {
			break
		}
	}
	peer.Took(time.Since(start))
	return nil
}

func partsPull(a peer.Args, s ...*zmq.Socket) error {
	one := func() error {
		m, err := s[0].Recv(ctx)
		if err != nil {
			return err
		}
		for i, frame := range m.All() {
			if len(frame) != a.Size {
				return check(m, i, a.Size)
			}
		}
		if err := check(m, a.Fan, a.Size); err != nil {
			return err
		}
		m.Release()
		return nil
	}
	if err := one(); err != nil {
		return err
	}
	start := time.Now()
	for range a.Count {
		if err := one(); err != nil {
			return err
		}
	}
	peer.Took(time.Since(start))
	return nil
}

func partsPush(a peer.Args, s ...*zmq.Socket) error {
	frames := make([][]byte, a.Fan)
	for i := range frames {
		frames[i] = make([]byte, a.Size)
	}
	for range a.Count + 1 {
		if err := s[0].Send(ctx, frames...); err != nil {
			return err
		}
	}
	return nil
}
