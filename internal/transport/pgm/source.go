package pgm

import (
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/zeroth-mq/zmq/internal/transport"
)

// A source is what a receiver knows of one publisher.
//
// Everything before next is delivered, queued for the sink, or lost. Of
// [next, lead] those in have are there, and the others are missing: for each of
// them there is a task, or it is in a span that is one.
type source struct {
	r      *receiver
	key    key
	stream transport.Stream
	group  netip.Addr // that it sends to
	nla    netip.Addr // where it wants NAKs
	heard  time.Duration
	gone   bool
	fin    bool

	defined    bool // the window has begun
	next, lead uint32
	trail      uint32        // what comes before is not to be had any more
	have       table[[]byte] // TSDUs; nil: given up
	stale      int           // packets in a row from long before the window

	spmSqn uint32
	spmd   bool // an SPM has come

	asked table[*task] // one for each that was asked for, or confirmed
	span  *task        // the newest gap
	spans int          // gaps
	due   []*task      // to be asked for now

	queue  []queued // in order, until the sink has room
	joined bool     // the stream is at a place that it understands
}

// rewind is how many packets in a row from long before the window make a new
// window: the old one came from a packet that was not the source's.
const rewind = 64

func newSource(r *receiver, k key, group netip.Addr, now time.Duration) *source {
	s := &source{r: r, key: k, group: group, nla: k.addr}
	s.stream = r.sink.Stream(netip.AddrPortFrom(k.addr, k.session.port()).String())
	r.tasks.add(&task{s: s, kind: hello, at: now + helloDelay})
	r.tasks.add(&task{s: s, kind: goodbye, at: now + expiry})
	return s
}

// define begins the window before sqn. What is older is never asked for.
func (s *source) define(sqn uint32) {
	s.defined = true
	s.next, s.lead, s.trail = sqn, sqn-1, sqn
	s.stale = 0
}

func (s *source) spm(now time.Duration, p *packet) {
	if s.spmd && before(p.sqn, s.spmSqn) {
		return
	}
	s.spmSqn, s.spmd = p.sqn, true
	if p.nla.Is4() == s.key.addr.Is4() && !p.nla.IsMulticast() && !p.nla.IsUnspecified() {
		s.nla = p.nla
		if p.nla.Is6() {
			s.nla = p.nla.WithZone(s.key.addr.Zone())
		}
	}
	if !s.defined {
		s.define(p.lead + 1)
	}
	s.advance(p.trail)
	if before(s.lead, p.lead) {
		s.reach(p.lead)
		s.extend(now, p.lead+1)
	}
	if p.fin && !s.fin {
		s.fin = true
		s.r.tasks.add(&task{s: s, kind: goodbye, at: now + afterFin})
	}
}

// data takes a packet with data. The usual one is the next, and goes straight
// to the sink.
func (s *source) data(now time.Duration, p *packet) {
	if !s.defined {
		if p.kind == rdata {
			return
		}
		s.define(p.sqn)
	}
	if before(p.sqn, s.next) && !s.rewound(p.sqn) {
		return
	}
	s.stale = 0
	if before(s.trail, p.trail) {
		s.advance(p.trail)
	}
	s.reach(p.sqn)
	if before(p.sqn, s.next) || s.have.m[p.sqn] != nil {
		return
	}
	if p.sqn == s.next && s.r.room && len(s.queue) == 0 {
		s.forget(p.sqn)
		s.have.delete(p.sqn)
		if s.lead == p.sqn-1 {
			s.lead++
		}
		s.next++
		s.deliver(p.data)
	} else {
		b := s.r.keep(p.data)
		if b == nil {
			return // as if it had not come: it will be missed, and asked for
		}
		s.extend(now, p.sqn)
		if before(s.lead, p.sqn) {
			s.lead = p.sqn
		}
		s.forget(p.sqn)
		s.have.set(p.sqn, b)
	}
	s.advance(s.trail)
}

