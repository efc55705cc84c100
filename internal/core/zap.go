package core

import (
	"context"
	"fmt"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// ZAP (RFC 27): a REP or ROUTER that is bound to a well-known inproc name
// decides for all sockets of its context. Each request has a DEALER of its own,
// so that an answer cannot reach another's question, nor come too late.

const zapEndpoint = "inproc://zeromq.zap.01"

// zapRequests bounds the requests under way in one context. What is more waits,
// as long as its handshake may take.
const zapRequests = 64

// askZAP asks the handler of the context. It is to be called without locks. The
// Reply's Err is mech.ErrNobody if none is bound, a *mech.ProtocolError if the
// answer makes no sense, EFAULT if the handler is no handler or goes, ctx's, or
// ETERM.
func (c *Context) askZAP(ctx context.Context, call *mech.ZAPCall) mech.Reply {
	if err := c.zapHandler(); err != nil {
		return mech.Reply{Err: err}
	}
	select {
	case c.zap <- struct{}{}:
		defer func() { <-c.zap }()
	case <-ctx.Done():
		return mech.Reply{Err: ctxErr(ctx)}
	}
	s, err := NewInternal(c, opt.TypeDealer)
	if err != nil {
		return mech.Reply{Err: err}
	}
	defer func() {
		s.StartClose()
		<-s.Finished()
	}()
	frames, err := s.zapCall(ctx, call.Frames())
	if err != nil {
		return mech.Reply{Err: err}
	}
	reply, err := mech.ParseZAP(frames)
	reply.Err = err
	return reply
}

// zapHandler reports why there is nobody to ask.
func (c *Context) zapHandler() error {
	c.mu.Lock()
	h := c.bound[zapEndpoint]
	c.mu.Unlock()
	if h == nil {
		return mech.ErrNobody
	}
	if t := h.row.Type; t != opt.TypeRep && t != opt.TypeRouter {
		return fmt.Errorf("the socket bound to %s is a %s; a ZAP handler is a REP or a ROUTER: %w",
			zapEndpoint, h.row.Name, errno.EFAULT)
	}
	return nil
}

// zapCall sends a request and waits for the reply.
func (s *Socket) zapCall(ctx context.Context, request [][]byte) ([][]byte, error) {
	s.lock()
	s.vals.Life.Linger = 0
	s.vals.Pipe = opt.Pipe{} // no marks
	s.unlock()
	p, err := s.connectInproc(zapEndpoint)
	if err != nil {
		return nil, err
	}
	select {
	case <-p.met:
	default:
		return nil, mech.ErrNobody // it was unbound just now
	}
	if err := s.Send(ctx, request, true); err != nil {
		return nil, fmt.Errorf("the ZAP handler cannot be asked: %w: %w", err, errno.EFAULT)
	}
	for {
		there := p.joined.Load()
		r, err := s.Recv(ctx, true)
		switch {
		case err == nil:
			return r.Frames(), nil
		case err != errno.EAGAIN:
			return nil, err
		case !there:
			return nil, fmt.Errorf("the ZAP handler has gone without an answer: %w", errno.EFAULT)
		}
		if err := wait[struct{}](ctx, s.recv.ready.wake, s.end, nil); err != nil {
			return nil, err
		}
	}
}
