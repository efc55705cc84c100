package zmq

import (
	"context"
	"errors"
	"sync"
)

// Proxy hands messages on between two sockets, both ways as far as their types
// can, until ctx ends or one of them is closed: between Router and Dealer a
// queue, between XSub and XPub a forwarder, between Pull and Push a streamer.
// A copy of everything goes to capture, if that is not nil. Front and back may
// be one socket. What is for a Router's peer that has gone, or has no room, is
// dropped: one client that does not read must not stop the others. It returns
// why it ended, never nil.
func Proxy(ctx context.Context, front, back, capture *Socket) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var ways sync.WaitGroup
	way := func(from, to *Socket) {
		ways.Go(func() { cancel(forward(ctx, from, to, capture)) }) // owned by Proxy
	}
	if front.canRecv() && back.canSend() {
		way(front, back)
	}
	if back.canRecv() && front.canSend() && back != front {
		way(back, front)
	}
	ways.Wait()
	err := context.Cause(ctx)
	if err == nil {
		err = ErrUnsupported // neither way is possible
	}
	return err
}

func (s *Socket) canRecv() bool { return !s.s.Row().NoRecv }
func (s *Socket) canSend() bool { return !s.s.Row().NoSend }

func forward(ctx context.Context, from, to, capture *Socket) error {
	for {
		m, err := from.Recv(ctx)
		if err != nil {
			return err
		}
		frames := m.Frames()
		if capture != nil {
			if err := capture.Send(ctx, frames...); err != nil {
				return err
			}
		}
		if to.Type() == Router {
			_, err = to.TrySend(frames...)
		} else {
			err = to.Send(ctx, frames...)
		}
		if err != nil && !errors.Is(err, ErrNoRoute) {
			return err
		}
		m.Release()
	}
}
