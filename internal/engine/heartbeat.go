package engine

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeroth-mq/zmq/zmtp"
)

// beat is the heartbeat of one connection: it sends a PING every interval and
// ends the connection when nothing at all is heard for the timeout after one,
// or within the peer's TTL after the peer's. It costs a timer, not a goroutine.
//
// A reader that waits for its own socket hears nothing through no fault of the
// peer; that time does not count.
type beat struct {
	on     atomic.Bool  // someone wants to know when bytes arrive
	last   atomic.Int64 // when, in nanoseconds since base
	paused atomic.Bool

	mu       sync.Mutex
	e        *engine
	base     time.Time
	timer    *time.Timer
	ended    bool
	ivl      time.Duration
	timeout  time.Duration
	ttl      time.Duration // the peer's; 0: none
	next     int64         // when the next PING is due
	due      bool          // a PING waits to be written
	asked    int64         // when the oldest unanswered PING went out; 0: none
	peerPing int64         // when the peer's last PING with a TTL came
}

func (b *beat) now() int64 { return int64(time.Since(b.base)) + 1 }

// heard notes that the peer is alive.
func (b *beat) heard() {
	if b.on.Load() {
		b.last.Store(b.now())
	}
}

func (b *beat) pause(p bool) {
	b.paused.Store(p)
	if !p {
		b.heard()
	}
}

// start begins the pinging, where the peer knows PING.
func (b *beat) start(e *engine) {
	w := &e.cfg.Wire
	b.mu.Lock()
	defer b.mu.Unlock()
	b.e, b.base = e, time.Now()
	if !e.wire.commands || w.HeartbeatIvl <= 0 {
		return
	}
	b.ivl, b.timeout = w.HeartbeatIvl, w.HeartbeatTimeout
	if b.timeout < 0 {
		b.timeout = b.ivl
	}
	b.next = int64(b.ivl)
	b.on.Store(true)
	b.armLocked()
}

// end stops the timer; no callback runs after it.
func (b *beat) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	if b.timer != nil {
		b.timer.Stop()
	}
}

// pinged notes a PING of the peer, with its TTL in tenths of a second.
func (b *beat) pinged(ttl uint16) {
	if ttl == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ttl = time.Duration(ttl) * 100 * time.Millisecond
	b.on.Store(true)
	b.peerPing = b.now()
	b.armLocked()
}

// armLocked sets the timer for whatever is due next.
func (b *beat) armLocked() {
	due := int64(0)
	first := func(t int64) {
		if due == 0 || t < due {
			due = t
		}
	}
	if b.ivl > 0 {
		first(b.next)
	}
	if b.asked > 0 && b.timeout > 0 {
		first(b.asked + int64(b.timeout))
	}
	if b.peerPing > 0 {
		first(b.peerPing + int64(b.ttl))
	}
	if due == 0 || b.ended {
		return
	}
	d := time.Duration(max(due-b.now(), 0))
	if b.timer == nil {
		b.timer = time.AfterFunc(d, b.tick) // owned by the engine: see end
	} else {
		b.timer.Reset(d)
	}
}

// wrote notes that the commands that were due have gone out. A PING that waits
// behind messages which the peer has no room for asks nothing yet.
func (b *beat) wrote() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.due {
		return
	}
	b.due = false
	if b.asked == 0 {
		b.asked = b.now()
		b.armLocked()
	}
}

func (b *beat) tick() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended {
		return
	}
	now, last := b.now(), b.last.Load()
	if b.paused.Load() {
		last = now
	}
	if b.asked > 0 && last >= b.asked { // at once, by a coarse clock
		b.asked = 0
	}
	if b.peerPing > 0 && last > b.peerPing {
		b.peerPing = 0
	}
	if b.asked > 0 && b.timeout > 0 && now >= b.asked+int64(b.timeout) ||
		b.peerPing > 0 && now >= b.peerPing+int64(b.ttl) {
		b.e.fail(ErrHeartbeat)
		return
	}
	if b.ivl > 0 && now >= b.next {
		b.next = now + int64(b.ivl)
		if !b.due {
			b.due = true
			b.e.control(zmtp.AppendPing(nil, tenths(b.e.cfg.Wire.HeartbeatTTL), nil))
		}
	}
	b.armLocked()
}

// tenths is a TTL as PING carries it. libzmq turns it into milliseconds in 16
// bits, so that 65.6 s becomes 64 ms: what does not fit there is cut.
func tenths(ttl time.Duration) uint16 {
	return uint16(min(ttl/(100*time.Millisecond), 655))
}
