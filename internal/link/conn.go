package link

import (
	"context"
	"errors"
	"net"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// serve tells that there is a connection, runs the engine on it, and reports
// what becomes of it: first to lost, so that a listener that hears of it by an event finds
// it done.
func serve(conn net.Conn, s *Settings, ses Session, t *ticket, lost func(error)) error {
	c := begun(conn, s, ses, t)
	err := engine.Run(conn, &s.Engine, c.ready)
	t.end(false)
	lost(err)
	s.lost(&c.ev, err)
	return err
}

// a running connection is here and not on its goroutine's stack, which for one
// that is idle is most of what it costs.
type running struct {
	s   *Settings
	ses Session
	t   *ticket // until it is ready
	ev  Event   // what is known of it
}

func begun(conn net.Conn, s *Settings, ses Session, t *ticket) *running {
	ev := Event{Kind: Connected, Local: s.uri(conn.LocalAddr()), Remote: s.uri(conn.RemoteAddr()), FD: transport.FD(conn)}
	if s.Engine.Incoming {
		ev.Kind = Accepted
	}
	s.emit(ev)
	return &running{s, ses, t, ev}
}

func (c *running) ready(p *msg.Peer) (*pipe.End, *engine.Handle, error) {
	p.FD = c.ev.FD
	c.t.wait(c.s.Engine.Done)
	end, h, err := c.ses.Ready(p)
	c.t.end(err == nil)
	if err == nil {
		c.ev.Kind, c.ev.Peer = HandshakeDone, p
		if !shakes(p) {
			c.ev.Scope = Typed
		}
		c.s.emit(c.ev)
		c.ses.Waiting(func(why error) {
			ev := c.ev
			ev.Kind, ev.Scope, ev.Err = Waiting, Typed, why
			c.s.emit(ev)
		})
	}
	return end, h, err
}

// shakes reports whether p has a handshake in libzmq's eyes: neither raw peers
// nor those of ZMTP 1.0 and 2.0 do.
func shakes(p *msg.Peer) bool { return p.Mechanism != "" }

// lost tells why a connection ended; of has its addresses.
func (s *Settings) lost(of *Event, err error) {
	ev := *of
	ev.Err, ev.Scope = err, Everyone
	he, early := errors.AsType[*engine.HandshakeError](err)
	if early && ev.Peer == nil {
		ev.Peer = he.Peer
	}
	if ours(err) {
		ev.Scope = Typed // libzmq does not tell what its user did
	}
	kind, code := failure(err)
	failed := ev
	failed.Kind, failed.Code = kind, code
	_, sealed := errors.AsType[*engine.SealError](err)
	switch {
	case early || sealed: // a broken seal is told as if it had been in the handshake
		if kind == HandshakeBroken && code == 0 {
			failed.Scope = Typed
		}
		s.emit(failed)
	case kind == HandshakeFailed && !shakes(ev.Peer) && ev.Scope == Everyone:
		failed.Scope = Framed
		s.emit(failed)
	}
	ev.Kind = Disconnected
	s.emit(ev)
}

// Own reports whether this side did what the event tells of: it closed the
// connection, or gave up the attempt to connect.
func (ev *Event) Own() bool { return ours(ev.Err) }

// Early reports whether a connection ended before it had shaken hands.
func (ev *Event) Early() bool { return isHandshake(ev.Err) }

func ours(err error) bool {
	return errors.Is(err, engine.ErrClosing) || errors.Is(err, net.ErrClosed) || errors.Is(err, context.Canceled)
}

// failure says which event stands for the end of a connection, and with which
// code.
func failure(err error) (Kind, uint32) {
	if ae, ok := errors.AsType[*mech.AuthError](err); ok {
		return HandshakeRefused, uint32(ae.Status)
	}
	if pe, ok := errors.AsType[*mech.ProtocolError](err); ok {
		return HandshakeBroken, pe.Code
	}
	return HandshakeFailed, 0
}
