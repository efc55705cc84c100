package core

import (
	"context"
	"fmt"
	"slices"

	"github.com/zeroth-mq/zmq/internal/mech"
)

// Who may come in:
//
//  1. A connection's mechanism asks, on the goroutine of the connection, before
//     it lets the peer in (engine.Config.Auth).
//  2. The socket's Authenticator answers, if it has one.
//  3. Else the ZAP handler does, if one is bound in the context: see zap.go.
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
