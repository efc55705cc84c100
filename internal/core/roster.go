package core

import (
	"cmp"
	"slices"
	"sync"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/link"
)

// A roster is a socket's endpoints and its peers. All its methods may be called at
// any time by any goroutine. Its lock comes before those of the socket's halves.
type roster struct {
	mu        sync.Mutex
	closed    bool // the socket closes: nothing is added any more
	endpoints []*endpoint
	last      string           // LAST_ENDPOINT
	peers     map[*peer]uint64 // and when they came, in order
	came      uint64
	lost      losses

	order   link.Order     // in which connections become Ready
	leaving sync.WaitGroup // endpoints that end in the background
}

// losses are messages that closing dropped, and why their peers did not have
// them.
type losses struct {
	n   int
	why []Trouble
}

// whileOpen runs f under the lock. ENOTSOCK: the socket closes, and f did not run.
func (r *roster) whileOpen(f func() error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return errno.ENOTSOCK
	}
	return f()
}

// open adds an endpoint, and the one peer of one that connects. start makes the
// endpoint's link. It is called under the lock, so that nothing ends the endpoint
// before it has begun, and not if the socket closes (ENOTSOCK), or if it is
// connected to the same endpoint and once is enough (nil).
func (r *roster) open(ep *endpoint, once bool, start func() error) error {
	return r.whileOpen(func() error {
		r.last = ep.name
		if once && slices.ContainsFunc(r.endpoints, func(x *endpoint) bool { return !x.bound && x.given == ep.given }) {
			return nil
		}
		if err := start(); err != nil {
			return err
		}
		if ep.peer != nil {
			r.holdLocked(ep.peer)
		}
		r.endpoints = append(r.endpoints, ep)
		return nil
	})
}

// hold adds a peer that has come to a bound endpoint. False: the socket closes.
func (r *roster) hold(p *peer) bool {
	return r.whileOpen(func() error { r.holdLocked(p); return nil }) == nil
}

func (r *roster) holdLocked(p *peer) {
	if r.peers == nil {
		r.peers = make(map[*peer]uint64)
	}
	if _, ok := r.peers[p]; !ok {
		r.came++
		r.peers[p] = r.came
	}
}

// forget takes out a peer that has gone.
func (r *roster) forget(p *peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.peers, p)
}

// take removes the endpoints that go by a name, for its caller to end. A name that
// is bound on inproc goes by itself. Unless there are none the caller calls
// leaving.Done once they have ended.
func (r *roster) take(name string, inproc bool) (eps []*endpoint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	bound := inproc && slices.ContainsFunc(r.endpoints, func(ep *endpoint) bool { return ep.name == name && ep.bound })
	keep := r.endpoints[:0:0]
	for _, ep := range r.endpoints {
		if ep.name == name && (ep.bound || !bound) {
			eps = append(eps, ep)
		} else {
			keep = append(keep, ep)
		}
	}
	if len(eps) > 0 {
		r.endpoints = keep
		r.leaving.Add(1)
	}
	return eps
}

// takeEnded removes an endpoint whose link ends by itself. False: something else
// ends it already. Otherwise the caller calls leaving.Done once it has ended.
func (r *roster) takeEnded(ep *endpoint) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.Index(r.endpoints, ep)
	if i < 0 {
		return false
	}
	r.endpoints = slices.Delete(r.endpoints, i, i+1)
	r.leaving.Add(1)
	return true
}

// close removes all endpoints, for the caller to end. False: that was done before.
func (r *roster) close() (eps []*endpoint, first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, false
	}
	r.closed = true
	eps, r.endpoints = r.endpoints, nil
	return eps, true
}

// isClosed reports whether the socket closes.
func (r *roster) isClosed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed
}

// list is all peers, in the order in which they came.
func (r *roster) list() []*peer {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]*peer, 0, len(r.peers))
	for p := range r.peers {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b *peer) int { return cmp.Compare(r.peers[a], r.peers[b]) })
	return all
}

// lose counts messages that were not delivered, and keeps why.
func (r *roster) lose(n int, why ...Trouble) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lost.n += n; n > 0 {
		r.lost.why = append(r.lost.why, why...)
	}
}

// explain keeps why messages were not delivered, if any were since there were so
// many.
func (r *roster) explain(since int, why []Trouble) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lost.n > since {
		r.lost.why = append(r.lost.why, why...)
	}
}
