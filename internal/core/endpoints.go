package core

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/transport"
	_ "github.com/zeroth-mq/zmq/internal/transport/all" // registers the schemes
)

// An endpoint is one thing that the socket bound or connected:
//
//	          Unbind, Disconnect, Close                  nothing runs any more
//	in use ------------------------------> finishing ----------------------> over
//	  |     (link.Finish; off the roster)      |        (link.Done)           ^
//	  |                                        +-- LINGER passes, link.Stop --+
//	  +----------- the link ends by itself (peer.Ended) ----------------------+
type endpoint struct {
	s     *Socket
	name  string // what Unbind and Disconnect take
	given string // as the caller wrote it
	bound bool
	link  link.Link
	peer  *peer // connected: its only one

	trouble trouble // of its link
}

// Bind makes the socket reachable at an endpoint and returns the endpoint with
// wildcards resolved. Errors: EINVAL, EPROTONOSUPPORT, ENOCOMPATPROTO,
// EADDRINUSE, EADDRNOTAVAIL, ENODEV, ENOENT, ENAMETOOLONG, and what the system
// says.
func (s *Socket) Bind(addr string) (string, error) {
	scheme, rest, err := s.split(addr)
	if err != nil {
		return "", err
	}
	if scheme == transport.Inproc {
		if err := s.bindInproc(addr); err != nil {
			return "", err
		}
		return addr, nil
	}
	if err := s.ctx.canLink(); err != nil {
		return "", err
	}
	tr, _ := transport.Lookup(scheme)
	if caster, ok := tr.(transport.Caster); ok {
		return addr, s.cast(caster, addr, rest)
	}
	set, marks := s.settings(tr, addr, true)
	err = tr.CheckBind(rest, &set.Net)
	var ln transport.Listener
	if err == nil {
		ln, err = tr.Listen(rest, &set.Net)
	}
	if err != nil {
		s.bindFailed(tr, addr, err)
		return "", err
	}
	set.Engine.Endpoint = ln.Endpoint()
	ep := &endpoint{s: s, name: ln.Endpoint(), given: addr, bound: true}
	set.Events = ep.tell
	err = s.roster.open(ep, false, func() error {
		s.events.Emit(link.Event{Kind: link.Listening, Incoming: true, Endpoint: ep.name, Local: ep.name, FD: transport.FD(ln)})
		ep.link = link.Listen(ln, set, func() link.Session {
			return &peer{s: s, ep: ep, incoming: true, marks: marks}
		})
		return nil
	})
	if err != nil {
		ln.Close()
		return "", err
	}
	return ep.name, nil
}

// bindFailed tells of an endpoint that could not be bound.
func (s *Socket) bindFailed(tr transport.Transport, addr string, err error) {
	if call, ok := errors.AsType[*os.SyscallError](err); ok && call.Syscall == "bind" {
		// There was a socket by then, and libzmq tells that it is closed. Only one
		// that is Named has a name so soon.
		ev := link.Event{Kind: link.Closed, Scope: link.Framed, Incoming: true, Endpoint: addr, FD: -1}
		if _, ok := tr.(transport.Named); ok {
			ev.Local = addr
		}
		s.events.Emit(ev)
	}
	s.events.Emit(link.Event{Kind: link.BindFailed, Incoming: true, Endpoint: addr, Err: err})
}

