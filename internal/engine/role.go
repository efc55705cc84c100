package engine

import "sync"

// A role is one direction of a connection: to read it, or to write it. One
// goroutine at most acts in it at a time. Its owner is the goroutine that the engine
// has for it. A borrower is a caller of the socket, which acts in place of the owner
// for one call, under a lease:
//
//	            yield                acquire
//	owned ----------------> free ----------------> leased
//	  ^                      | ^                     | |
//	  |    revoke, claim     | |       release       | |
//	  +----------------------+ +---------------------+ |
//	  |                                                |
//	  +------- release of a lease that is revoked -----+
//
//	finish, by the owner, or retire, once nothing acts: over, for good
//
// The two roles differ in what makes the owner yield, and come back:
//
//   - Reading has no end. The reader yields only if a borrower has asked for a
//     lease, and claims the role after a grace period without one (ReadLease). A
//     lease to read may last, and can be interrupted.
//   - The writer yields whenever it finds nothing to write, and comes back when
//     revoke starts it. A lease to write is for one write that does not block, and a
//     caller that does not get it at once leaves the writing to the owner (inline.go).
//
// mu is a leaf. Any goroutine may call acquire and revoke; release is the
// borrower's, yield, claim and finish are the owner's, retire is the engine's.
type role struct {
	start func() // has the owner act again; it must not block, and is called under mu

	mu      sync.Mutex
	state   roleState
	asked   bool          // a borrower has asked for a lease while it was owned
	revoked bool          // the owner is to act once more before it yields, or after this lease
	used    uint64        // leases that began or ended
	ended   chan struct{} // of retire, which waits until nothing acts; nil: not called
}

type roleState uint8

const (
	roleFree roleState = iota
	roleOwned
	roleLeased
	roleOver
)

// acquire begins a lease, if the role is free. If it is not, and the caller asks for
// it, an owner yields as soon as it can; but a lease that another has is revoked,
// since this caller is going to wait for what the owner does.
func (r *role) acquire(ask bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.state == roleFree:
		r.state = roleLeased
		r.used++
		return true
	case !ask:
	case r.state == roleOwned:
		r.asked, r.revoked = true, false
	case r.state == roleLeased:
		r.revoked = true
	}
	return false
}

// release ends a lease. With revoke the owner acts next.
func (r *role) release(revoke bool) {
	r.mu.Lock()
	r.releaseLocked(revoke)
	r.mu.Unlock()
}

func (r *role) releaseLocked(revoke bool) {
	r.used++
	if revoke || r.revoked {
		r.ownLocked()
	} else {
		r.freeLocked()
	}
}

// revoke has the owner act: at once, or when the lease is released; or once more, if
// it acts now.
func (r *role) revoke() {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch r.state {
	case roleFree:
		r.ownLocked()
	case roleOwned, roleLeased:
		r.asked, r.revoked = false, true
	}
}

// yield ends the part of the owner, unless it was told to act once more; with ifAsked
// also unless nothing has asked for a lease.
func (r *role) yield(ifAsked bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	stay := r.revoked || ifAsked && !r.asked
	r.asked, r.revoked = false, false
	if !stay {
		r.freeLocked()
	}
	return !stay
}

// finish ends the role: the owner will act no more.
func (r *role) finish() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.overLocked()
}

// retire ends the role: no lease begins from now on, and the owner does not act again. It
// returns when nothing acts in the role.
func (r *role) retire() {
	r.mu.Lock()
	ended := make(chan struct{})
	r.ended = ended
	if r.state == roleFree || r.state == roleOver {
		r.overLocked()
	}
	r.mu.Unlock()
	<-ended
}

func (r *role) ownLocked() {
	if r.ended != nil {
		r.overLocked()
		return
	}
	r.state, r.revoked = roleOwned, false
	r.start()
}

func (r *role) freeLocked() {
	if r.ended != nil {
		r.overLocked()
		return
	}
	r.state = roleFree
}

func (r *role) overLocked() {
	r.state = roleOver
	if r.ended != nil {
		close(r.ended)
		r.ended = nil
	}
}
