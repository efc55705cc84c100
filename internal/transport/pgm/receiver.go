package pgm

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/zeroth-mq/zmq/internal/transport"
)

// A receiver is what a subscriber does, without I/O:
//
//  1. handle sorts a packet to its source, which it may make known.
//  2. A source puts its packets in order and delivers them (source.go); what is
//     missing becomes a task.
//  3. tick does the tasks that are due: it asks for what is missing, asks again,
//     gives it up, forgets silent sources (recovery.go).
//
// The caller calls begin before a run of packets, and end after it; packets to
// send collect in out, and are used up when begin is called again. It is for
// one goroutine at a time.
type receiver struct {
	port   uint16
	window uint32
	budget int // bytes that may be stored
	sink   transport.Sink
	random func(time.Duration) time.Duration // less than its argument

	sources map[key]*source
	recent  *source // of the last packet
	tasks   tasks
	waiting int           // tasks that wait for an answer
	naks    bucket        // NAK packets
	turn    time.Duration // of the last NAK that has to wait for that
	inTurn  int           // sequence numbers in it
	due     []*source
	sweepAt time.Duration // when a source may next be turned out for a new one

	stored int // bytes that are kept: see costOf
	free   [][]byte
	behind []*source // have something queued, for want of room
	room   bool      // the sink wants more
	given  int       // packets since it was asked

	out []outgoing
}

// A key is one source: sessions are not unique, since every libzmq process
// makes the same GSI and their ports are random.
type key struct {
	session tsi
	addr    netip.Addr
}

// outgoing is a packet for one receiver, or for a group.
type outgoing struct {
	b  []byte
	to netip.Addr
}

// Limits, so that packets of anybody's making cost little.
const (
	maxSources = 1024
	// maxWaiting bounds the requests without an answer, of all sources and of
	// one.
	maxWaiting       = 8192
	maxSourceWaiting = 2048
	// maxSpans bounds the gaps of one source that are not asked for yet.
	maxSpans = 256
	// nakRate and nakBurst bound the NAK packets that are sent, of up to 63
	// sequence numbers each.
	nakRate  = 1000
	nakBurst = 50
	// minBudget and maxBudget bound what is stored until it can be delivered.
	minBudget = 64 << 20
	maxBudget = 1 << 30
	// maxFree is how many buffers are kept for use again.
	maxFree = 4096
	// roomEvery is how many packets the sink may get before it is asked again.
	roomEvery = 64
)

const (
	// expiry is how long a source may be silent before it is forgotten.
	expiry = 300 * time.Second
	// afterFin is how long one that has said goodbye is remembered, so that a
	// late packet of its is no new source.
	afterFin = 10 * time.Second
	// sweep is the time between two searches for a source to turn out.
	sweep = 100 * time.Millisecond
	// idle is how silent one must be for that.
	idle = 10 * time.Second
)

func newReceiver(set settings, port uint16, sink transport.Sink) *receiver {
	return &receiver{
		port:    port,
		window:  uint32(set.recvWindow()),
		budget:  min(max(2*set.recvWindow()*(set.maxTSDU+set.overhead), minBudget), maxBudget),
		sink:    sink,
		random:  rand.N[time.Duration],
		sources: make(map[key]*source),
		naks:    newBucket(nakRate, nakBurst),
	}
}

// begin starts a run of packets. What was queued goes on if there is room.
func (r *receiver) begin() {
	clear(r.out)
	r.out = r.out[:0]
	r.ask()
	for len(r.behind) > 0 && r.room {
		s := r.behind[0]
		s.unqueue()
		if len(s.queue) > 0 {
			break
		}
		r.behind = r.behind[:copy(r.behind, r.behind[1:])]
	}
}

// end ends it.
func (r *receiver) end() { r.sink.Flush() }

func (r *receiver) ask() { r.room, r.given = r.sink.Room(), 0 }

// handle acts on a packet that came from an address to a group. Anything may be
// in it.
func (r *receiver) handle(now time.Duration, from, group netip.Addr, b []byte) {
	if len(b) < headerLen || uint16(b[2])<<8|uint16(b[3]) != r.port {
		return // upstream, or of another endpoint
	}
	p, err := parse(b)
	if err != nil || p.upstream() {
		return
	}
	s := r.find(now, &p, from, group)
	if s == nil {
		return
	}
	s.heard = now
	switch p.kind {
	case spm:
		s.spm(now, &p)
	case odata, rdata:
		s.data(now, &p)
	case ncf:
		s.confirm(now, &p)
	}
}

// find is the source of a packet; nil: unknown, and not to be known.
func (r *receiver) find(now time.Duration, p *packet, from, group netip.Addr) *source {
	k := key{p.session, from}
	if r.recent != nil && r.recent.key == k {
		return r.recent
	}
	s := r.sources[k]
	if s == nil {
		if p.kind != spm && p.kind != odata || len(r.sources) >= maxSources && !r.makeRoom(now) {
			return nil
		}
		s = newSource(r, k, group, now)
		r.sources[k] = s
	}
	r.recent = s
	return s
}

// makeRoom turns out the source that has been silent for longest, if it has
// been for some time. It looks for it only now and then.
func (r *receiver) makeRoom(now time.Duration) bool {
	if now < r.sweepAt {
		return false
	}
	r.sweepAt = now + sweep
	var oldest *source
	for _, s := range r.sources {
		if len(s.queue) == 0 && (oldest == nil || s.heard < oldest.heard) {
			oldest = s
		}
	}
	if oldest == nil || oldest.heard+idle > now {
		return false
	}
	oldest.remove()
	return true
}

// Buffers of packets that are kept. One of up to smallPacket bytes is as large as
// the packet; one beyond that has usualPacket at least, and if it has no more it is
// used again.
const (
	smallPacket = 256
	usualPacket = 1500
	// packetCost is what keeping a packet costs beside its buffer: its places
	// in have and in queue.
	packetCost = 128
)

// keep stores a copy of b; nil: there is no room for it.
func (r *receiver) keep(b []byte) []byte {
	size := len(b)
	if size > smallPacket {
		size = max(size, usualPacket)
	}
	if r.stored+size+packetCost > r.budget {
		return nil
	}
	r.stored += size + packetCost
	if n := len(r.free); n > 0 && size == usualPacket {
		c := r.free[n-1]
		r.free = r.free[:n-1]
		return append(c[:0], b...)
	}
	return append(make([]byte, 0, size), b...)
}

// drop ends the storing of b.
func (r *receiver) drop(b []byte) {
	if b == nil {
		return
	}
	r.stored -= cap(b) + packetCost
	if len(r.free) < maxFree && cap(b) == usualPacket {
		r.free = append(r.free, b)
	}
}

// send queues a packet.
func (r *receiver) send(b []byte, to netip.Addr) { r.out = append(r.out, outgoing{b, to}) }

// next is when tick is due.
func (r *receiver) next() time.Duration { return r.tasks.first() }

// close forgets everything.
func (r *receiver) close() {
	for _, s := range r.sources {
		s.remove()
	}
}
