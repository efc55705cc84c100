package core

import "github.com/zeroth-mq/zmq/internal/pipe"

// A Feed holds messages that a face has accepted for a socket, so that it need
// not call the socket for each of them:
//
//  1. Whoever lets go of the send lock grants the Feed as many messages as there
//     is room for, if an engine is awake: it will ask before it sleeps (Flush).
//  2. The face puts messages into the Feed. When it is granted no more it calls
//     the socket, as it would without.
//  3. Whoever takes the send lock, for whatever purpose, an engine that asks
//     included, takes what the Feed holds and ends the grant. So nobody who
//     holds the lock can tell that the messages were not sent at once.
//
// Both methods are called under the send lock.
type Feed interface {
	// Take ends the grant, and returns what was put, or the first half of it:
	// messages of one frame in ZMTP 3 framing, valid until the next Take, and
	// how many they are. It is called until that is none.
	Take() (wire []byte, msgs int)
	// Grant allows so many messages from now on.
	Grant(msgs int)
}

// A sendRing is a half's Feed, and what it gave and no peer had room for: peers have
// gone since. Under the send lock.
type sendRing struct {
	h    *sendHalf
	feed Feed
	left []byte
	msgs int
}

// SetFeed has the socket take messages from f too; nil ends that, and takes the
// last. It reports false for socket types that cannot.
func (s *Socket) SetFeed(f Feed) bool {
	h := &s.sendHalf
	if h.granter == nil {
		return false
	}
	h.acquire()
	old := h.ring
	h.ring = nil
	if f != nil {
		h.ring = &sendRing{h: h, feed: f}
	}
	h.release()
	if old != nil {
		s.roster.lose(old.msgs)
	}
	return true
}

// Fetch takes what the Feed holds.
func (h *sendHalf) Fetch() {
	h.acquire()
	h.release()
}

// creditLocked credits the Feed with what there is room for.
func (r *sendRing) creditLocked() {
	if r.msgs == 0 && len(r.h.out.ends) == 0 && r.h.waiters == 0 {
		if n := r.h.credit(); n > 0 {
			r.feed.Grant(n)
		}
	}
}

// pullLocked sends what the Feed holds.
func (r *sendRing) pullLocked() {
	for {
		wire, msgs := r.feed.Take()
		if msgs == 0 && r.msgs == 0 {
			return
		}
		r.msgs += msgs
		if len(r.left) > 0 {
			r.left = append(r.left, wire...)
			wire = r.left
		}
		r.h.refreshLocked()
		rest := r.h.sendRun(pipe.Messages{Wire: wire, N: r.msgs})
		r.left, r.msgs = append(r.left[:0], rest.Wire...), rest.N
		if msgs == 0 {
			return
		}
	}
}
