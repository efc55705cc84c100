package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// router is ROUTER: peers have names, the first frame of every message (RFC 28).
type router struct {
	opt *opt.Values
	names
	in     fq
	strays uint64                  // messages for peers that were not there
	pasts  map[*pipe.End]*pipe.End // see handover
}

func newRouter(v *opt.Values) Pattern {
	return &router{opt: v, names: newNames(), pasts: make(map[*pipe.End]*pipe.End)}
}

// Attach names the peer: by End.ID if the user chose one for this connection,
// else as the peer announced itself, else by a fresh id. If another peer has that
// name it waits, or with ROUTER_HANDOVER has the other one wait.
func (r *router) Attach(e *pipe.End) error {
	id := e.ID
	chosen := id != ""
	if p := e.Peer(); !chosen && p != nil {
		id = string(p.RoutingID)
	}
	if id == "" {
		id = r.fresh()
	}
	old := r.peers[id]
	switch {
	case old == nil:
	case e.Peer() == nil:
		return errno.EADDRINUSE
	case chosen || !r.opt.Router.Handover:
		r.queue(id, e, false)
		return nil
	default:
		r.displace(id, old)
	}
	r.enter(id, e)
	return nil
}

func (r *router) enter(id string, e *pipe.End) {
	r.take(id, e)
	r.follow(e, e)
	if r.opt.Router.Probe {
		probe(e)
	}
}

func (r *router) Detach(e *pipe.End) {
	delete(r.pasts, e)
	r.in.detach(e)
	if next := r.drop(e); next != nil {
		r.enter(next.ID, next)
	}
}

func (r *router) Readable(e *pipe.End) { r.in.readable(e) }
func (r *router) Writable(*pipe.End)   {}
func (r *router) CanRecv() bool        { return r.in.canRecv() }

// Waiting implements Waiter.
func (r *router) Waiting() int { return r.in.Waiting() }

func (r *router) Recv(m *msg.Message) error { return recvNamed(&r.in, m) }

// Send swallows a message without a body. A message for an unknown or full
// peer is dropped, or with ROUTER_MANDATORY refused: EHOSTUNREACH, EAGAIN. With
// ROUTER_RAW a message has two frames, else EINVAL, and an empty body closes the
// connection once what was sent is written.
func (r *router) Send(m *msg.Message) error {
	switch {
	case len(m.Frames) < 2:
		return nil
	case r.opt.Router.Raw && len(m.Frames) > 2:
		return errno.EINVAL
	}
	e := r.find(m.Frames[0])
	mandatory := r.opt.Router.Mandatory
	switch {
	case e == nil && mandatory:
		return errno.EHOSTUNREACH
	case e == nil:
		r.strays++
		return nil
	case r.opt.Router.Raw && len(m.Frames[1]) == 0:
		e.RefuseInput()
		e.CloseOut()
		return nil
	case sendBody(e, m):
		return nil
	case mandatory:
		return errno.EAGAIN
	}
	e.Dropped.Add(1)
	return nil
}

// DroppedCount implements Dropper.
func (r *router) DroppedCount() uint64 { return r.strays }

func (r *router) Admit(id []byte) error {
	if !r.opt.Router.Mandatory {
		return nil
	}
	return reach(r.find(id))
}

// Reach implements Reacher.
func (r *router) Reach(id []byte) error { return reach(r.find(id)) }

// CanSend with ROUTER_MANDATORY means that some peer has room; Send may still
// say EAGAIN of another.
func (r *router) CanSend() bool {
	if !r.opt.Router.Mandatory {
		return true
	}
	for _, e := range r.peers {
		if e.CanSend() {
			return true
		}
	}
	return false
}
