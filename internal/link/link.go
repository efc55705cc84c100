// Package link keeps connections alive: a Dialer makes one again whenever it is
// lost, a Listener accepts them. Each hands its connections to an engine and
// tells a Session what becomes of them.
package link

import (
	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// A Session is the socket's side of one peer. A Dialer keeps one for all its
// connections, a Listener makes one for each. Its methods are called by the
// link's goroutine, one at a time.
type Session interface {
	// Ready gives the pipe for a connection whose peer has introduced
	// itself, or refuses it.
	Ready(*msg.Peer) (*pipe.End, *engine.Handle, error)
	// Waiting calls tell, at most once, with why the socket does not talk to a
	// peer that is Ready until there is a place for it.
	Waiting(tell func(why error))
	// Lost says that the connection ended, whether or not it was Ready.
	Lost(error)
	// Ended says that a Dialer will make no further connection. It may say so
	// more than once.
	Ended()
	// Live reports that a connection is Ready and not yet Lost. It may be
	// called by anyone.
	Live() bool
	// Retire says that the endpoint has finished: nothing more is received, and
	// the connection, if there is one, ends once what is queued has gone.
	Retire()
	// Idle reports that the socket has closed its side of the pipe and
	// nothing waits to be sent: no further connection is wanted. It may be
	// called by anyone.
	Idle() bool
}

// A Link is how an endpoint reaches its peers: a Dialer, a Listener, a Cast, or
// what the owner has of its own. Its methods may be called at any time by any
// goroutine, and again.
type Link interface {
	// Finish makes no new connections, and retires the sessions: the link ends
	// once what is queued for its peers has gone. left says that the endpoint was
	// disconnected or unbound alone, not with its socket.
	Finish(left bool)
	// Stop ends it now. What was queued is lost.
	Stop()
	// Done is closed when, after either, nothing of the link runs any more.
	Done() <-chan struct{}
}

// Settings are what all kinds of link need; they are copies, made when the
// endpoint was bound or connected.
type Settings struct {
	Engine engine.Config
	Life   opt.Life
	Net    opt.Net
	Events func(Event)
	Order  *Order // of the socket; nil: none
}
