// Package link keeps connections alive: a Dialer makes one again whenever it is
// lost, a Listener accepts them. Each hands its connections to an engine and
// tells a Session what becomes of them.
package link

import (
	"time"

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
	Ready(*msg.Peer) (*pipe.End, *engine.Port, error)
	// Lost says that the connection ended, whether or not it was Ready.
	Lost(error)
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
}

// A Kind is what an Event tells, numbered as libzmq's monitor events.
type Kind uint32

const (
	Connected        Kind = 0x0001 // the transport has a connection, no handshake yet
	ConnectDelayed   Kind = 0x0002 // an attempt to connect has begun
	ConnectRetried   Kind = 0x0004 // it failed, the next comes after Delay
	Listening        Kind = 0x0008
	BindFailed       Kind = 0x0010
	Accepted         Kind = 0x0020
	AcceptFailed     Kind = 0x0040
	Closed           Kind = 0x0080 // a listener, or an attempt that was given up
	Disconnected     Kind = 0x0200
	HandshakeFailed  Kind = 0x0800
	HandshakeDone    Kind = 0x1000
	HandshakeBroken  Kind = 0x2000 // the peer broke the protocol before traffic
	HandshakeRefused Kind = 0x4000 // authentication
)

// An Event is one thing that happened to an endpoint.
type Event struct {
	Kind     Kind
	Endpoint string // as bound or connected
	Local    string
	Remote   string
	Peer     *msg.Peer // from HandshakeDone on
	Err      error
	Delay    time.Duration // ConnectRetried
	Time     time.Time
}

func (s *Settings) emit(ev Event) {
	ev.Time = time.Now()
	ev.Endpoint = s.Engine.Endpoint
	s.Events(ev)
}
