package main

import (
	"context"
	"errors"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/bench/internal/peer"
)

// device makes a role of a proxy: front binds, back connects to the server.
func device(front, back zmq.Type) func(peer.Args) error {
	return func(a peer.Args) error {
		return with(back, 1, a, nil, func(to ...*zmq.Socket) error {
			if err := to[0].Connect(a.Endpoint); err != nil {
				return err
			}
			a := a
			a.Endpoint = "tcp://127.0.0.1:*"
			return server(front, func(_ peer.Args, from ...*zmq.Socket) error {
				ctx, stop := context.WithCancel(ctx)
				proxy := start(func() error { return zmq.Proxy(ctx, from[0], to[0], nil) })
				held := start(peer.Hold)
				select {
				case err := <-proxy:
					stop()
					return err
				case err := <-held:
					stop()
					if perr := <-proxy; !errors.Is(perr, context.Canceled) {
						return perr
					}
					return err
				}
			})(a)
		})
	}
}

func idle(peer.Args, ...*zmq.Socket) error { return peer.Hold() }
