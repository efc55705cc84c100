package core

import (
	"errors"
	"sync"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/link"
)

// Why a call waits in vain:
//
//  1. Each endpoint hears the events of its link before the socket's listeners
//     do, and keeps the last failure that mattered. A finished handshake clears
//     it.
//  2. A call that ends for want of a peer asks Socket.Troubles, at the edge, and
//     only then. Messages pass none of this.

// A Trouble is why an endpoint has no peer, or why the last one that came to it
// was not let in.
type Trouble struct {
	Endpoint string    // empty: the socket has none
	Kind     link.Kind // of the event that told; 0: none did
	Incoming bool      // it is bound
	Remote   string    // of the connection, if there was one
	Err      error     // never nil
}

// trouble is what one endpoint keeps. Its lock is a leaf.
type trouble struct {
	mu    sync.Mutex
	up    int     // connections that have shaken hands
	state string  // of an attempt that has not failed yet
	last  Trouble // Err nil: none
}

// connecting is the state of an endpoint that connects, to begin with.
const connecting = "no answer to the attempt to connect yet"

// note takes an event of the endpoint.
func (t *trouble) note(ev *link.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch ev.Kind {
	case link.ConnectDelayed:
		t.state = connecting
	case link.Connected:
		t.state = "connected, but the peer has not finished the handshake yet"
	case link.HandshakeDone:
		t.up++
		t.state, t.last = "", Trouble{}
	case link.Waiting:
		t.failLocked(ev, ev.Err)
	case link.Admitted:
		if t.last.Kind == link.Waiting {
			t.last = Trouble{}
		}
	case link.Disconnected:
		t.state = ""
		if ev.Early() {
			return // another event has told why
		}
		if t.up--; t.up == 0 {
			t.failLocked(ev, ev.Err)
		}
	case link.Closed, link.AcceptFailed, link.HandshakeFailed, link.HandshakeBroken, link.HandshakeRefused:
		err := ev.Err
		if he, ok := errors.AsType[*engine.HandshakeError](err); ok {
			err = he.Err
		}
		t.state = ""
		t.failLocked(ev, err)
	}
}

// failLocked keeps a failure, unless it is this side's own doing.
func (t *trouble) failLocked(ev *link.Event, err error) {
	if ev.Scope == link.Framed || err == nil || ev.Own() {
		return
	}
	t.last = Trouble{Endpoint: ev.Endpoint, Kind: ev.Kind, Incoming: ev.Incoming, Remote: ev.Remote, Err: err}
}

// met is note over inproc, which has no events: the name is bound; parted: the
// socket that had bound it has gone.
func (t *trouble) met() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.up, t.last = 1, Trouble{}
}

func (t *trouble) parted(endpoint string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.up, t.last = 0, Trouble{Endpoint: endpoint, Err: errParted}
}

// tell is link.Settings.Events for the endpoint.
func (ep *endpoint) tell(ev link.Event) {
	ep.trouble.note(&ev)
	ep.s.events.Emit(ev)
}

// troubles is what stands in the endpoint's way; empty: nothing that is known.
// A bound endpoint that has peers is asked about others with all.
func (ep *endpoint) troubles(all bool) []Trouble {
	t := &ep.trouble
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.up > 0 && !all && (t.last.Kind != link.Waiting || t.last.Incoming):
	case t.last.Err != nil:
		return []Trouble{t.last}
	case t.state != "" && t.up == 0:
		return []Trouble{{Endpoint: ep.name, Err: &told{errno.EINPROGRESS, t.state}}}
	}
	return nil
}

// told is an errno in the words of endpoints.
type told struct {
	no   errno.Errno
	text string
}

func (e *told) Error() string { return e.text }
func (e *told) Unwrap() error { return e.no }

var (
	errNoEndpoint = &told{errno.ENOTCONN, "the socket is neither bound nor connected"}
	errUnbound    = &told{errno.ECONNREFUSED, "no socket of this context has bound the name"}
	errParted     = &told{errno.ENOTCONN, "the socket that had bound the name is gone"}
)

// Troubles is why the socket's endpoints have no peers, as far as that is
// known; with all also why those that have some have not more.
func (s *Socket) Troubles(all bool) []Trouble {
	r := &s.roster
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.endpoints) == 0 && !r.closed {
		return []Trouble{{Err: errNoEndpoint}}
	}
	var list []Trouble
	for _, ep := range r.endpoints {
		list = append(list, ep.troubles(all)...)
	}
	return list
}
