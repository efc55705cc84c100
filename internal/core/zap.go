package core

import (
	"context"
	"errors"
	"fmt"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// ZAP (RFC 27): a REP or ROUTER that is bound to a well-known inproc name
// decides for all sockets of its context. Each request has a DEALER of its own,
// so that an answer cannot reach another's question, nor come too late.

const zapEndpoint = "inproc://zeromq.zap.01"

// zapRequests bounds the requests under way in one context. What is more waits,
// as long as its handshake may take.
const zapRequests = 64

// askZAP asks the handler of the context. It is to be called without locks. Once
// there was a handler its absence is waited out, and the one that comes next is
// asked again what the last one has not answered: a handler that has crashed
// must not open the door. The Reply's Err is mech.ErrNoAuthenticator if none was ever
// bound, a *mech.ProtocolError if the answer makes no sense, EFAULT if the
// handler is no handler, ctx's, or ETERM.
func (c *Context) askZAP(ctx context.Context, call *mech.ZAPCall) mech.Reply {
	if err := c.zapHandler(); err != nil {
		return mech.Reply{Err: err}
	}
	select {
	case c.zap <- struct{}{}:
		defer func() { <-c.zap }()
	case <-ctx.Done():
		return mech.Reply{Err: poll.CtxErr(ctx)}
	}
	frames, err := c.zapTry(ctx, call)
	for err == errHandlerGone {
		if err = c.zapHandler(); err == nil {
			frames, err = c.zapTry(ctx, call)
		}
	}
	if err != nil {
		return mech.Reply{Err: err}
	}
	reply, err := mech.ParseZAP(frames)
	reply.Err = err
	return reply
}

// zapHandler reports why there is no handler to ask, and will not be.
func (c *Context) zapHandler() error {
	c.mu.Lock()
	ep, had := c.bound[zapEndpoint], c.hadZAP
	c.mu.Unlock()
	switch {
	case ep == nil && !had:
		return mech.ErrNoAuthenticator
	case ep == nil:
		return nil
	}
	h := ep.s
	if t := h.row.Type; t != opt.TypeRep && t != opt.TypeRouter {
		return fmt.Errorf("the socket bound to %s is a %s; a ZAP handler is a REP or a ROUTER: %w",
			zapEndpoint, h.row.Name, errno.EFAULT)
	}
	return nil
}

var errHandlerGone = errors.New("the ZAP handler has gone without an answer")

// zapTry sends the request with a socket of its own, to the handler that is
// there or the next that comes, and waits for the reply. errHandlerGone: it
// went.
func (c *Context) zapTry(ctx context.Context, call *mech.ZAPCall) ([][]byte, error) {
	s, err := NewInternal(c, opt.TypeDealer)
	if err != nil {
		return nil, err
	}
	defer func() {
		s.StartClose()
		<-s.Finished()
	}()
	s.lock()
	s.vals.Life.Linger = 0
	s.vals.Pipe = opt.Pipe{} // no marks
	s.unlock()
	m, err := s.connectInproc(zapEndpoint)
	if err != nil {
		return nil, err
	}
	if err := s.Send(ctx, call.Frames(), true); err != nil {
		if err == errno.EAGAIN {
			err = errHandlerGone // just now
		}
		return nil, err
	}
	r, err := s.recvWithin(poll.NewLimit(ctx, poll.Forever), func() error {
		gone := m.gone()
		err := s.tryRecv()
		if err == errno.EAGAIN && gone {
			err = errHandlerGone
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return r.Frames(), nil
}
