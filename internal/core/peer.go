package core

import (
	"fmt"
	"sync/atomic"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// A peer is the socket's side of one pipe. An engine serves the pipe, and then the
// peer is a link.Session: a connected endpoint keeps one through all its
// connections, an accepted connection has its own. Or it is a pipe between two
// sockets of a context, and has a meeting. The pipe:
//
//	        Connect, Ready             Ready, or both are there
//	no pipe --------------> attached <------------------> attached, and live
//	  ^                        |        Lost                   |
//	  |                        v                               v
//	  +--- dropped: accepted, or waiting at the door, or given up (Ended), or
//	       IMMEDIATE, or another peer has come (replaced); over inproc, either
//	       side has left
//
// Attached, it has its place in the pattern, or waits for that at the door
// (pipe.End.AtDoor, see door.go). One that is retired, because the socket is
// done with it, is no more in the pattern. It lives until what is queued has gone,
// and over inproc ends at once, for what is queued is the other side's to read.
type peer struct {
	s        *Socket
	ep       *endpoint // that it was accepted at, or connects to
	incoming bool
	marks    pipe.Marks // of the pipes that an engine serves
	meeting  *meeting   // nil: an engine serves the pipe

	live    atomic.Bool // a connection is up; over inproc: both sides are there
	retired atomic.Bool // the socket wants no more of it
	lost    atomic.Uint64

	// Under both of the socket's locks.
	end      *pipe.End // the socket's; nil while there is no pipe
	far      *pipe.End // the engine's
	handle   *engine.Handle
	attached bool   // the pattern has end
	counted  bool   // in the socket's liveness
	told     bool   // that it has shaken hands
	waits    bool   // what was told last: that it waits
	id       string // CONNECT_ROUTING_ID
}

// connectLocked makes a connecting peer's pipe, so that messages can queue
// before there is a connection, unless the socket must know the peer first.
func (p *peer) connectLocked() error {
	s := p.s
	p.id = s.connectIDLocked()
	if s.vals.Life.Immediate || s.row.NeedsPeer && p.id == "" {
		return nil
	}
	p.newPipeLocked()
	if err := p.attachLocked(); err != nil {
		if p.id != "" {
			return fmt.Errorf("CONNECT_ROUTING_ID %q: %w", p.id, err)
		}
		// No room for it now (PAIR). Each connection tries again.
		p.end, p.far = nil, nil
	}
	return nil
}

// newPipeLocked makes the pipe that an engine will serve.
func (p *peer) newPipeLocked() {
	p.handle = engine.NewHandle(p.s.inline)
	p.end, p.far = pipe.New(p.s.owner(), p.handle, p.marks, true)
	p.end.ID, p.end.Host = p.id, p
}

// attachLocked gives the pipe to the pattern.
func (p *peer) attachLocked() error {
	if p.attached {
		return nil
	}
	if p.retired.Load() || p.end == nil {
		return engine.ErrClosing
	}
	if err := p.s.attachLocked(p.end); err != nil {
		return err
	}
	p.attached = true
	p.s.sendHalf.ready.event()
	return nil
}

// detachLocked takes it back. What was received from it can still be read.
func (p *peer) detachLocked() {
	if p.attached {
		p.s.detachLocked(p.end)
		p.attached = false
	}
}

// countLocked counts p as one that the socket can talk to, or no longer.
func (p *peer) countLocked() {
	if p.end != nil && p.handle != nil {
		p.handle.AtDoor(p.end.AtDoor) // whose end it is to notice though nothing is read
	}
	in := p.live.Load() && p.attached && !p.end.AtDoor
	switch {
	case in == p.counted:
		return
	case in:
		p.s.live.add(p.handle)
	default:
		p.s.live.remove(p.handle)
	}
	p.counted = in
}

// Ready implements link.Session.
func (p *peer) Ready(info *msg.Peer) (*pipe.End, *engine.Handle, error) {
	s := p.s
	if p.incoming && !s.roster.hold(p) {
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
	if !p.retired.Load() {
		if err := p.attachLocked(); err != nil {
			return nil, nil, err
		}
	}
	p.live.Store(true)
	p.countLocked()
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

// Lost implements link.Session.
func (p *peer) Lost(error) {
	s := p.s
	s.revoke()     // and hold nothing of a connection that is gone
	defer p.gone() // last, so that a caller that sees it gone finds it gone everywhere
	if p.incoming {
		p.Ended()
		return
	}
	s.lock()
	keep := p.attached && !p.end.AtDoor && !s.vals.Life.Immediate && !p.end.Closed()
	if keep && s.row.Subscribes && !p.retired.Load() {
		s.tellAnewLocked(p.end)
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
	p.countLocked()
	p.s.unlock()
}

// Ended implements link.Session: the pipe ends, and so does a connected endpoint
// that was not disconnected, so that it can be connected to anew.
func (p *peer) Ended() {
	r := &p.s.roster
	p.drop()
	r.forget(p)
	if p.incoming || !r.takeEnded(p.ep) {
		return
	}
	go func() { // owned by the socket, which waits for leaving: the Dialer has its last words
		defer r.leaving.Done()
		<-p.ep.link.Done()
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
	p.detachLocked()
	p.end, p.far = nil, nil
	unsent := 0
	if !s.row.Subscribes { // subscriptions are no messages
		unsent = end.Queued()
	}
	end.Dropped.Add(uint64(unsent + unread))
	s.past.keep(end)
	s.past.Lost += p.lost.Swap(0)
	s.unlock()
	end.CloseOut()
	if p.retired.Load() {
		s.roster.lose(unsent)
	}
	far.CloseIn()
	s.sendHalf.ready.event()
	s.recvHalf.ready.event()
	if unread > 0 {
		s.events.Emit(p.event(link.Dropped, end, unread, fmt.Errorf("%d messages of a peer that left before its place was free are dropped", unread)))
	}
	if unsent > 0 && !s.row.Publishes { // a subscriber that leaves wants no more
		s.events.Emit(p.event(link.Dropped, end, unsent, fmt.Errorf("%d messages for a peer that is gone are dropped", unsent)))
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

// Retire implements link.Session: the socket is done with the peer. Nothing more is
// received from it, and the connection ends once what is queued for it has gone.
// Doing it again is harmless.
func (p *peer) Retire() {
	if p.meeting != nil {
		p.meeting.leave(p)
		return
	}
	s := p.s
	defer s.sweep()
	defer s.settle()
	s.lock()
	defer s.unlock()
	if p.retired.Swap(true) || p.end == nil {
		return
	}
	p.end.DropInput()
	p.detachLocked()
	p.end.CloseIn()
	p.end.CloseOut()
}

// remark brings the socket's high-water marks to the pipe, if there is one.
func (p *peer) remark() {
	if p.meeting != nil {
		p.meeting.remark()
		return
	}
	p.s.lock()
	defer p.s.unlock()
	if p.end != nil {
		p.end.SetMarks(p.s.marksLocked())
	}
}
