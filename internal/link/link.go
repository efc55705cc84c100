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
	// Idle reports that the socket has closed its side of the pipe and
	// nothing waits to be sent: no further connection is wanted. It may be
	// called by anyone.
	Idle() bool
}

// Settings are what both kinds of link need; they are copies, made when the
// endpoint was bound or connected.
type Settings struct {
	Engine engine.Config
	Life   opt.Life
	Net    opt.Net
	Events func(Event)
	Order  *Order // of the socket; nil: none
}
