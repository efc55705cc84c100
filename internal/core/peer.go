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
// connection has its own. Its pipe:
//
//	        Connect, Ready             Ready
//	no pipe --------------> attached <--------> attached, and live
//	  ^                        |        Lost         |
//	  |                        v                     v
//	  +--- dropped: accepted, or waiting at the door, or given up (Ended),
//	       or IMMEDIATE, or another peer has come (replaced)
//
// Attached, it has its place in the pattern, or waits for that at the door
// (pipe.End.AtDoor, see door.go). One that is retired, because the socket is
// done with it, is no more in the pattern and lives until what is queued has gone.
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
	handle   *engine.Handle
	attached bool           // the pattern has end
	counted  *engine.Handle // as which it is one of the peers that the socket can talk to; nil: it is none
	told     bool           // that it has shaken hands
	waits    bool           // what was told last: that it waits
	id       string         // CONNECT_ROUTING_ID
}

// newPipeLocked makes the pipe.
func (p *peer) newPipeLocked() {
	p.handle = engine.NewHandle(p.s.inline)
	p.end, p.far = pipe.New(p.s.owner(), p.handle, p.marks, true)
	p.end.ID, p.end.Host = p.id, p
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
func (p *peer) Ready(info *msg.Peer) (*pipe.End, *engine.Handle, error) {
	s := p.s
	if p.incoming && !s.hold(p) {
		return nil, nil, engine.ErrClosing
	}
	if p.replaced(info) {
		p.drop()
	}
	defer s.settle()
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
	s.countLocked(p)
	return p.far, p.handle, nil
}

// replaced reports whether the pipe is that of another peer, which the socket knows
// by its routing id: what is queued was for that one, and what it had sent is
// received under its name. The other types send to the peer that is at an
// endpoint, and a name that the program chose is the endpoint's.
func (p *peer) replaced(by *msg.Peer) bool {
	s := p.s
	s.lock()
	defer s.unlock()
	if p.end == nil || !s.row.NeedsPeer || p.id != "" {
		return false
	}
	was := p.end.Peer()
	return was != nil && (string(was.RoutingID) != string(by.RoutingID) || was.UserID != by.UserID)
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
	s.revoke()     // and hold nothing of a connection that is gone
	defer p.gone() // last, so that who sees it gone finds it gone everywhere
	if p.incoming {
		p.Ended()
		return
	}
	s.lock()
	keep := p.attached && !p.end.AtDoor && !s.vals.Life.Immediate && !p.end.Closed()
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

// gone says that there is no connection any more.
func (p *peer) gone() {
	p.live.Store(false)
	p.s.lock()
	p.told = false
	p.s.countLocked(p)
	p.s.unlock()
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
	unread := 0
	if end.AtDoor { // it will never be received from
		unread = end.Depth().RecvMsgs
	}
	if p.attached {
		s.pat.Detach(end)
	}
	p.end, p.far, p.attached = nil, nil, false
	unsent := 0
	if !s.row.Subscribes { // subscriptions are no messages
		unsent = end.Queued()
	}
	end.Dropped.Add(uint64(unsent + unread))
	s.retireLocked(end)
	s.past.Lost += p.lost.Swap(0)
	s.unlock()
	end.CloseOut()
	if p.retired.Load() {
		s.lose(unsent)
	}
	far.CloseIn()
	s.send.ready.event()
	s.recv.ready.event()
	if unread > 0 {
		s.emit(p.event(link.Dropped, end, unread, fmt.Errorf("%d messages of a peer that left before its place was free are dropped", unread)))
	}
	if unsent > 0 && !s.row.Publishes { // who subscribes and leaves wants no more
		s.emit(p.event(link.Dropped, end, unsent, fmt.Errorf("%d messages for a peer that is gone are dropped", unsent)))
	}
	s.settle()
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
	defer s.settle()
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
