// Package pipe is the queue between a socket and one peer.
//
// A pipe is two queues, one each way, and two Ends. What a queue holds is not
// messages but the bytes that go over the wire: chunks in ZMTP 3 framing.
//
//  1. Send copies a small frame, header and body, onto the end of the open
//     chunk; a body of msg.LargeFrame bytes or more becomes a segment of its own
//     behind its header.
//  2. The consumer takes everything that is queued under one lock. An engine's
//     writer hands it to the kernel as it is; a socket's Recv walks it without
//     any lock and gives out slices of it.
//  3. Credit flows back once every low-water mark, and a wake-up is sent only
//     to a side that said it is about to wait.
//
// A segment boundary is always a frame boundary, and a body that is not in the
// segment of its header is exactly the whole next segment.
//
// Locking: a Queue's mutex guards its fields and nothing is called with it
// held. The open chunk of a private queue, one that a socket sends into, is
// guarded by that socket's send lock instead, so that a small message costs no
// lock of its own: it is handed over when it is full, when the consumer sleeps,
// and when the consumer asks (Owner.Flush). The consumer goes to sleep in three
// steps: it says so, it asks, it looks again. Whoever was sending meanwhile
// either saw the first, or answers the second when done.
//
// The cursor of an End belongs to whoever may receive from it: the socket's
// receive lock, or the one writer goroutine of an engine. Wake-ups are sent
// after the mutex is released; an Owner must not call back into a socket from
// them, because the caller may hold another socket's locks.
package pipe

