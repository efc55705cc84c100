package pgm

import (
	"slices"
	"time"
)

// What a task is for. A sequence number that is missing goes from gap to
// confirmation to repair, back to backOff when the answer does not come, and
// ends when the data comes, or it was asked for too often, or the source has it
// no more.
const (
	hello        = iota // ask a source for an SPM
	goodbye             // forget it, if it is silent
	gap                 // missing sequence numbers, that nobody has asked for
	backOff             // one, before it is asked for again
	confirmation        // one that was asked for: the NCF should come
	repair              // one with an NCF: the data should come
)

// The longest times are libzmq's. Those that are chosen at random keep receivers
// that miss the same packet from asking all at once; those for answers begin
// short and double, because an answer that does not come at once was lost.
const (
	helloDelay = 25 * time.Millisecond
	backOffMax = 50 * time.Millisecond
	ncfWait    = 25 * time.Millisecond // at first
	dataWait   = 50 * time.Millisecond // at first
	longWait   = 200 * time.Millisecond
	maxTries   = 50
	// together is how far ahead tick looks, so that requests share packets.
	together = time.Millisecond
	// later is about when something is tried again that a limit has stopped.
	later = 200 * time.Millisecond
)

// A task is something to do at a time.
type task struct {
	s        *source
	kind     int
	at       time.Duration
	from, to uint32 // gap: [from, to); else from alone
	ncfs     int    // tries
	datas    int
	dead     bool
	place    int // in tasks, from 1; 0: it is not there
}

// tasks is a heap of them. A task is there once at most. It may be put off while it
// is in there; one that is brought forward still waits for the time that it was
// added with.
type tasks []entry

type entry struct {
	at time.Duration
	t  *task
}

func (h tasks) first() time.Duration {
	if len(h) == 0 {
		return never
	}
	return h[0].at
}

func (h *tasks) add(t *task) {
	*h = append(*h, entry{t.at, t})
	h.up(len(*h) - 1)
}

// remove takes out t, if it is there.
func (h *tasks) remove(t *task) {
	i := t.place - 1
	if i < 0 {
		return
	}
	t.place = 0
	a := *h
	last := len(a) - 1
	moved := a[last]
	a[last] = entry{}
	if *h = a[:last]; i < last {
		a[i] = moved
		h.up(i)
		h.down(moved.t.place - 1)
	}
}

// up moves what is at i to its place, if that is nearer to the first.
func (h tasks) up(i int) {
	x := h[i]
	for i > 0 {
		up := (i - 1) / 2
		if h[up].at <= x.at {
			break
		}
		h.put(i, h[up])
		i = up
	}
	h.put(i, x)
}

// down moves what is at i to its place, if that is farther from the first.
func (h tasks) down(i int) {
	x := h[i]
	for {
		least := 2*i + 1
		if least+1 < len(h) && h[least+1].at < h[least].at {
			least++
		}
		if least >= len(h) || x.at <= h[least].at {
			break
		}
		h.put(i, h[least])
		i = least
	}
	h.put(i, x)
}

func (h tasks) put(i int, e entry) {
	h[i] = e
	e.t.place = i + 1
}

// take removes a task that is due by now; nil: there is none.
func (h *tasks) take(now time.Duration) *task {
	for len(*h) > 0 && (*h)[0].at <= now {
		t := (*h)[0].t
		h.remove(t)
		switch {
		case t.dead || t.s.gone:
		case t.at > now:
			h.add(t)
		default:
			return t
		}
	}
	return nil
}

// tick does what is due.
func (r *receiver) tick(now time.Duration) {
	for {
		t := r.tasks.take(now + together)
		if t == nil {
			break
		}
		t.s.do(now, t)
	}
	for _, s := range r.due {
		s.request(now)
	}
	clear(r.due)
	r.due = r.due[:0]
}

func (s *source) do(now time.Duration, t *task) {
	switch t.kind {
	case hello:
		if !s.spmd {
			b := route{s.key.session, s.r.port}.appendSPMR(nil)
			s.r.send(b, s.group)
			s.r.send(b, s.key.addr)
		}
	case goodbye:
		s.goodbye(now, t)
	case gap:
		s.askAll(now, t)
	case backOff:
		s.ask(t)
	case confirmation:
		t.ncfs++
		s.again(now, t, t.ncfs)
	case repair:
		t.datas++
		s.again(now, t, t.datas)
	}
}

// goodbye forgets a source that has been silent, or has said that it would be.
func (s *source) goodbye(now time.Duration, t *task) {
	at := s.heard + expiry
	if s.fin && before(s.lead, s.next) {
		at = s.heard + afterFin
	}
	if at <= now && len(s.queue) > 0 {
		at = now + time.Second
	}
	if at <= now {
		s.remove()
		return
	}
	t.at = at
	s.r.tasks.add(t)
}

