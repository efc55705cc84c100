package link

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// grace is for how long a connection that has begun may hold up those that began
// later, and all those that do so in vain together. Tests make it longer.
var grace = 100 * time.Millisecond

// share is the part of the time that may be lost in vain later on: one in so many.
const share = 100

// An Order has the connections of one socket become Ready in the order in which
// they began: accepted, or dialed for the first time or again. Handshakes that run
// at the same time end in any order, and programs expect their peers to take turns
// in the order in which they connected. A connection that takes longer than grace
// holds up the others no more. So that strangers that say nothing cannot hold up
// everybody again and again, what was lost to connections that were not Ready then
// is counted, and none waits while that is as much as grace; it is forgiven over
// time. The zero value is ready for use.
type Order struct {
	mu   sync.Mutex
	last uint64        // number of the newest ticket
	list []*ticket     // of those that are not Ready yet, oldest first
	vain time.Duration // lost, and not forgiven by then
	then time.Time
}

// a ticket is that of one connection. A nil ticket is none, and waits for nothing.
type ticket struct {
	o     *Order
	n     uint64
	began time.Time
	over  chan struct{} // closed by end

	held time.Time     // since when another one waits for it; zero: none does
	late bool          // it holds up others no more
	cost time.Duration // what is counted in o.vain of it
}

// begin gives a ticket to a connection that begins now. o may be nil.
func (o *Order) begin() *ticket {
	if o == nil {
		return nil
	}
	t := &ticket{o: o, began: time.Now(), over: make(chan struct{})}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last++
	t.n = o.last
	o.list = append(o.list, t)
	return t
}

// indexLocked is where t is in the list; false: it has ended.
func (t *ticket) indexLocked() (int, bool) {
	return slices.BinarySearchFunc(t.o.list, t, func(a, b *ticket) int { return cmp.Compare(a.n, b.n) })
}

// wait returns when nothing holds t up any more, or when done is closed.
func (t *ticket) wait(done <-chan struct{}) {
	for {
		before, left := t.before()
		if before == nil {
			return
		}
		timer := time.NewTimer(left)
		select {
		case <-before.over:
		case <-timer.C:
		case <-done:
			timer.Stop()
			return
		}
		timer.Stop()
	}
}

// before is the ticket next before t that holds it up, and for how long at most;
// nil: none does. That one waits for those before it, so that an end wakes one
// waiter, not all.
func (t *ticket) before() (*ticket, time.Duration) {
	if t == nil {
		return nil, 0
	}
	t.o.mu.Lock()
	defer t.o.mu.Unlock()
	now := time.Now()
	at, _ := t.indexLocked()
	for _, x := range slices.Backward(t.o.list[:at]) {
		if left := x.leftLocked(now); left > 0 {
			return x, left
		}
	}
	return nil, 0
}

// leftLocked is for how long t may hold up another one, from now on.
func (t *ticket) leftLocked(now time.Time) time.Duration {
	if t.late {
		return 0
	}
	if t.held.IsZero() {
		t.held = now
	}
	o := t.o
	o.vain, o.then = max(o.vain-now.Sub(o.then)/share, 0), now
	left := grace - max(now.Sub(t.began), o.vain+now.Sub(t.held))
	if t.late = left <= 0; t.late {
		t.lostLocked(now)
	}
	return left
}

// lostLocked counts that t has held up others in vain.
func (t *ticket) lostLocked(now time.Time) {
	t.cost = now.Sub(t.held)
	t.o.vain += t.cost
}

// end says that the connection is gone, or Ready, and then it held up others for
// a good reason. Doing it again is harmless.
func (t *ticket) end(ready bool) {
	if t == nil {
		return
	}
	o := t.o
	o.mu.Lock()
	defer o.mu.Unlock()
	i, ok := t.indexLocked()
	if !ok {
		return
	}
	o.list = slices.Delete(o.list, i, i+1)
	close(t.over)
	switch {
	case ready:
		o.vain = max(o.vain-t.cost, 0)
	case !t.late && !t.held.IsZero():
		t.lostLocked(time.Now())
	}
}
