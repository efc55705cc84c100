package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// router is ROUTER: peers have names, the first frame of every message (RFC 28).
// It is the Out.
type router struct {
	opt *opt.Values
	names
	in     fq
	route  Route
	strays uint64                  // messages for peers that were not there; under the send lock
	pasts  map[*pipe.End]*pipe.End // see handover
}

// routerIn is the In of a router.
type routerIn struct {
	named
	out *router
}

func newRouter(v *opt.Values) (Out, In) {
	r := &router{opt: v, names: newNames(), route: Route{Skip: 1}, pasts: make(map[*pipe.End]*pipe.End)}
	return r, routerIn{named{&r.in}, r}
}

func (r routerIn) Counts() Counts {
	c := r.named.Counts()
	c.Dropped = r.out.strays
	return c
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
	r.in.Detach(e)
	if next := r.drop(e); next != nil {
		r.enter(next.ID, next)
	}
}

func (r *router) Writable(*pipe.End) {}

// Pick: a message for an unknown or full peer is dropped, or with ROUTER_MANDATORY
// refused: EHOSTUNREACH, EAGAIN. Then it can send if any peer has room.
func (r *router) Pick(id []byte) (*Route, error) {
	mandatory := r.opt.Router.Mandatory
	r.route.Drops = !mandatory
	e := r.find(id)
	switch {
	case e != nil:
		r.route.To = e
		return &r.route, nil
	case mandatory && id == nil:
		return r.any()
	case mandatory:
		return nil, errno.EHOSTUNREACH
	}
	r.route.To = nil
	return &r.route, nil
}

func (r *router) any() (*Route, error) {
	for _, e := range r.peers {
		if e.CanSend() {
			r.route.To = e
			return &r.route, nil
		}
	}
	return nil, errno.EAGAIN
}

func (r *router) Sent(to *Route) {
	if to.To == nil {
		r.strays++
	}
}

// Close is what an empty body means with ROUTER_RAW. What was received stays.
func (r *router) Close(id []byte) error {
	e := r.find(id)
	switch {
	case e != nil:
		e.RefuseInput()
		e.CloseOut()
	case r.opt.Router.Mandatory:
		return errno.EHOSTUNREACH
	default:
		r.strays++
	}
	return nil
}