// rewound reports whether a packet from before the window begins a new one: see
// rewind.
func (s *source) rewound(sqn uint32) bool {
	if s.next-sqn <= s.r.window {
		return false
	}
	if s.stale++; s.stale < rewind {
		return false
	}
	s.clear()
	s.lose(1)
	s.define(sqn)
	return true
}

// reach makes the window hold sqn. What is too far behind that is given up.
func (s *source) reach(sqn uint32) {
	if sqn-s.next >= s.r.window {
		s.advance(sqn - s.r.window + 1)
	}
}

// extend notes that everything before sqn was sent: what is not there by now is
// missing.
func (s *source) extend(now time.Duration, sqn uint32) {
	if from := s.lead + 1; before(from, sqn) {
		s.miss(now, from, sqn)
		s.lead = sqn - 1
	}
}

// advance moves what is in order from the window to the sink, or its queue, and
// gives up what is missing before trail. It costs no more than what was stored
// did, however far the trail is.
func (s *source) advance(trail uint32) {
	if before(s.trail, trail) {
		s.trail = trail
	}
	lost := 0
	if before(s.next, s.trail) && int64(s.trail-s.next) > int64(1024+4*len(s.have.m)) {
		lost = s.leap()
	}
	for {
		b, there := s.have.m[s.next]
		if !there && !before(s.next, s.trail) {
			break
		}
		lost = s.pass(s.next, b, lost)
		s.next++
	}
	s.lose(lost)
	if before(s.lead, s.next-1) {
		s.lead = s.next - 1
	}
}

// pass hands over what is there of sqn, nil if nothing is, behind so many lost
// ones. It returns the number of lost ones that are still to be told.
func (s *source) pass(sqn uint32, b []byte, lost int) int {
	s.forget(sqn)
	s.have.delete(sqn)
	if b == nil {
		return lost + 1
	}
	s.lose(lost)
	if s.r.room && len(s.queue) == 0 {
		s.deliver(b)
		s.r.drop(b)
	} else {
		s.enqueue(queued{tsdu: b})
	}
	return 0
}

// leap is advance to the trail over a wide gap with little in it.
func (s *source) leap() (lost int) {
	var there []uint32
	for sqn := range maps.Keys(s.have.m) {
		if before(sqn, s.trail) {
			there = append(there, sqn)
		}
	}
	slices.SortFunc(there, serial)
	for _, sqn := range there {
		lost = s.pass(sqn, s.have.m[sqn], lost+int(sqn-s.next))
		s.next = sqn + 1
	}
	lost += int(s.trail - s.next)
	s.next = s.trail
	for sqn := range s.asked.m {
		if before(sqn, s.next) {
			s.forget(sqn)
		}
	}
	return lost
}

// serial compares sequence numbers that are not far from each other.
func serial(a, b uint32) int { return int(int32(a - b)) }

// clear forgets the window, not what is queued.
func (s *source) clear() {
	for sqn := range s.asked.m {
		s.forget(sqn)
	}
	for _, b := range s.have.m {
		s.r.drop(b)
	}
	s.have = table[[]byte]{}
	s.span = nil
}

// a table is what is known of sequence numbers. Once it is empty it gives its memory
// back, which a map does not.
type table[V any] struct {
	m    map[uint32]V
	sets int // since it was empty
}

// manySets is how many make it worth making the map anew.
const manySets = 256

func (t *table[V]) set(sqn uint32, x V) {
	if t.m == nil {
		t.m = make(map[uint32]V)
	}
	t.m[sqn] = x
	t.sets++
}

func (t *table[V]) delete(sqn uint32) {
	if len(t.m) == 0 {
		return
	}
	delete(t.m, sqn)
	if len(t.m) == 0 {
		if t.sets > manySets {
			t.m = nil
		}
		t.sets = 0
	}
}

// remove forgets the source.
func (s *source) remove() {
	s.clear()
	for _, q := range s.queue {
		s.r.drop(q.tsdu)
	}
	s.queue = nil
	s.gone = true
	delete(s.r.sources, s.key)
	if s.r.recent == s {
		s.r.recent = nil
	}
	s.stream.End()
}