// miss notes that [from, to) was sent and is not there.
func (s *source) miss(now time.Duration, from, to uint32) {
	if s.span != nil && s.spans >= maxSpans {
		// What is there by then of what it spans is left out.
		if s.span.to = to; to-s.span.from > s.r.window {
			s.span.from = s.next
		}
		return
	}
	s.span = &task{s: s, kind: gap, at: now + s.r.random(backOffMax), from: from, to: to}
	s.spans++
	s.r.tasks.add(s.span)
}

// askAll asks for what is still missing of a gap.
func (s *source) askAll(now time.Duration, t *task) {
	if before(t.from, s.next) {
		t.from = s.next
	}
	for ; before(t.from, t.to) && !before(s.lead, t.from); t.from++ {
		if !s.misses(t.from) || s.asked.m[t.from] != nil {
			continue
		}
		if !s.mayWait() {
			t.at = now + later/2 + s.r.random(later)
			s.r.tasks.add(t)
			return
		}
		s.ask(s.expect(t.from))
	}
	s.spans--
	if s.span == t {
		s.span = nil
	}
}

// misses reports whether sqn is in the window and missing.
func (s *source) misses(sqn uint32) bool {
	if before(sqn, s.next) || before(s.lead, sqn) {
		return false
	}
	_, there := s.have.m[sqn]
	return !there
}

// mayWait reports whether the limits allow one more to be expected.
func (s *source) mayWait() bool {
	return s.r.waiting < maxWaiting && len(s.asked.m) < maxSourceWaiting
}

// expect makes the task of one sequence number.
func (s *source) expect(sqn uint32) *task {
	t := &task{s: s, from: sqn}
	s.asked.set(sqn, t)
	s.r.waiting++
	return t
}

// forget ends it, in tasks too, lest those that end before their time pile up.
func (s *source) forget(sqn uint32) {
	if t := s.asked.m[sqn]; t != nil {
		t.dead = true // it may be in due
		s.r.tasks.remove(t)
		s.asked.delete(sqn)
		s.r.waiting--
	}
}

// ask notes that t is to be in the next NAK.
func (s *source) ask(t *task) {
	if len(s.due) == 0 {
		s.r.due = append(s.r.due, s)
	}
	s.due = append(s.due, t)
}

// again asks again, after a time, or gives up.
func (s *source) again(now time.Duration, t *task, tries int) {
	if tries >= maxTries {
		s.forget(t.from)
		s.have.set(t.from, nil)
		s.advance(s.trail)
		return
	}
	t.kind, t.at = backOff, now+s.r.random(backOffMax)
	s.r.tasks.add(t)
}

// request sends NAKs for what is due, as far as their rate allows.
func (s *source) request(now time.Duration) {
	due := slices.DeleteFunc(s.due, func(t *task) bool { return t.dead })
	slices.SortFunc(due, func(a, b *task) int { return serial(a.from, b.from) })
	sqns := make([]uint32, 0, 1+maxList)
	for list := range slices.Chunk(due, 1+maxList) {
		var turn time.Duration
		if s.r.naks.take(now, 1) {
			sqns = sqns[:0]
			for _, t := range list {
				sqns = append(sqns, t.from)
			}
			s.r.send(route{s.key.session, s.r.port}.appendRequest(nil, nak, s.nla, s.group, sqns), s.nla)
		} else {
			turn = s.r.nextTurn(now, len(list))
		}
		for _, t := range list {
			t.kind, t.at = confirmation, now+wait(ncfWait, t.ncfs)
			if turn > 0 {
				t.kind, t.at = backOff, turn
			}
			s.r.tasks.add(t)
		}
	}
	clear(s.due)
	s.due = s.due[:0]
}

// nextTurn is when so many sequence numbers, for which there was no NAK, may try
// again: a packet full of them at a time.
func (r *receiver) nextTurn(now time.Duration, n int) time.Duration {
	if r.turn <= now+together || r.inTurn+n > 1+maxList {
		r.turn = max(r.turn, r.naks.ready(1), now+together) + time.Second/nakRate
		r.inTurn = 0
	}
	r.inTurn += n
	return r.turn
}

// confirm takes an NCF: the source has heard that something is missing here or
// elsewhere, and nobody needs to ask for it now.
func (s *source) confirm(now time.Duration, p *packet) {
	if !s.defined || p.group != s.group {
		return
	}
	for i := range p.asked() {
		sqn := p.at(i)
		if !s.misses(sqn) {
			continue
		}
		t, there := s.asked.m[sqn]
		if !there {
			if !s.mayWait() {
				return
			}
			t = s.expect(sqn)
		}
		t.kind, t.at = repair, now+wait(dataWait, t.datas)
		if !there {
			s.r.tasks.add(t)
		}
	}
}

// wait is how long an answer is waited for after so many tries.
func wait(least time.Duration, tries int) time.Duration {
	return min(least<<min(tries, 8), longWait)
}
