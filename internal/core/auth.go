package core

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// Who may come in:
//
//  1. A connection's mechanism asks, on the goroutine of the connection, before
//     it lets the peer in (engine.Config.Auth).
//  2. The socket's Authenticator answers, if it has one.
//  3. Else the ZAP handler does, if one is bound in the context: see askZAP.
//  4. Else mech.ErrNoAuthenticator leaves it to the mechanism.
//
// No lock is held meanwhile.

// An AuthRequest is what an Authenticator has to decide about.
type AuthRequest struct {
	mech.Request
	Domain string // ZAP_DOMAIN
}

// An Authenticator decides whether a peer may come in. It is called for many
// connections at once, each on a goroutine of its own, and must return when ctx
// ends: that is when the handshake has taken too long, or the connection or the
// socket has ended. A panic is a status 500.
type Authenticator func(ctx context.Context, r *AuthRequest) mech.Reply

// SetAuthenticator makes f decide about every connection to endpoints that are
// bound or connected from now on, in place of a ZAP handler; nil: that decides.
func (s *Socket) SetAuthenticator(f Authenticator) {
	s.lock()
	defer s.unlock()
	s.auth = f
}

// an authority answers for one endpoint, with the settings that it was made
// with.
type authority struct {
	ctx      *Context
	auth     Authenticator
	domain   string
	identity []byte
}

func (s *Socket) authorityLocked() *authority {
	return &authority{s.ctx, s.auth, s.vals.Idle.ZAPDomain, slices.Clone(s.vals.Wire.RoutingID)}
}

// decide is engine.Config.Auth.
func (a *authority) decide(ctx context.Context, r mech.Request) mech.Reply {
	if a.auth != nil {
		return a.call(ctx, &AuthRequest{r, a.domain})
	}
	return a.ctx.askZAP(ctx, &mech.ZAPCall{Domain: a.domain, Identity: a.identity, Request: r})
}

// call asks the program's own function, which may do anything.
func (a *authority) call(ctx context.Context, r *AuthRequest) (reply mech.Reply) {
	defer func() {
		if x := recover(); x != nil {
			reply = mech.Reply{Status: 500, Text: fmt.Sprintf("the authenticator panicked: %v", x)}
		}
	}()
	reply = a.auth(ctx, r)
	switch reply.Status {
	case 200, 300, 400, 500:
		return reply
	}
	if reply.Err != nil {
		return reply
	}
	return mech.Reply{Status: 500, Text: fmt.Sprintf("the authenticator answered with status %d", reply.Status)}
}

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
	if !h.row.AnswersZAP {
		return fmt.Errorf("the socket bound to %s is a %s; a ZAP handler is a %s: %w", zapEndpoint, h.row.Name,
			pattern.Names(func(r *pattern.Row) bool { return r.AnswersZAP }), errno.EFAULT)
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
