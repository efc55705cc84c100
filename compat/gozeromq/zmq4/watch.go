package zmq4

import (
	"context"
	"slices"

	"github.com/zeroth-mq/zmq"
)

// dialled is an endpoint that Dial was called with.
type dialled struct {
	waiting []chan attempt // of the calls of Dial that wait
	up      int            // connections that shook hands
	broken  int            // connections that failed to, and are about to be told as lost
}

// connect begins to connect to an endpoint, and returns where the attempts are
// told.
func (s *socket) connect(endpoint string) (chan attempt, error) {
	s.setup.Lock()
	defer s.setup.Unlock()
	if err := s.ready(false); err != nil {
		return nil, err
	}
	s.watch()
	attempts := make(chan attempt, 16)
	s.mu.Lock()
	d := s.dials[endpoint]
	if d == nil {
		d = &dialled{}
		s.dials[endpoint] = d
	}
	d.waiting = append(d.waiting, attempts)
	s.mu.Unlock()
	if err := s.base.Connect(endpoint); err != nil {
		s.done(endpoint, attempts, false)
		return nil, err
	}
	return attempts, nil
}

// done ends what connect has begun. Unless the connection is there, or another
// one to the same endpoint, base stops seeking it.
func (s *socket) done(endpoint string, attempts chan attempt, ok bool) {
	s.mu.Lock()
	d := s.dials[endpoint]
	d.waiting = slices.DeleteFunc(d.waiting, func(c chan attempt) bool { return c == attempts })
	unused := !ok && len(d.waiting) == 0 && d.up == 0
	if unused {
		delete(s.dials, endpoint)
	}
	s.mu.Unlock()
	if unused && s.ctx.Err() == nil {
		_ = s.base.Disconnect(endpoint) // it may be gone already
	}
}

// watch starts to follow the socket's events, once.
func (s *socket) watch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watching {
		return
	}
	s.watching = true
	events := s.base.Events(context.Background())
	s.watcher.Go(func() { // finish waits for it, when base has closed
		for e := range events {
			s.follow(e)
		}
	})
}

// follow does what is to be done when something has happened to a connection.
func (s *socket) follow(e zmq.Event) {
	s.mu.Lock()
	d := s.dials[e.Endpoint]
	lost := false
	if d != nil {
		lost = s.dialledLocked(d, e)
	} else {
		lost = s.acceptedLocked(e)
	}
	s.mu.Unlock()
	if lost {
		s.lost()
	}
	if d == nil && unshaken(e.Kind) && s.ctx.Err() == nil {
		s.log.Printf("could not open a ZMTP connection with %q: %+v", e.Endpoint, e.Err)
	}
}

// unshaken reports whether a handshake has failed, in any of three ways.
func unshaken(k zmq.EventKind) bool {
	return k == zmq.EventHandshakeFailed || k == zmq.EventProtocolError || k == zmq.EventHandshakeRefused
}

func (s *socket) dialledLocked(d *dialled, e zmq.Event) (lost bool) {
	switch e.Kind {
	case zmq.EventHandshakeDone:
		d.up++
		d.tell(s.refuses(e))
	case zmq.EventHandshakeFailed, zmq.EventProtocolError, zmq.EventHandshakeRefused:
		d.broken++
		err := e.Err
		if why := s.refuses(e); why != nil {
			err = why
		} else {
			err = &shakeError{err}
		}
		d.tell(err)
	case zmq.EventConnectRetried:
		if d.up == 0 {
			d.tell(e.Err)
		}
	case zmq.EventDisconnected:
		switch {
		case d.broken > 0:
			d.broken--
		case d.up > 0:
			d.up--
			return true
		}
	}
	return false
}

// tell tells the call of Dial that has waited longest how an attempt ended.
func (d *dialled) tell(a attempt) {
	if len(d.waiting) == 0 {
		return
	}
	select {
	case d.waiting[0] <- a:
	default: // it has plenty to read
	}
	if a == nil {
		d.waiting = d.waiting[1:]
	}
}

// refuses is why a peer's type does not fit; nil: it does, or is not known.
func (s *socket) refuses(e zmq.Event) error {
	peer := SocketType(e.Peer.SocketType)
	if peer == "" {
		return nil
	}
	if err := compatibility(peer, s.typ); err != nil {
		return &shakeError{err}
	}
	return nil
}

func (s *socket) acceptedLocked(e zmq.Event) (lost bool) {
	switch e.Kind {
	case zmq.EventHandshakeDone:
		s.accepted++
	case zmq.EventHandshakeFailed, zmq.EventProtocolError, zmq.EventHandshakeRefused:
		s.accepted++ // the loss that follows takes it away
	case zmq.EventDisconnected:
		s.accepted--
		// A REQ that was told nothing would wait for its reply for ever.
		return s.typ == Req && s.accepted == 0
	}
	return false
}

// lost tells Recv that a connection was lost, if it is to know.
func (s *socket) lost() {
	switch {
	case s.typ == Req:
	case s.hideLoss, s.typ == Router, s.typ == Rep, s.typ == Pub, s.typ == XPub, s.typ == Push:
		return
	}
	s.losses.add()
}

// rejoin connects to a place again, which must not be there yet.
func (s *socket) rejoin(name string) {
	_ = s.base.Disconnect("inproc://" + name) // it is gone already
	_ = s.base.Connect("inproc://" + name)    // an error is that s has closed
}
