package core

import "github.com/zeroth-mq/zmq/internal/pipe"

// A SendRing holds messages that a face has accepted for a socket, so that the face need
// not call the socket for each of them:
//
//  1. The call that gives the send lock back credits the ring with as many messages as
//     there is room for, if an engine is awake: that asks before it sleeps (Flush).
//  2. The face puts messages into the ring. When there is no credit left it calls the
//     socket, as it would without a ring.
//  3. The next call that takes the send lock, for whatever purpose, that of an engine
//     that asks included, takes what the ring holds and ends the credit. So no call that
//     has the lock can tell that the messages were not sent at once.
//
// Both methods are called under the send lock.
type SendRing interface {
	// Take ends the credit, and returns what was put, or the first half of it:
	// messages of one frame in ZMTP 3 framing, valid until the next Take, and
	// how many they are. It is called until that is none.
	Take() (wire []byte, msgs int)
	// Credit allows so many messages from now on.
	Credit(msgs int)
}

// A sendRing is a half's SendRing, and what that gave and no peer had room for: peers
// have gone since. Under the send lock.
type sendRing struct {
	h    *sendHalf
	face SendRing
	left []byte
	msgs int
}

// SetSendRing has the socket take messages from r too; nil ends that, and takes the
// last. It reports false for socket types that cannot.
func (s *Socket) SetSendRing(r SendRing) bool {
	h := &s.sendHalf
	if !h.row.Ring {
		return false
	}
	h.acquire()
	old := h.ring
	h.ring = nil
	if r != nil {
		h.ring = &sendRing{h: h, face: r}
	}
	h.release()
	if old != nil {
		s.roster.lose(old.msgs)
	}
	return true
}

// PullSendRing takes what the ring holds.
func (h *sendHalf) PullSendRing() {
	h.acquire()
	h.release()
}

// creditLocked credits the ring with what there is room for.
func (r *sendRing) creditLocked() {
	if r.msgs == 0 && len(r.h.out.ends) == 0 && r.h.waiters == 0 {
		if n := r.h.credit(); n > 0 {
			r.face.Credit(n)
		}
	}
}

// pullLocked sends what the ring holds.
func (r *sendRing) pullLocked() {
	for {
		wire, msgs := r.face.Take()
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
