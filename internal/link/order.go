package link

import (
	"slices"
	"sync"
	"time"
)

// grace is for how long a connection that has begun may hold up those that began
// later. Tests make it longer.
var grace = 100 * time.Millisecond

// An Order has the connections of one socket become Ready in the order in which
// they began: accepted, or dialed for the first time or again. Handshakes that run
// at the same time end in any order, and programs expect their peers to take turns
// in the order in which they connected. A connection that takes longer than grace
// holds up the others no more. The zero value is ready for use.
type Order struct {
	mu   sync.Mutex
	list []*ticket // of those that are not Ready yet, oldest first
}

// a ticket is that of one connection. A nil ticket is none, and waits for nothing.
type ticket struct {
	o     *Order
	began time.Time
	over  chan struct{} // closed by end
}

// begin gives a ticket to a connection that begins now. o may be nil.
func (o *Order) begin() *ticket {
	if o == nil {
		return nil
	}
	t := &ticket{o: o, began: time.Now(), over: make(chan struct{})}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = append(o.list, t)
	return t
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

// before is the first ticket that holds t up, and for how long at most; nil: none.
func (t *ticket) before() (*ticket, time.Duration) {
	if t == nil {
		return nil, 0
	}
	t.o.mu.Lock()
	defer t.o.mu.Unlock()
	for _, x := range t.o.list {
		if x == t {
			break
		}
		if left := grace - time.Since(x.began); left > 0 {
			return x, left
		}
	}
	return nil, 0
}

// end says that the connection is Ready, or gone. Doing it again is harmless.
func (t *ticket) end() {
	if t == nil {
		return
	}
	t.o.mu.Lock()
	defer t.o.mu.Unlock()
	if i := slices.Index(t.o.list, t); i >= 0 {
		t.o.list = slices.Delete(t.o.list, i, i+1)
		close(t.over)
	}
}
