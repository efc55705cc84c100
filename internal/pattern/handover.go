package pattern

import "github.com/zeroth-mq/zmq/internal/pipe"

// With ROUTER_HANDOVER a peer waits when a newer one takes its name. What it had
// sent by then, its past, is received under another name, and before what it sends
// later, also if it has its name back soon. A peer may have several pasts, each with
// a name of its own: router.pasts has the last one.

// displace has old wait.
func (r *router) displace(id string, old *pipe.End) {
	past := old.Split()
	r.in.remove(old)
	if p := r.pasts[old]; p != nil {
		p.Then = nil
	}
	if !past.Ended() {
		past.ID = r.fresh()
		past.Tag = []byte(past.ID)
		r.follow(old, past)
		r.pasts[old] = past
	}
	r.queue(id, old, true)
}

// follow has e received from: at once, or when what the same peer had sent before
// was received.
func (r *router) follow(peer, e *pipe.End) {
	if p := r.pasts[peer]; p != nil && !p.Ended() {
		p.Then = e
	} else {
		r.in.Attach(e)
	}
}
