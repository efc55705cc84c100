package core

import (
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// A peer is the socket's side of one pipe that an engine serves: a link.Session.
// A connected endpoint keeps one through all its connections; an accepted
// connection has its own.
type peer struct {
	s        *Socket
	ep       *endpoint // that it was accepted at, or connects to
	incoming bool
	marks    pipe.Marks

	live    atomic.Bool // a connection is up
	retired atomic.Bool // the socket wants no more of it
	lost    atomic.Uint64

	// Under both of the socket's locks.
	end      *pipe.End // the socket's; nil while there is no pipe
	far      *pipe.End // the engine's
	port     *engine.Port
	attached bool   // the pattern has end
	id       string // CONNECT_ROUTING_ID
}

// newPipeLocked makes the pipe.
func (p *peer) newPipeLocked() {
	p.port = engine.NewPort(p.s.prompt)
	p.end, p.far = pipe.New(p.s.owner(), p.port, p.marks, true)
	p.end.ID = p.id
}

// attachLocked gives the pipe to the pattern.
func (p *peer) attachLocked() error {
	if p.retired.Load() {
		return engine.ErrClosing
	}
	if err := p.s.pat.Attach(p.end); err != nil {
		return err
	}
	p.attached = true
	p.s.send.ready.event()
	return nil
}

// Ready implements link.Session.
func (p *peer) Ready(info *msg.Peer) (*pipe.End, *engine.Port, error) {
	s := p.s
	if p.incoming && !s.hold(p) {
		return nil, nil, engine.ErrClosing
	}
	s.lock()
	defer s.unlock()
	if p.end == nil {
		if p.retired.Load() {
			return nil, nil, engine.ErrClosing
		}
		p.newPipeLocked()
	}
	p.end.SetPeer(info)
	if !p.attached && !p.retired.Load() {
		if err := p.attachLocked(); err != nil {
			return nil, nil, err
		}
	}
	p.live.Store(true)
	s.setLive(1, p.port)
	return p.far, p.port, nil
}

// hold keeps an accepted peer for closing to find; false: that has begun.
func (s *Socket) hold(p *peer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.peers[p] = struct{}{}
	return true
}

// Lost implements link.Session.
func (p *peer) Lost(error) {
	s := p.s
	s.recall() // and hold nothing of a connection that is gone
	// Last, so that who sees it gone finds it gone everywhere.
	defer func() {
		if p.live.Swap(false) {
			s.setLive(-1, nil)
			s.setSole()
		}
	}()
	if p.incoming {
		p.Ended()
		return
	}
	s.lock()
	keep := p.attached && !s.vals.Life.Immediate && !p.end.Closed()
	if keep && s.hiccup != nil && !p.retired.Load() {
		s.hiccup.Hiccup(p.end)
	}
	retired := p.retired.Load()
	if p.attached && p.end.Closed() && s.rawLocked() {
		p.retired.Store(true) // the program has closed it, and wants no other
	}
	s.unlock()
	if !keep && !retired {
		p.drop()
	}
}

// Ended implements link.Session: the pipe ends, and so does a connected endpoint
// that nobody has disconnected, so that it can be connected to anew.
func (p *peer) Ended() {
	s := p.s
	p.drop()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.peers, p)
	i := slices.Index(s.endpoints, p.ep)
	if i < 0 || p.incoming {
		return
	}
	s.endpoints = slices.Delete(s.endpoints, i, i+1)
	s.leaving.Add(1)
	go func() { // owned by the socket, which waits for s.leaving: the Dialer has its last words
		defer s.leaving.Done()
		<-p.ep.dial.Done()
	}()
}

// Live implements link.Session.
func (p *peer) Live() bool { return p.live.Load() }

// Idle implements link.Session.
func (p *peer) Idle() bool {
	if !p.retired.Load() {
		return false
	}
	p.s.lock()
	defer p.s.unlock()
	return p.end == nil || p.end.Queued() == 0
}

// drop ends a pipe whose connection is gone for good. What was received stays
// to be read; what was to be sent is lost.
func (p *peer) drop() {
	s := p.s
	s.lock()
	end, far := p.end, p.far
	s.unlock()
	if end == nil {
		return
	}
	far.CloseOut() // without the locks: an eager pattern reads on
	s.lock()
	if p.attached {
		s.pat.Detach(end)
	}
	p.end, p.far, p.attached = nil, nil, false
	lost := 0
	if !s.row.Subscribes { // subscriptions are no messages
		lost = end.Queued()
	}
	end.Dropped.Add(uint64(lost))
	s.retireLocked(end)
	s.past.Lost += p.lost.Swap(0)
	s.unlock()
	end.CloseOut()
	if p.retired.Load() {
		s.lose(lost)
	}
	far.CloseIn()
	s.send.ready.event()
	s.recv.ready.event()
	if lost > 0 && !s.row.Publishes { // who subscribes and leaves wants no more
		s.emit(p.event(link.Dropped, end, lost, fmt.Errorf("%d messages for a peer that is gone are dropped", lost)))
	}
	s.sweep()
}

// event is one of those that libzmq does not have, about the peer of end.
func (p *peer) event(kind link.Kind, end *pipe.End, dropped int, err error) link.Event {
	ev := link.Event{Kind: kind, Scope: link.Typed, Incoming: p.incoming, Endpoint: p.ep.name, FD: -1, Dropped: dropped, Err: err}
	if ev.Peer = end.Peer(); ev.Peer != nil {
		ev.Local, ev.Remote, ev.FD = link.URI(ev.Endpoint, ev.Peer.Local, &opt.Net{}), link.URI(ev.Endpoint, ev.Peer.Remote, &opt.Net{}), ev.Peer.FD
	}
	return ev
}

// retire says that the socket is done with the peer: nothing more is received
// from it, and the connection ends once what is queued for it has gone.
func (p *peer) retire() {
	s := p.s
	defer s.sweep()
	s.lock()
	defer s.unlock()
	if p.retired.Swap(true) || p.end == nil {
		return
	}
	p.end.DropInput()
	if p.attached {
		s.pat.Detach(p.end)
		p.attached = false
	}
	p.end.CloseIn()
	p.end.CloseOut()
}
