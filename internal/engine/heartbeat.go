package engine

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeroth-mq/zmq/zmtp"
)

// beat is the heartbeat of one connection. It costs a timer, not a goroutine.
// It ends the connection in three cases:
//
//   - A PING is sent every interval. Nothing at all was heard for the timeout
//     after one, although the peer had come to read it: see deadLink.behind.
//   - The peer's system has acknowledged nothing for the timeout, although
//     there was something to acknowledge: see deadLink. That does not need a
//     PING, which may wait behind messages that cannot leave.
//   - Nothing was heard for the peer's TTL after the peer's PING.
//
// A reader that waits for its own socket, or that has not come to read what is
// there, hears nothing through no fault of the peer; that time does not count in
// the first and the third case.
//
// Whether something was heard since a moment is told by a count, not by times:
// an answer may be read before the call that sent the question has returned.
type beat struct {
	on     atomic.Bool   // someone wants to know when bytes arrive
	heards atomic.Uint64 // reads that brought something, while on
	paused atomic.Bool

	mu       sync.Mutex
	e        *engine
	base     time.Time
	timer    *time.Timer
	ended    bool
	ivl      time.Duration
	timeout  time.Duration
	ttl      time.Duration // the peer's; 0: none
	next     int64         // when the next PING is due, in nanoseconds since base
	due      bool          // a PING waits to be written
	asked    int64         // since when the oldest unanswered PING asks; 0: none does
	askedAt  uint64        // heards before it was written
	peerPing int64         // when the peer's last PING with a TTL came; 0: none, or it is over
	pingAt   uint64        // heards then
	link     deadLink
}

func (b *beat) now() int64 { return int64(time.Since(b.base)) + 1 }

// heard notes that the peer is alive.
func (b *beat) heard() {
	if b.on.Load() {
		b.heards.Add(1)
	}
}

func (b *beat) pause(p bool) {
	b.paused.Store(p)
	if !p {
		b.heard()
	}
}

// start begins the pinging, where the peer knows PING, and to watch the link.
func (b *beat) start(e *engine) {
	w := &e.cfg.Wire
	b.mu.Lock()
	defer b.mu.Unlock()
	b.e, b.base = e, time.Now()
	if w.HeartbeatIvl <= 0 {
		return
	}
	b.timeout = w.HeartbeatTimeout
	if b.timeout < 0 {
		b.timeout = w.HeartbeatIvl
	}
	if b.timeout > 0 {
		b.link.watch(e.conn, min(w.HeartbeatIvl, b.timeout/4))
	}
	if e.wire.commands {
		b.ivl = w.HeartbeatIvl
		b.next = int64(b.ivl)
		b.on.Store(true)
	}
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

// pinged notes a PING of the peer, with its TTL in tenths of a second. It is
// called by the reader.
func (b *beat) pinged(ttl uint16) {
	if ttl == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ttl = time.Duration(ttl) * 100 * time.Millisecond
	b.on.Store(true)
	b.peerPing, b.pingAt = b.now(), b.heards.Load()
	b.armLocked()
}

// armLocked sets the timer for whatever is due next.
func (b *beat) armLocked() {
	due := b.link.next(b.timeout)
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

// wrote notes that the commands that were due have gone out; before is heards
// when that began.
func (b *beat) wrote(before uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.due {
		return
	}
	b.due = false
	if b.asked == 0 && b.heards.Load() == before {
		b.asked, b.askedAt = b.now(), before
		b.link.asks()
		b.armLocked()
	}
}

func (b *beat) tick() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended {
		return
	}
	if err := b.overLocked(b.now()); err != nil {
		b.e.fail(err)
		return
	}
	if now := b.now(); b.ivl > 0 && now >= b.next {
		b.next = now + int64(b.ivl)
		if !b.due {
			b.due = true
			b.e.command(zmtp.AppendPing(nil, tenths(b.e.cfg.Wire.HeartbeatTTL), nil))
		}
	}
	b.armLocked()
}

// overLocked says why the connection is given up; nil: it is not.
func (b *beat) overLocked(now int64) error {
	heards, paused := b.heards.Load(), b.paused.Load()
	if heards != b.askedAt || paused {
		b.asked = 0
	}
	if heards != b.pingAt || paused {
		b.peerPing = 0
	}
	if b.link.dead(now, b.timeout) {
		return ErrUnacknowledged
	}
	late := b.peerPing > 0 && now >= b.peerPing+int64(b.ttl)
	unanswered := b.asked > 0 && b.timeout > 0 && now >= b.asked+int64(b.timeout)
	switch {
	case !late && !unanswered:
	case inputWaits(b.e.conn): // the reader has not had a processor
		if b.asked > 0 {
			b.asked = now
		}
		if b.peerPing > 0 {
			b.peerPing = now
		}
	case late || !b.link.behind():
		return ErrHeartbeat
	default:
		b.asked = now
	}
	return nil
}

// tenths is a TTL as PING carries it. libzmq turns it into milliseconds in 16
// bits, so that 65.6 s becomes 64 ms: what does not fit there is cut.
func tenths(ttl time.Duration) uint16 {
	return uint16(min(ttl/(100*time.Millisecond), 655))
}
