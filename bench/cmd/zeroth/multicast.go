package main

import (
	"time"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/bench/internal/peer"
)

var grouped = []zmq.Option{
	zmq.MulticastRate.Of(peer.GroupRate * zmq.KbitPerSecond), zmq.MulticastRecoveryInterval.Of(peer.GroupRecovery),
	zmq.SendBuffer.Of(peer.GroupBuffer), zmq.RecvBuffer.Of(peer.GroupBuffer),
}

func groupSub(a peer.Args) error {
	return with(zmq.Sub, 1, a, grouped, func(s ...*zmq.Socket) error {
		if err := s[0].Subscribe(""); err != nil {
			return err
		}
		if err := s[0].Connect(a.Endpoint); err != nil {
			return err
		}
		peer.Ready(a.Endpoint)
		return a.Measure(func() error { return pull(a, s...) })
	})
}

func groupPub(a peer.Args) error {
	return with(zmq.Pub, 1, a, append(grouped, zmq.XPubNoDrop.Of(true)), func(s ...*zmq.Socket) error {
		if err := s[0].Connect(a.Endpoint); err != nil {
			return err
		}
		time.Sleep(peer.GroupPause)
		return a.Measure(func() error {
			buf := make([]byte, a.Size)
			for end := peer.Released(); ; {
				select {
				case <-end:
					return nil
				default:
				}
				if err := s[0].Send(ctx, buf); err != nil {
					return err
				}
			}
		})
	})
}