import (
	"sync"
	"sync/atomic"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// a seg is a run of whole frames, or one large body.
type seg struct {
	b    []byte
	msgs int  // messages whose last frame ends in it
	own  bool // from getBuf, and referenced by this queue alone
	mid  bool // the message at its end goes on in the next segment
	cost int  // what it is counted as beside the bytes of b: see Run.Charge

	// What b is part of, with one reference, if it is shared; or if it was received,
	// with one more for each of msgs.
	chunk *msg.Chunk
}

// wireSize is what a frame with a body of n bytes adds to the count of queued
// bytes: with its header, so that endless empty frames are bounded too. Both
// sides of a queue count the same bytes, or the count would drift.
func wireSize(n int) int {
	if n > 255 {
		return n + zmtp.MaxHeader
	}
	return n + 2
}

// a tally counts messages and the bytes that they count as.
type tally struct{ msgs, bytes int }

// a Queue carries messages one way.
type Queue struct {
	consumer, producer *End // whom to wake

	recycle  bool // the consumer gives buffers back
	conflate bool // hold the last message only
	private  bool // the producer's half is guarded by its own lock

	// The producer's half: guarded by mu, or, if private, by whatever lets
	// one caller at a time send. Marks are changed under both.
	tail     []byte     // the open chunk
	buf      *msg.Chunk // what it is part of, if a socket is the consumer
	loan     *msg.Chunk // what it is a part of, with one reference, if that is shared; nothing is added to it then
	start    int        // tail[start:] has not been taken
	tailMsgs int        // messages ended in tail[start:]
	big      bool       // it streams: open big chunks
	put      uint64     // messages ever put
	putBytes uint64
	hwm      int // messages
	hwmBytes int

	mu       sync.Mutex
	segs     []seg    // sealed, oldest first
	blocked  bool     // the producer found no room and wants to be told
	closed   bool     // the producer will put no more
	dead     bool     // the consumer will take no more
	lwm      int      // credit is given in multiples of this
	lwmBytes int      // and whenever this many bytes were consumed
	owed     tally    // consumed and not yet credited; what a cursor holds is on top
	hand     tally    // of what an engine has taken: what it has not yet said to be written
	revoked  [][]byte // first frames of messages in hand that are not to be sent again

	// Of put and putBytes, what the consumer can see; of private queues only.
	handed      uint64
	handedBytes uint64
	costs       uint64 // of putBytes, what was no byte of a frame

	// Written under mu, read by the producer without it.
	sleeping  atomic.Bool   // the consumer found nothing and wants to be told
	over      atomic.Bool   // closed or dead
	goneMsgs  atomic.Uint64 // of put: credited, or dropped
	goneBytes atomic.Uint64

	expelled atomic.Pointer[error] // why the consumer wants the producer's connection to end; nil: it does not
}

// append puts m behind what is queued. It reports false, and has the producer
// woken later, when there is no room and force is not set.
func (q *Queue) append(m *msg.Message, force bool) bool {
	if q.private && (len(m.Frames) == 1 && q.put1(m.Frames[0], force) || len(m.Frames) > 1 && q.putAll(m.Frames, force)) {
		return true
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
	if q.loan != nil {
		q.handLocked()
	}
	last := len(m.Frames) - 1
	if last > 0 {
		q.beginLocked(m.Frames)
	}
	size := 0
	for i, f := range m.Frames {
		var flags byte
		if i < last {
			flags = zmtp.FlagMore
		}
		size += wireSize(len(f))
		if len(f) >= msg.LargeFrame {
			q.appendLargeLocked(flags, f, m, i > 0)
			continue
		}
		if cap(q.tail)-len(q.tail) < len(f)+zmtp.MaxHeader {
			q.growLocked(len(f)+zmtp.MaxHeader, i > 0)
		}
		q.tail = zmtp.AppendHeader(q.tail, flags, len(f))
		q.tail = append(q.tail, f...)
	}
	if q.start < len(q.tail) {
		q.tailMsgs++
	} else {
		s := &q.segs[len(q.segs)-1]
		s.msgs++
		if s.chunk != nil && !q.recycle {
			s.chunk.Retain(1)
		}
	}
	q.put++
	q.putBytes += uint64(size)
	if n := len(q.segs); q.private && n > 0 && q.segs[n-1].mid {
		q.handLocked() // the consumer sees whole messages only
	}
	q.noteLocked()
	wake := q.wakeLocked()
	q.mu.Unlock()
	if wake {
		q.consumer.owner.Wake(q.consumer, In)
	}
	return true
}

// flush hands a private chunk over to the consumer.
func (q *Queue) flush() {
	q.mu.Lock()
	q.handLocked()
	wake := q.wakeLocked()
	q.mu.Unlock()
	if wake {
		q.consumer.owner.Wake(q.consumer, In)
	}
}

// wakeLocked reports whether the consumer sleeps and has something to wake for.
func (q *Queue) wakeLocked() bool {
	if !q.sleeping.Load() {
		return false
	}
	if q.private {
		q.handLocked()
	}
	if len(q.segs) == 0 && q.start == len(q.tail) {
		return false
	}
	q.sleeping.Store(false)
	return true
}

// noteLocked says what the consumer can see.
func (q *Queue) noteLocked() {
	q.handed = q.put - uint64(q.tailMsgs)
	q.handedBytes = q.putBytes - uint64(len(q.tail)-q.start)
}

// handLocked makes the open chunk a segment, buffer and all if that comes back.
func (q *Queue) handLocked() {
	n := len(q.tail) - q.start
	if n == 0 {
		if q.loan != nil {
			q.tail, q.start, q.loan = nil, 0, nil
		}
		return
	}
	defer q.noteLocked()
	if !q.recycle {
		q.sealLocked(false)
		return
	}
	q.segs = append(q.segs, seg{b: q.tail[q.start:], msgs: q.tailMsgs, own: q.loan == nil && q.start == 0, chunk: q.loan})
	q.tail, q.start, q.tailMsgs, q.loan = nil, 0, 0, nil
	if n < smallChunk/2 {
		q.big = false
	}
}

// beginLocked prepares for a message of several frames so that a segment ends
// with the message before it, or the message itself ends one: a batch can only
// stop there, and must not grow without bound.
func (q *Queue) beginLocked(frames [][]byte) {
	need, large := 0, false
	for _, f := range frames {
		need += zmtp.MaxHeader
		if len(f) < msg.LargeFrame {
			need += len(f)
		} else {
			large = true
		}
	}
	switch {
	case need > bigChunk, large && len(frames[len(frames)-1]) < msg.LargeFrame:
		q.sealLocked(false)
	case cap(q.tail)-len(q.tail) < need:
		q.growLocked(need, false)
	}
}

// sealLocked closes the untaken part of the open chunk into a segment.
func (q *Queue) sealLocked(mid bool) {
	if q.start < len(q.tail) {
		if q.buf != nil {
			q.buf.Retain(1 + q.tailMsgs)
			if mid {
				q.buf.Pin()
			}
		}
		q.segs = append(q.segs, seg{b: q.tail[q.start:len(q.tail):len(q.tail)], msgs: q.tailMsgs, mid: mid, chunk: q.buf})
		q.tailMsgs = 0
		q.start = len(q.tail)
	}
}

// growLocked opens a new chunk with room for at least n bytes. mid says that a
// message has been begun.
func (q *Queue) growLocked(n int, mid bool) {
	if len(q.tail) > 0 {
		q.big = true
		if q.recycle && q.start == 0 {
			// The whole buffer goes along, so that it can come back.
			q.segs = append(q.segs, seg{b: q.tail, msgs: q.tailMsgs, own: true, mid: mid})
			q.tailMsgs = 0
		} else {
			q.sealLocked(mid)
		}
	}
	size := smallChunk
	if q.big {
		size = bigChunk
	}
	if size < n {
		size = n
	}
	q.start = 0
	if q.recycle {
		q.tail = getBuf(size)
		return
	}
	if q.buf != nil {
		q.buf.Release()
	}
	q.buf = msg.NewChunk(size)
	q.tail = q.buf.B[:0]
}

// appendLargeLocked queues a frame of m whose body is a segment of its own. The
// caller counts the message.
func (q *Queue) appendLargeLocked(flags byte, f []byte, m *msg.Message, mid bool) {
	if cap(q.tail)-len(q.tail) < zmtp.MaxHeader {
		q.growLocked(zmtp.MaxHeader, mid)
	}
	q.tail = zmtp.AppendHeader(q.tail, flags, len(f))
	q.sealLocked(true)
	s := seg{b: f, mid: flags&zmtp.FlagMore != 0}
	switch held := m.Holder(f); {
	case held != nil && q.recycle:
		held.Retain(1)
		s.chunk = held
	case m.Shared && held == nil:
	case q.recycle:
		s.b, s.own = append(getBuf(len(f)), f...), true
	default:
		s.chunk = msg.NewChunk(len(f))
		s.b = append(s.chunk.B[:0], f...)
		if s.mid {
			s.chunk.Pin() // its message ends elsewhere
		}
	}
	q.segs = append(q.segs, s)
}

// dropLocked forgets what is queued and not taken, and returns how many
// messages that was.
func (q *Queue) dropLocked() int {
	n, size := q.tailMsgs, len(q.tail)-q.start
	for i := range q.segs {
		n += q.segs[i].msgs
		size += len(q.segs[i].b) + q.segs[i].cost
	}
	letGo(q.segs)
	clear(q.segs)
	q.segs = q.segs[:0]
	q.start = len(q.tail)
	q.tailMsgs = 0
	q.goLocked(n, size)
	return n
}

// letGo gives back the foreign memory of segments that go nowhere. What else they
// are made of is left to the collector.
func letGo(segs []seg) {
	for i := range segs {
		if c := segs[i].chunk; c != nil && c.IsForeign() {
			c.Release()
		}
	}
}

// waiting reports whether something is queued, and asks for the consumer to be
// woken if not.
func (q *Queue) waiting() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.segs) > 0 || q.start < len(q.tail) {
		return true
	}
	q.sleeping.Store(!q.closed)
	return false
}

// end marks the queue as finished from the producer's side, or abandoned from
// the consumer's, and wakes the other side.
func (q *Queue) end(byConsumer bool) {
	q.mu.Lock()
	already := q.closed
	wake := q.sleeping.Load()
	q.over.Store(true)
	if byConsumer {
		already = q.dead
		wake = q.blocked
		q.dead, q.blocked = true, false
		letGo(q.segs)
		clear(q.segs)
		q.segs = nil
	} else {
		if q.private {
			q.handLocked()
		}
		q.closed = true
		q.sleeping.Store(false)
	}
	q.mu.Unlock()
	switch {
	case already || !wake:
	case byConsumer:
		q.producer.owner.Wake(q.producer, Out)
	default:
		q.consumer.owner.Wake(q.consumer, In)
	}
}
