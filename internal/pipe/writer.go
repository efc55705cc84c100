package pipe

import (
	"math"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// Sending, in four steps, of which a small message that finds everything ready needs
// the first and the last, under the sender's own lock alone:
//
//  1. add puts the frames, header and body, onto the open chunk, if they are small and
//     fit.
//  2. encodeLocked, with the queue's mutex, opens another chunk, and makes segments of
//     large frames, which are not copied where they can be referred to.
//  3. handLocked makes a segment of what the open chunk holds: the consumer sees that.
//  4. A consumer that sleeps is woken.

const (
	smallChunk = 1 << 12 // of a queue that holds little
	bigChunk   = 1 << 16 // of a queue that streams
)

// A Writer puts messages into wire form, onto the chunk that it has open. Each queue
// has one. A publisher has another one, for messages that go to many peers: their
// queues refer to its bytes (see SendShared), and what a queue refers to is then its
// open chunk, to which it adds nothing itself. It belongs to the sending half.
type Writer struct {
	chunk *msg.Chunk // nil: none. With one reference
	b     []byte     // the chunk up to what was written last; beyond there is room, if it is not lent
	start int        // b[start:] has not been handed over; of a publisher: is the last message
	msgs  int64      // that end in b[start:], of a queue
	big   bool       // it streams
}

// lent reports whether the open chunk is a publisher's.
func (w *Writer) lent() bool { return w.chunk != nil && cap(w.b) < len(w.chunk.B) }

// room is how many bytes can be added to the open chunk.
func (w *Writer) room() int { return cap(w.b) - len(w.b) }

// open opens a chunk with room for at least n bytes.
func (w *Writer) open(n int) {
	size := smallChunk
	if w.big {
		size = bigChunk
	}
	if w.chunk != nil {
		w.chunk.Release()
	}
	w.chunk = msg.NewChunk(max(size, n))
	w.b, w.start = w.chunk.B[:0], 0
}

// add returns the open chunk with frames behind it, and how many: as long as they are
// small and fit, and start before end. The last of all has no flags.
func (w *Writer) add(frames [][]byte, flags byte, end int) (b []byte, n int) {
	b = w.b
	for i, f := range frames {
		if len(f) >= msg.LargeFrame || cap(b)-len(b) < len(f)+zmtp.MaxHeader || len(b) >= end {
			return b, i
		}
		if i == len(frames)-1 {
			flags = 0
		}
		b = append(zmtp.AppendHeader(b, flags, len(f)), f...)
	}
	return b, len(frames)
}

// need bounds what small frames take, and says whether there are large ones.
func need(frames [][]byte) (n int, large bool) {
	for _, f := range frames {
		n += zmtp.MaxHeader
		if len(f) < msg.LargeFrame {
			n += len(f)
		} else {
			large = true
		}
	}
	return n, large
}

// mostShared bounds a message that is shared, lest much of a chunk is wasted. The
// bodies of larger ones are shared otherwise: see msg.Message.Shared.
const mostShared = bigChunk / 4

// Put makes m the message that SendShared sends. False: it is too large.
func (w *Writer) Put(m *msg.Message) bool {
	n, large := need(m.Frames)
	if large || n > mostShared {
		return false
	}
	if w.room() < n {
		w.big = true
		w.open(n)
	}
	w.start = len(w.b)
	w.b, _ = w.add(m.Frames, zmtp.FlagMore, math.MaxInt)
	return true
}

// Send queues m for the peer. False means that there is no room (Owner.Wake
// follows once there is) or that the peer has gone.
func (e *End) Send(m *msg.Message) bool { return e.out.append(m, false) }

// SendForce queues m beyond the high-water mark. False means that the peer has
// gone.
func (e *End) SendForce(m *msg.Message) bool { return e.out.append(m, true) }

// SendShared is Send of m, which was put into w.
func (e *End) SendShared(m *msg.Message, w *Writer) bool {
	return e.out.refer(w) || e.out.append(m, false)
}

// Put is Send for a message of one frame. False: it was not sent, and Send knows
// why.
func (e *End) Put(frame []byte) bool {
	q := e.out
	w := &q.open
	if !q.ready() || q.full() || len(frame) >= msg.LargeFrame || w.room() < len(frame)+zmtp.MaxHeader {
		return false
	}
	q.commit(append(zmtp.AppendHeader(w.b, 0, len(frame)), frame...), 1)
	return true
}

// PutMany is Put for many messages, in one go. It returns how many were sent; what
// comes next is left to Send.
func (e *End) PutMany(frames [][]byte) int {
	q := e.out
	if !q.ready() || q.full() {
		return 0
	}
	u := q.under()
	w := &q.open
	end := int64(len(w.b)) + min(q.hwm.bytes-u.bytes, int64(cap(w.b)))
	b, n := w.add(frames[:min(int64(len(frames)), q.hwm.msgs-u.msgs)], 0, int(end))
	if n > 0 {
		q.commit(b, int64(n))
	}
	return n
}

// Messages are whole messages of one small frame each in ZMTP 3 framing, one
// behind the other.
type Messages struct {
	Wire []byte
	N    int
}

// Grant is how many more messages SendRun is sure to take, if the other side is an
// engine that is awake; else 0. An engine that is awake asks for more before it
// sleeps. It belongs to the sending half.
func (e *End) Grant() int {
	q := e.out
	if q.kind != toEngine || q.sleeping.Load() || !q.ready() || q.hwm.bytes != noBound {
		return 0
	}
	return int(max(0, min(q.hwm.msgs-q.under().msgs, grantMax)))
}

// grantMax bounds what is held back from an engine.
const grantMax = 8192

// SendRun is Send for many messages. False: none was sent, for there is no room
// for all, or the peer has gone.
func (e *End) SendRun(m Messages) bool {
	q := e.out
	if !q.ready() || q.hwm.bytes != noBound || q.under().msgs+int64(m.N) > q.hwm.msgs {
		return false
	}
	if q.open.room() < len(m.Wire) {
		q.mu.Lock()
		q.roomLocked(len(m.Wire), false)
		q.mu.Unlock()
	}
	q.commit(append(q.open.b, m.Wire...), int64(m.N))
	return true
}

// ready reports whether messages may be put onto the open chunk without the mutex.
func (q *Queue) ready() bool { return !q.conflate && !q.over.Load() }

// commit makes b the open chunk, in which so many messages more end.
func (q *Queue) commit(b []byte, msgs int64) {
	q.open.b = b
	q.open.msgs += msgs
	if q.sleeping.Load() {
		q.flush()
	}
}

// refer queues the last message of w, without a lock while one follows the other.
// False: it did nothing.
func (q *Queue) refer(w *Writer) bool {
	if q.kind != toEngine || !q.ready() || q.full() {
		return false
	}
	if q.open.chunk != w.chunk || len(q.open.b) != w.start {
		q.mu.Lock()
		q.handLocked()
		q.mu.Unlock()
		w.chunk.Retain(1)
		q.open = Writer{chunk: w.chunk, start: w.start, big: q.open.big}
	}
	q.commit(w.b[:len(w.b):len(w.b)], 1)
	return true
}

// append puts m behind what is queued. It reports false, and has the producer
// woken later, when there is no room and force is not set.
func (q *Queue) append(m *msg.Message, force bool) bool {
	if q.ready() && (force || !q.full()) {
		if b, n := q.open.add(m.Frames, zmtp.FlagMore, math.MaxInt); n == len(m.Frames) {
			q.commit(b, 1)
			return true
		}
	}
	q.mu.Lock()
	if q.over.Load() {
		q.mu.Unlock()
		return false
	}
	if !force && q.full() {
		q.blocked = true
		q.mu.Unlock()
		return false
	}
	if q.conflate {
		q.dropLocked()
	}
	q.encodeLocked(m)
	if n := len(q.segs); q.conflate || n > 0 && q.segs[n-1].mid {
		q.sealLocked(false) // the consumer sees whole messages only, and only what is sealed
	}
	wake := q.wakeLocked()
	q.mu.Unlock()
	if wake {
		q.consumer.owner.Wake(q.consumer, In)
	}
	return true
}

// encodeLocked adds m, and makes room for it.
func (q *Queue) encodeLocked(m *msg.Message) {
	last := len(m.Frames) - 1
	if last > 0 {
		q.beginLocked(m.Frames)
	}
	for i, f := range m.Frames {
		var flags byte
		if i < last {
			flags = zmtp.FlagMore
		}
		if len(f) >= msg.LargeFrame {
			q.largeLocked(flags, f, m, i > 0)
			continue
		}
		q.roomLocked(len(f)+zmtp.MaxHeader, i > 0)
		q.open.b = zmtp.AppendFrame(q.open.b, flags, f)
	}
	if q.open.start < len(q.open.b) {
		q.open.msgs++
		return
	}
	s := &q.segs[len(q.segs)-1]
	s.msgs++
	q.handed.msgs++
	if s.chunk != nil && q.kind != toEngine {
		s.chunk.Retain(1)
	}
}

// beginLocked prepares for a message of several frames so that a segment ends
// with the message before it, or the message itself ends one: a batch can only
// stop there, and must not grow without bound.
func (q *Queue) beginLocked(frames [][]byte) {
	n, large := need(frames)
	switch {
	case n > bigChunk, large && len(frames[len(frames)-1]) < msg.LargeFrame:
		q.sealLocked(false)
	default:
		q.roomLocked(n, false)
	}
}

// roomLocked has the open chunk have room for n bytes. mid says that a message has
// been begun.
func (q *Queue) roomLocked(n int, mid bool) {
	w := &q.open
	if w.room() >= n {
		return
	}
	if len(w.b) > 0 && !w.lent() {
		w.big = true
	}
	q.sealLocked(mid)
	w.open(n)
}

// largeLocked queues a frame of m whose body is a segment of its own. The caller
// counts the message.
func (q *Queue) largeLocked(flags byte, f []byte, m *msg.Message, mid bool) {
	q.roomLocked(zmtp.MaxHeader, mid)
	q.open.b = zmtp.AppendHeader(q.open.b, flags, len(f))
	q.sealLocked(true)
	s := seg{b: f, mid: flags&zmtp.FlagMore != 0}
	switch held := m.Holder(f); {
	case held != nil && q.kind == toEngine:
		held.Retain(1)
		s.chunk = held
	case m.Shared && held == nil:
	default:
		s.chunk = msg.NewChunk(len(f))
		s.b = append(s.chunk.B[:0], f...)
		if s.mid && q.kind != toEngine {
			s.chunk.Pin() // its message ends elsewhere
		}
	}
	q.pushLocked(s)
}

// sealLocked makes a segment of what the open chunk holds, and goes on with the rest
// of it. mid: the message at the end is not complete.
func (q *Queue) sealLocked(mid bool) {
	w := &q.open
	if w.start == len(w.b) {
		return
	}
	s := seg{b: w.b[w.start:len(w.b):len(w.b)], msgs: w.msgs, mid: mid, chunk: w.chunk}
	refs := 1
	if q.kind != toEngine {
		refs += int(s.msgs)
		if mid {
			s.chunk.Pin()
		}
	}
	s.chunk.Retain(refs)
	q.pushLocked(s)
	w.start, w.msgs = len(w.b), 0
}

// handLocked hands over what the open chunk holds: to an engine the chunk with it, so
// that a queue that is empty keeps none.
func (q *Queue) handLocked() {
	w := &q.open
	switch n := len(w.b) - w.start; {
	case q.kind != toEngine:
		q.sealLocked(false)
	case n > 0:
		q.pushLocked(seg{b: w.b[w.start:], msgs: w.msgs, chunk: w.chunk})
		q.open = Writer{big: w.big && n >= smallChunk/2}
	case w.chunk != nil:
		w.chunk.Release()
		q.open = Writer{big: w.big}
	}
}

// pushLocked puts a segment behind the others.
func (q *Queue) pushLocked(s seg) {
	q.segs = append(q.segs, s)
	q.handed = q.handed.plus(s.size())
}

// noBound is a mark that is never reached.
const noBound = math.MaxInt64
