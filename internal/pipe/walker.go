package pipe

import (
	"slices"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// Receiving, in three steps:
//
//  1. take gets all that is queued, under the queue's mutex. When there is nothing it
//     says so: the consumer sleeps.
//  2. Frames are slices of what was taken, which is walked without any lock but the
//     receiver's own.
//  3. What was received is counted, and given back as credit once every low-water
//     mark.

// a place is where a walk through segments stands. A segment's end is the beginning of
// the next.
type place struct {
	segs []seg
	i    int // in this segment
	off  int // and here
}

// more reports whether a frame follows.
func (p *place) more() bool {
	return p.i+1 < len(p.segs) || p.i < len(p.segs) && p.off < len(p.segs[p.i].b)
}

// peek is the next frame, which begins in this segment, and the size of its header.
// apart: the body is the next segment.
func (p *place) peek() (flags byte, body []byte, h int, apart bool) {
	b := p.segs[p.i].b[p.off:]
	flags, size, h := zmtp.ParseHeader(b)
	if size > uint64(len(b)-h) {
		return flags, p.segs[p.i+1].b, h, true
	}
	end := h + int(size)
	return flags, b[h:end:end], h, false
}

// step passes over the next frame, which is there.
func (p *place) step() (flags byte, body []byte, h int) {
	p.enter()
	flags, body, h, apart := p.peek()
	if apart {
		p.i, p.off = p.i+1, len(body)
	} else {
		p.off += h + len(body)
	}
	return flags, body, h
}

// enter reports whether it was at the end of a segment, and is in the next now.
func (p *place) enter() bool {
	if p.off < len(p.segs[p.i].b) {
		return false
	}
	p.i, p.off = p.i+1, 0
	return true
}

// A Walker walks what was taken from a queue, and is never at the end of a segment. It
// belongs to the receiving half of the End that it is in.
type Walker struct {
	place
	q     *Queue
	lwm   tally // credit is given when so much was
	used  tally // received since then
	costs int64 // of all segments so far
}

// next ends a segment.
func (w *Walker) next() {
	s := &w.segs[w.i]
	if s.chunk != nil {
		s.chunk.Release()
	}
	w.used.bytes += int64(s.cost)
	w.costs += int64(s.cost)
	s.b, s.chunk = nil, nil
	w.i++
	w.off = 0
}

// last takes the next frame, which ends a segment, and returns the chunk that its
// body is part of.
func (w *Walker) last() (body []byte, chunk *msg.Chunk) {
	_, body, h, apart := w.peek()
	w.used.bytes += int64(h + len(body))
	if apart {
		w.next()
	}
	chunk = w.segs[w.i].chunk
	w.next()
	return body, chunk
}

// manyFrames is from where on the frames of a message are counted, so that their
// slice does not grow by copies of itself.
const manyFrames = 64

// frames counts those that are to come of the message that the walker is in.
func (w *Walker) frames() (n int) {
	at := w.place
	for more := true; more; n++ {
		flags, _, _ := at.step()
		more = flags&zmtp.FlagMore != 0
	}
	return n
}

// run gives messages of one frame to keep, up to the end of the segment, the next
// credit, or any other message. more: keep wants more, and that is not the next.
func (w *Walker) run(most int, keep func([]byte, *msg.Chunk) bool) (n int, more bool) {
	s := &w.segs[w.i]
	b, at := s.b, w.off
	most = int(min(int64(most), w.lwm.msgs-w.used.msgs))
	end := int(min(int64(len(b)), int64(at)+w.lwm.bytes-w.used.bytes))
	for more = true; more && n < most && at < end; n++ {
		flags, size, h := zmtp.ParseHeader(b[at:])
		from := at + h
		if flags&zmtp.FlagMore != 0 || size > uint64(len(b)-from) {
			more = false
			break
		}
		at = from + int(size)
		more = keep(b[from:at:at], s.chunk)
	}
	w.used.msgs += int64(n)
	w.used.bytes += int64(at - w.off)
	w.off = at
	return n, more
}

// credit gives credit, which is due.
func (w *Walker) credit() {
	give := w.used.due(w.lwm)
	w.used = w.used.minus(give)
	w.q.credit(give)
}

// refill takes all that is queued. It reports false, and asks to be woken,
// when that is nothing.
func (w *Walker) refill() bool {
	if w.q.kind == fromEngine {
		return w.take(true)
	}
	if w.take(false) {
		return true
	}
	w.q.ask()
	if w.take(true) {
		return true
	}
	// It sleeps now. Something may have come in between.
	w.q.ask()
	return w.take(true)
}

// take is refill of what was handed over. With sleep it asks to be woken.
func (w *Walker) take(sleep bool) bool {
	q := w.q
	q.mu.Lock()
	if len(q.segs) == 0 && !sleep {
		q.mu.Unlock()
		return false
	}
	if len(q.segs) == 0 {
		// While it sleeps, the queue keeps the count of what is owed, since
		// new marks may make that due.
		q.owed, w.used = q.owed.plus(w.used), tally{}
		wake := q.settleLocked()
		q.sleeping.Store(!q.closed)
		q.mu.Unlock()
		if wake {
			q.producer.owner.Wake(q.producer, Out)
		}
		return false
	}
	q.segs, w.segs = w.segs[:0], q.segs
	w.i, w.off = 0, 0
	w.lwm = q.lwm
	w.used, q.owed = w.used.plus(q.owed), tally{}
	q.mu.Unlock()
	return true
}

// takeAll takes what has come in and was not received, and gives credit for it. It
// returns how much that is.
func (w *Walker) takeAll() (segs []seg, left tally) {
	q := w.q
	segs = slices.Clone(w.segs[w.i:])
	if len(segs) > 0 {
		segs[0].b = segs[0].b[w.off:]
	}
	clear(w.segs)
	q.mu.Lock()
	segs = append(segs, q.segs...)
	clear(q.segs)
	q.segs = q.segs[:0]
	left = q.handed.minus(q.takenLocked()).minus(w.used)
	q.goLocked(q.handed.minus(q.gone.load()))
	q.owed = tally{}
	costs := q.costs
	wake := q.blocked
	q.blocked = false
	q.mu.Unlock()
	*w = Walker{q: q, place: place{segs: w.segs[:0]}, lwm: w.lwm, costs: costs}
	if wake {
		q.producer.owner.Wake(q.producer, Out)
	}
	return segs, left
}

// CanRecv reports whether Recv would succeed. If not, Wake follows.
func (e *End) CanRecv() bool {
	w := &e.in
	if w.i < len(w.segs) {
		return true
	}
	if w.q.conflate {
		return w.q.waiting() // left there, for a newer one to replace it
	}
	return w.refill()
}

// First is the first frame of the message that Recv gives next; nil: there is none
// now. What a queue that conflates holds is taken: no newer one replaces it.
func (e *End) First() []byte {
	if e.in.i >= len(e.in.segs) && !e.in.refill() {
		return nil
	}
	_, body, _, _ := e.in.peek()
	return body
}

// Recv sets m to the peer's next message. The frames are slices of received
// chunks, never written again while m.Chunk is not released. False means that there is
// none now: either Wake follows, or Ended is true.
func (e *End) Recv(m *msg.Message) bool {
	w := &e.in
	if w.i >= len(w.segs) && !w.refill() {
		return false
	}
	m.Frames = m.Frames[:0]
	for more := true; more; {
		s := &w.segs[w.i]
		b := s.b[w.off:]
		flags, size, h := zmtp.ParseHeader(b)
		body, chunk := b, s.chunk
		if size < uint64(len(b)-h) {
			end := h + int(size)
			body = b[h:end:end]
			w.off += end
			w.used.bytes += int64(end)
		} else {
			body, chunk = w.last()
		}
		m.Frames = append(m.Frames, body)
		m.Chunk = chunk // of the last frame: see Run.Add
		more = flags&zmtp.FlagMore != 0
		if len(m.Frames) == manyFrames && more {
			m.Frames = slices.Grow(m.Frames, w.frames())
		}
	}
	m.Peer = m.Chunk.Sender(e.Peer())
	if w.used.msgs++; w.used.reaches(w.lwm) {
		w.credit()
	}
	return true
}

// Next is Recv for a message of one frame that is part of a chunk, and at hand.
// Its chunk is nil if the next is not such a one, or there is none, or anything
// else has to be done.
func (e *End) Next() (frame []byte, chunk *msg.Chunk) {
	w := &e.in
	if w.i >= len(w.segs) || w.used.msgs+1 >= w.lwm.msgs {
		return nil, nil
	}
	s := &w.segs[w.i]
	if s.chunk == nil || s.chunk.Origin.Peer == nil {
		return nil, nil
	}
	b := s.b[w.off:]
	flags, size, h := zmtp.ParseHeader(b)
	end := h + int(size)
	if flags&zmtp.FlagMore != 0 || end >= len(b) || w.used.bytes+int64(end) >= w.lwm.bytes {
		return nil, nil // Recv ends segments, and gives credit
	}
	w.off += end
	w.used.msgs++
	w.used.bytes += int64(end)
	return b[h:end:end], s.chunk
}

// RecvMany is Recv for up to most messages of one frame that are part of chunks, and
// taken already. Each goes to keep, which says whether to go on: with its reference to
// the chunk if hold is set, else for as long as keep runs. chunk.Origin has the
// sender. It returns how many there were; whatever comes next is left to Recv.
func (e *End) RecvMany(most int, hold bool, keep func(frame []byte, chunk *msg.Chunk) bool) (n int) {
	w := &e.in
	for more := true; more && n < most && w.i < len(w.segs); {
		s := &w.segs[w.i]
		if s.chunk == nil {
			break
		}
		s.chunk.Sender(e.Peer())
		var k int
		k, more = w.run(most-n, keep)
		n += k
		if !hold {
			s.chunk.ReleaseN(k)
		}
		if w.off == len(s.b) {
			w.next()
		}
		if w.used.reaches(w.lwm) {
			w.credit()
		}
	}
	return n
}
