package zmq

import (
	"context"
	"iter"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
)

// Recv receives one message. While there is none it waits, until ctx ends or
// RecvTimeout passes. Each message goes to one call; several goroutines may
// wait at once.
//
// Errors: ctx's; ErrAgain after RecvTimeout; ErrClosed, ErrTerminated; ErrState
// (Req, Rep); ErrUnsupported (Pub, Push).
func (s *Socket) Recv(ctx context.Context) (m Message, err error) {
	if err := over(ctx); err != nil {
		return Message{}, s.wrap("recv", "", err)
	}
	r, err := s.inner().Recv(ctx, false)
	if err != nil {
		return Message{}, s.wrap("recv", "", err)
	}
	return Message{r}, nil
}

// TryRecv is Recv that never waits: ok is false if there is no message.
func (s *Socket) TryRecv() (m Message, ok bool, err error) {
	r, err := s.inner().Recv(context.Background(), true)
	if err == errno.EAGAIN {
		return Message{}, false, nil
	}
	return Message{r}, err == nil, s.wrap("recv", "", err)
}

// RecvMany receives as many messages as there are, up to the length of into, which
// is overwritten. It waits for the first as Recv does, and for no other. It returns
// how many there were; ReleaseAll is Release for them. In a stream of small
// messages what each call of Recv costs is most of the work.
//
// Errors: as Recv's, and none if there is a message.
func (s *Socket) RecvMany(ctx context.Context, into []Message) (n int, err error) {
	if err = over(ctx); err == nil {
		at := into
		n, err = s.inner().RecvMany(ctx, false, len(into), func(r core.Received) {
			at[0].r, at = r, at[1:]
		})
	}
	if err != nil {
		err = s.wrap("recv", "", err)
	}
	return n, err
}

// Messages receives until the loop ends, or an error does: the last pair then
// has it, and no message.
func (s *Socket) Messages(ctx context.Context) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		for {
			m, err := s.Recv(ctx)
			if !yield(m, err) || err != nil {
				return
			}
		}
	}
}
