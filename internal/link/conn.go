package link

import (
	"errors"
	"net"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// serve runs the engine on conn and reports what becomes of it.
func serve(conn net.Conn, s *Settings, ses Session) error {
	local, remote := conn.LocalAddr().String(), conn.RemoteAddr().String()
	var peer *msg.Peer
	err := engine.Run(conn, &s.Engine, func(p *msg.Peer) (*pipe.End, *engine.Port, error) {
		end, port, err := ses.Ready(p)
		if err == nil {
			peer = p
			s.emit(Event{Kind: HandshakeDone, Local: local, Remote: remote, Peer: p})
		}
		return end, port, err
	})
	ses.Lost(err)
	if kind, ok := failure(err); ok {
		s.emit(Event{Kind: kind, Local: local, Remote: remote, Err: err})
	}
	s.emit(Event{Kind: Disconnected, Local: local, Remote: remote, Peer: peer, Err: err})
	return err
}

// failure is which event beside Disconnected tells of err, if one does. That a
// seal was broken later is told as if it had been in the handshake.
func failure(err error) (kind Kind, ok bool) {
	if _, ok := errors.AsType[*engine.SealError](err); ok {
		return HandshakeBroken, true
	}
	if !isHandshake(err) {
		return 0, false
	}
	if _, ok := errors.AsType[*mech.AuthError](err); ok {
		return HandshakeRefused, true
	}
	if _, ok := errors.AsType[*mech.ProtocolError](err); ok {
		return HandshakeBroken, true
	}
	return HandshakeFailed, true
}
