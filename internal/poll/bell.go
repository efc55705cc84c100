package poll

import (
	"sync"
	"sync/atomic"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// A Bell is where calls wait for something to become possible: to send, to receive,
// a poll, a number of peers. What might make it possible rings the bell.
//
// An event wakes one call, which passes the event on if it leaves something behind
// (Rouse). Where calls wait for different things, so that one may fail where another
// would not, the bell is set to wake all. Its mutex is a leaf.
type Bell struct {
	all    bool          // an event wakes every call
	single chan struct{} // one token, for one call; unless all
	rings  atomic.Uint64 // events so far

	mu   sync.Mutex
	next chan struct{} // closed by the next event; nil: no call listens. If all.
}

// SetUp makes the bell ready for use.
func (b *Bell) SetUp(all bool) {
	b.all = all
	b.single = make(chan struct{}, 1)
}

// Ring says that something has happened.
func (b *Bell) Ring() {
	b.rings.Add(1)
	if !b.all {
		b.Rouse()
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next != nil {
		close(b.next)
		b.next = nil
	}
}

// WakesAll reports whether an event wakes every call.
func (b *Bell) WakesAll() bool { return b.all }

// Rings is how many events there were.
func (b *Bell) Rings() uint64 { return b.rings.Load() }

// Rouse wakes one call, or the next one that comes.
func (b *Bell) Rouse() {
	select {
	case b.single <- struct{}{}:
	default:
	}
}

// Listen is what to wait at for the next event after the first since ones, behind
// which a call has tried in vain; nil: there was one already, and it is to try again.
func (b *Bell) Listen(since uint64) <-chan struct{} {
	if !b.all {
		return b.single
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rings.Load() != since {
		return nil
	}
	if b.next == nil {
		b.next = make(chan struct{})
	}
	return b.next
}

// Wait is how every call of a socket waits:
//
//  1. It tries. Anything but EAGAIN is the result.
//  2. It sleeps until the bell has rung since, or the limit passes, which is the
//     result then. sleep does that, and lets go of the caller's locks meanwhile.
//  3. It begins anew.
func (b *Bell) Wait(try func() error, sleep func(since uint64) error) error {
	for {
		since := b.rings.Load()
		if err := try(); err != errno.EAGAIN {
			return err
		}
		if err := sleep(since); err != nil {
			return err
		}
	}
}
