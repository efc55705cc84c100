package zmq4

import (
	"context"

	"github.com/zeroth-mq/zmq"
)

// NewPush makes a PUSH: it sends each message to one PULL, to each in turn.
func NewPush(ctx context.Context, opts ...Option) Socket {
	return &pushSocket{open(ctx, Push, zmq.Push, opts)}
}

type pushSocket struct{ *socket }

func (*pushSocket) Recv() (Msg, error) { return Msg{}, cannot(Push, "recv") }

// NewPull makes a PULL: it receives from each PUSH in turn.
func NewPull(ctx context.Context, opts ...Option) Socket {
	return &pullSocket{open(ctx, Pull, zmq.Pull, opts)}
}

type pullSocket struct{ *socket }

func (*pullSocket) Send(Msg) error { return cannot(Pull, "send") }

func (*pullSocket) SendMulti(Msg) error { return cannot(Pull, "send") }

// NewPair makes a PAIR: it talks to one other PAIR.
func NewPair(ctx context.Context, opts ...Option) Socket { return open(ctx, Pair, zmq.Pair, opts) }

// NewDealer makes a DEALER: it sends each message to one REP, DEALER or ROUTER,
// to each in turn, and receives from each in turn.
func NewDealer(ctx context.Context, opts ...Option) Socket {
	return open(ctx, Dealer, zmq.Dealer, opts)
}
