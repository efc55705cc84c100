package core

import (
	"slices"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// The bits of ROUTER_NOTIFY.
const (
	notifyConnect    = 1
	notifyDisconnect = 2
)

// rawLocked reports whether connections made from now on are bare TCP.
func (b *base) rawLocked() bool { return b.row.Raw || b.vals.Router.Raw }

// framingLocked is how messages look on connections of tr that are made from now on.
func (s *Socket) framingLocked(tr transport.Transport) string {
	if s.rawLocked() {
		return engine.Raw
	}
	return tr.Framing()
}

// noticesLocked gives a connection what it says first (HELLO_MSG), and what the
// socket is to receive when a peer comes and goes: the empty messages of
// STREAM_NOTIFY, ROUTER_RAW and ROUTER_NOTIFY, then DISCONNECT_MSG for an
// accepted peer and HICCUP_MSG for a connected one.
func (s *Socket) noticesLocked(c *engine.Config) {
	v := &s.vals
	came, gone := v.Router.Notify&notifyConnect != 0, v.Router.Notify&notifyDisconnect != 0
	raw := s.rawLocked()
	if raw {
		came, gone = v.Stream.Notify, v.Stream.Notify
	}
	if came {
		c.Came = [][]byte{{}}
	}
	if gone {
		c.Gone = [][]byte{{}}
	}
	if raw {
		return
	}
	c.Hello = s.helloLocked()
	last := s.disconnectLocked()
	if !c.Incoming {
		last = nil
		if s.row.Hiccup {
			last = v.Wire.HiccupMsg
		}
	}
	if len(last) > 0 {
		c.Gone = append(c.Gone, slices.Clone(last))
	}
}

// helloLocked is what is said first to each peer; empty: nothing.
func (s *Socket) helloLocked() []byte {
	if !s.row.Hello {
		return nil
	}
	return slices.Clone(s.vals.Wire.HelloMsg)
}

// greetLocked says it on a new pipe of inproc.
func (s *Socket) greetLocked(e *pipe.End) {
	if m := s.helloLocked(); len(m) > 0 {
		e.SendForce(&msg.Message{Frames: [][]byte{m}})
	}
}

// disconnectLocked is what the socket receives when a peer that had come to it
// is gone; empty: nothing.
func (s *Socket) disconnectLocked() []byte {
	if !s.row.Disconnect {
		return nil
	}
	return slices.Clone(s.vals.Wire.DisconnectMsg)
}
