package core

import (
	"fmt"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// cast is Bind and Connect for a transport without connections: the socket
// sends to a group, or hears what others do. Either ends by Unbind or
// Disconnect. Errors: EINVAL for a socket that is secured, and what the
// transport says.
func (s *Socket) cast(tr transport.Caster, addr, rest string) error {
	set, marks := s.settings(tr, addr, false)
	if set.Engine.Security.Mechanism != opt.MechNull {
		return fmt.Errorf("multicast cannot be secured, and this socket has %s: %w", set.Engine.Security.Name(), errno.EINVAL)
	}
	if err := tr.CheckBind(rest, &set.Net); err != nil {
		return err
	}
	ep := &endpoint{s: s, name: addr, given: addr}
	p := &peer{s: s, ep: ep, marks: marks}
	ep.peer = p
	set.Events = func(ev link.Event) {
		p.lost.Add(uint64(ev.Lost))
		s.events.Emit(ev)
	}
	open, err := opener(tr, rest, &set, s.row.Publishes)
	if err != nil {
		return err
	}
	started := false
	err = s.roster.open(ep, s.row.SkipSame, func() error {
		started = true
		c, err := open.start(p)
		if err != nil {
			return err
		}
		ep.link = c
		if b, ok := s.pat.(pattern.Broadcaster); ok {
			s.lock()
			b.SubscribeAll(p.end)
			s.unlock()
			s.live.bell.ring()
		}
		return nil
	})
	if !started {
		open.abandon()
	}
	return err
}

// opened is an endpoint that is open, and not in use yet.
type opened struct {
	abandon func() error
	start   func(link.Session) (*link.Cast, error)
}

func opener(tr transport.Caster, addr string, set *link.Settings, publishes bool) (opened, error) {
	if publishes {
		pub, err := tr.Publish(addr, &set.Net)
		if err != nil {
			return opened{}, err
		}
		return opened{pub.Close, func(ses link.Session) (*link.Cast, error) { return link.Publish(pub, *set, ses) }}, nil
	}
	sub, err := tr.Subscribe(addr, &set.Net)
	if err != nil {
		return opened{}, err
	}
	return opened{sub.Close, func(ses link.Session) (*link.Cast, error) { return link.Subscribe(sub, *set, ses) }}, nil
}
