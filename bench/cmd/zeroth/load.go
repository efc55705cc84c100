package main

import (
	"encoding/binary"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/bench/internal/peer"
)

// loaded receives a slow stream of timed messages, and beside it a fast one
// that ends with a message of one byte.
func loaded(a peer.Args) error {
	return with(zmq.Sub, 1, a, nil, func(slow ...*zmq.Socket) error {
		return with(zmq.Pull, 1, a, nil, func(fast ...*zmq.Socket) error {
			if err := slow[0].Subscribe(""); err != nil {
				return err
			}
			slowAt, err := slow[0].Bind(a.Endpoint)
			if err != nil {
				return err
			}
			fastAt, err := fast[0].Bind(a.Endpoint)
			if err != nil {
				return err
			}
			peer.Ready(slowAt, fastAt)
			return a.Measure(func() error {
				pulled := start(func() error { return pullUntilShort(fast[0], a) })
				began := time.Now()
				took, err := delays(slow[0], a)
				if err != nil {
					return err
				}
				if err := <-pulled; err != nil {
					return err
				}
				peer.Spread(took, time.Since(began))
				return nil
			})
		})
	})
}

func pullUntilShort(s *zmq.Socket, a peer.Args) error {
	for {
		m, err := s.Recv(ctx)
		if err != nil {
			return err
		}
		n := len(m.Bytes())
		if n == 1 {
			return nil
		}
		if err := check(m, 1, a.Size); err != nil {
			return err
		}
		m.Release()
	}
}

// delays receives a.Count messages and returns how long each was under way.
func delays(s *zmq.Socket, a peer.Args) ([]time.Duration, error) {
	took := make([]time.Duration, a.Count)
	for i := range took {
		m, err := s.Recv(ctx)
		if err != nil {
			return nil, err
		}
		if err := check(m, 1, a.Size); err != nil {
			return nil, err
		}
		sent := binary.NativeEndian.Uint64(m.Bytes())
		took[i] = max(time.Duration(time.Now().UnixNano()-int64(sent)), 1)
		m.Release()
	}
	return took, nil
}

func loading(a peer.Args) error {
	slowAt, fastAt, ok := strings.Cut(a.Endpoint, " ")
	if !ok || a.Size < 8 {
		return fmt.Errorf("two endpoints and a SIZE of 8 or more are needed, not %q and %d", a.Endpoint, a.Size)
	}
	return with(zmq.XPub, 1, a, nil, func(slow ...*zmq.Socket) error {
		return with(zmq.Push, 1, a, nil, func(fast ...*zmq.Socket) error {
			if err := slow[0].Connect(slowAt); err != nil {
				return err
			}
			if err := fast[0].Connect(fastAt); err != nil {
				return err
			}
			if err := a.Measure(func() error { return sendBoth(slow[0], fast[0], a) }); err != nil {
				return err
			}
			return peer.Hold()
		})
	})
}

func sendBoth(slow, fast *zmq.Socket, a peer.Args) error {
	if err := subscriptions(slow, 1); err != nil {
		return err
	}
	var enough atomic.Bool
	pushed := start(func() error {
		buf := make([]byte, a.Size)
		for !enough.Load() {
			if err := fast.Send(ctx, buf); err != nil {
				return err
			}
		}
		return fast.Send(ctx, buf[:1])
	})
	buf := make([]byte, a.Size)
	next := time.Now()
	for range a.Count {
		binary.NativeEndian.PutUint64(buf, uint64(time.Now().UnixNano()))
		if err := slow.Send(ctx, buf); err != nil {
			return err
		}
		next = next.Add(time.Millisecond)
		time.Sleep(time.Until(next))
	}
	enough.Store(true)
	return <-pushed
}
