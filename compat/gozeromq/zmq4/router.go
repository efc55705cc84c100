package zmq4

import (
	"context"
	"errors"
	"slices"

	"github.com/zeroth-mq/zmq"
)

// NewRouter makes a ROUTER: the first frame of what it receives names the peer
// that has sent it, the first frame of what it sends names the one it goes to. A
// message for a peer that is not there is dropped. Of two peers of one name the
// newer has it.
func NewRouter(ctx context.Context, opts ...Option) Socket {
	return &routerSocket{open(ctx, Router, zmq.Router, opts)}
}

type routerSocket struct{ *socket }

func (router *routerSocket) Send(msg Msg) error {
	if err := router.send(msg.Frames); !errors.Is(err, zmq.ErrNoRoute) {
		return err
	}
	return nil
}

func (router *routerSocket) SendMulti(msg Msg) error { return router.Send(msg) }

// NewRep makes a REP: it receives a request from each REQ or DEALER in turn, and
// sends the reply to the one whose request it has received last. A second reply,
// and one without a request, is not sent, which is no error. A request may be left
// without a reply.
func NewRep(ctx context.Context, opts ...Option) Socket {
	return &repSocket{socket: open(ctx, Rep, zmq.Router, opts)}
}

// A repSocket is a ROUTER that keeps the envelope of one request, since a REP of
// ZeroMQ does not receive before it has replied.
type repSocket struct {
	*socket
	envelope [][]byte // under socket.mu; nil: no reply is due
}

func (rep *repSocket) Recv() (Msg, error) {
	for {
		m, err := rep.socket.Recv()
		if err != nil {
			return m, err
		}
		// The envelope is the peer's name, what other sockets on the way have
		// added, and an empty frame. What is no request is passed over.
		n := 1 + slices.IndexFunc(m.Frames[1:], func(f []byte) bool { return len(f) == 0 })
		if n == 0 || n == len(m.Frames)-1 {
			continue
		}
		rep.mu.Lock()
		rep.envelope = m.Frames[: n+1 : n+1]
		rep.mu.Unlock()
		return NewMsgFrom(slices.Clone(m.Frames[n+1:])...), nil
	}
}

func (rep *repSocket) Send(msg Msg) error {
	switch {
	case rep.ctx.Err() != nil:
		return rep.ctx.Err()
	case len(msg.Frames) == 0:
		return errNoFrames
	}
	rep.mu.Lock()
	envelope := rep.envelope
	rep.envelope = nil
	rep.mu.Unlock()
	if envelope == nil {
		return nil
	}
	if err := rep.send(slices.Concat(envelope, msg.Frames)); !errors.Is(err, zmq.ErrNoRoute) {
		return err
	}
	return nil
}

func (rep *repSocket) SendMulti(msg Msg) error { return rep.Send(msg) }