// Connect makes the socket seek a peer at an endpoint, now and whenever the
// connection is lost, until Disconnect. It waits until the attempt has begun, not for
// what comes of it: a peer that is not there yet is no error. Errors: EINVAL, EPROTONOSUPPORT, ENOCOMPATPROTO,
// ENAMETOOLONG.
func (s *Socket) Connect(addr string) error {
	scheme, rest, err := s.split(addr)
	if err != nil {
		return err
	}
	if scheme == transport.Inproc {
		_, err := s.connectInproc(addr)
		return err
	}
	if err := s.ctx.canLink(); err != nil {
		return err
	}
	tr, _ := transport.Lookup(scheme)
	if caster, ok := tr.(transport.Caster); ok {
		return s.cast(caster, addr, rest)
	}
	set, marks := s.settings(tr, addr, false)
	if err := tr.CheckConnect(rest, &set.Net); err != nil {
		return err
	}
	ep := &endpoint{s: s, name: addr, given: addr, trouble: trouble{state: connecting}}
	set.Events = ep.tell
	p := &peer{s: s, ep: ep, marks: marks}
	ep.peer = p
	var d *link.Dialer
	err = s.roster.open(ep, s.row.SkipSame, func() error {
		s.lock()
		err := p.connectLocked()
		s.unlock()
		if err == nil {
			d = link.Dial(tr, rest, set, p)
			ep.link = d
		}
		return err
	})
	if d != nil {
		d.Await() // so that several are tried in the order in which they were given
	}
	return err
}

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
		if b := s.publisher; b != nil {
			s.lock()
			b.SubscribeAll(p.end)
			s.unlock()
			s.live.bell.Ring()
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

// Unbind ends a bound endpoint, and the connections that it accepted once what
// is queued for them has gone. The address is free when it returns. ENOENT:
// there is no such endpoint.
func (s *Socket) Unbind(addr string) error { return s.leave(addr) }

// Disconnect ends a connected endpoint once what is queued for it has gone, or
// LINGER passes. What was received from it and not read is dropped. ENOENT:
// there is no such endpoint.
func (s *Socket) Disconnect(addr string) error { return s.leave(addr) }

// leave is both, as in libzmq: everything that goes by the name ends, a name
// that was connected to twice included. A name that is bound on inproc goes by
// itself.
func (s *Socket) leave(addr string) error {
	scheme, _, err := s.split(addr)
	if err != nil {
		return err
	}
	eps := s.roster.take(addr, scheme == transport.Inproc)
	if len(eps) == 0 {
		return errno.ENOENT
	}
	for _, ep := range eps {
		ep.link.Finish(true)
	}
	linger := s.linger()
	// Owned by the socket: its close waits for leaving.
	go func() {
		defer s.roster.leaving.Done()
		s.finish(eps, linger)
	}()
	return nil
}

// split checks what all transports have in common.
func (b *base) split(addr string) (scheme, rest string, err error) {
	if err := b.err(); err != nil {
		return "", "", err
	}
	if scheme, rest, err = transport.Split(addr); err != nil {
		return "", "", err
	}
	if scheme == transport.Inproc {
		return scheme, rest, nil
	}
	tr, ok := transport.Lookup(scheme)
	if !ok {
		return "", "", fmt.Errorf("%w: transport %q", errno.EPROTONOSUPPORT, scheme)
	}
	_, casts := tr.(transport.Caster)
	if casts && !b.row.Publishes && !b.row.Subscribes || b.row.Raw && tr.Framing() != transport.ZMTP {
		return "", "", errno.ENOCOMPATPROTO
	}
	return scheme, rest, nil
}

// settings copies the options for a link and its pipes.
func (s *Socket) settings(tr transport.Transport, endpoint string, incoming bool) (link.Settings, pipe.Marks) {
	s.lock()
	defer s.unlock()
	v, row := &s.vals, s.row
	set := link.Settings{
		Engine: engine.Config{
			SocketType:   row.Name,
			TypeNumber:   byte(row.Type),
			Peers:        row.Peers,
			Announce:     row.Announce,
			Subscribes:   row.Subscribes,
			Publishes:    row.Publishes,
			Framing:      s.framingLocked(tr),
			Wire:         v.Wire,
			Security:     security(v),
			HandshakeIvl: v.Life.HandshakeIvl,
			Endpoint:     endpoint,
			Incoming:     incoming,
			Address:      transport.PeerAddress,
			Auth:         s.authorityLocked().decide,
		},
		Life:  v.Life,
		Net:   v.Net,
		Order: &s.roster.order,
	}
	set.Engine.Security.Always = s.auth != nil
	set.Net.HandshakeIvl = v.Life.HandshakeIvl
	s.noticesLocked(&set.Engine)
	set.Engine.Wire.Metadata = slices.Clone(v.Wire.Metadata)
	set.Engine.Wire.RoutingID = slices.Clone(v.Wire.RoutingID)
	return set, s.marksLocked()
}

// connectIDLocked is CONNECT_ROUTING_ID, for the one peer that it is for; empty: the
// peer says its own.
func (b *base) connectIDLocked() string {
	id := b.vals.Router.ConnectRoutingID
	if len(id) == 0 || !b.row.Names {
		return ""
	}
	b.vals.Router.ConnectRoutingID = nil
	return string(id)
}

// security is which mechanism a link uses, and with what.
func security(v *opt.Values) mech.Settings {
	return mech.Settings{
		Mechanism: v.Idle.Mechanism,
		Sec:       v.Sec,
		Domain:    v.Idle.ZAPDomain,
		Enforce:   v.Idle.ZAPEnforceDomain,
	}
}
