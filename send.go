package zmq

import (
	"context"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// Send sends one message of one frame or more. The frames are copied: they are
// the caller's again when it returns. A message is handed on whole or not at
// all.
//
// While no peer can take it Send waits, until ctx ends or SendTimeout passes:
// Push, Dealer, Req and Pair wait for a peer with room. Pub and XPub drop for each
// peer without room, and wait for none unless XPubNoDrop is set. Router and Stream
// send to the one peer that they name, and must not be held up by it: if it has no
// room they fail with ErrAgain at once. A program that would rather wait for it,
// with one goroutine for each peer, say, sets SendTimeout to -1.
//
// If Send fails nothing is queued, for any peer. If it returns nil the message is
// on its way, and not taken back: not by the end of ctx, nor by the next Send of
// a Req with ReqRelaxed.
//
// Errors: ctx's; ErrAgain after SendTimeout; ErrClosed, ErrTerminated; ErrState
// (Req, Rep); ErrNoRoute (Router, Stream); ErrUnsupported (Sub, Pull);
// ErrInvalid without frames.
func (s *Socket) Send(ctx context.Context, frames ...[]byte) error {
	if err := over(ctx); err != nil {
		return s.wrap("send", "", err)
	}
	if err := s.inner().Send(ctx, frames, false); err != nil {
		return s.wrap("send", "", err)
	}
	return nil
}

// TrySend is Send that never waits: ok is false if it would have to.
func (s *Socket) TrySend(frames ...[]byte) (ok bool, err error) {
	err = s.inner().Send(context.Background(), frames, true)
	if err == errno.EAGAIN {
		return false, nil
	}
	return err == nil, s.wrap("send", "", err)
}

// SendOwned is Send for frames that will never be changed again: those of 16 KiB or
// more are not copied. The socket refers to them until they are written; over inproc
// the receivers do, and must not change them either.
//
// Errors: as Send's.
func (s *Socket) SendOwned(ctx context.Context, frames ...[]byte) error {
	if err := over(ctx); err != nil {
		return s.wrap("send", "", err)
	}
	if err := s.inner().SendOwned(ctx, frames, false); err != nil {
		return s.wrap("send", "", err)
	}
	return nil
}

// SendMany sends many messages of one frame each, in order, as Send would one
// after the other, but faster: in a stream of small messages what each call costs
// is most of the work. Other goroutines' messages may come in between. It returns
// how many were sent: all, or as many as before the error.
//
// Errors: as Send's.
func (s *Socket) SendMany(ctx context.Context, msgs [][]byte) (n int, err error) {
	if err = over(ctx); err == nil {
		n, err = s.inner().SendMany(ctx, msgs, false)
	}
	if err != nil {
		err = s.wrap("send", "", err)
	}
	return n, err
}

// Request sends a request on a Req socket and returns the reply. Any number of
// goroutines may have requests under way at once: each carries a number that
// the reply brings back. It works beside Send and Recv, which still alternate.
//
// When ctx ends, or the socket is closed, the request is given up, and the socket
// stays usable. What still waits in the socket's own queue is taken back: no peer
// will get it. What has left that queue a peer may get and act on: it is on its
// way, or over inproc in the peer's hands. If its connection is lost before it was
// written whole it is not sent again. A late reply is thrown away.
//
// Errors: ctx's; ErrAgain if no peer had room within SendTimeout; ErrClosed,
// ErrTerminated; ErrUnsupported for other types; ErrInvalid without frames.
func (s *Socket) Request(ctx context.Context, frames ...[]byte) (Message, error) {
	if err := over(ctx); err != nil {
		return Message{}, s.wrap("request", "", err)
	}
	r, err := s.inner().Request(ctx, frames)
	return Message{r}, s.wrap("request", "", err)
}
