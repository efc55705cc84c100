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
// held. The open chunk of a queue that a socket sends into is guarded by that
// socket's send lock as well, so that a small message costs no lock of its own:
// it is handed over when it is full, when the consumer sleeps, and when the
// consumer asks (Owner.Flush). The consumer goes to sleep in three steps: it
// says so, it asks, it looks again. A sender that was sending meanwhile either
// saw the first, or answers the second when it is done.
//
// The Walker of an End belongs to whatever may receive from it: the socket's
// receive lock, or the one writer goroutine of an engine. Wake-ups are sent
// after the mutex is released; an Owner must not call back into a socket from
// them, because the caller may hold another socket's locks.
package pipe

import (
	"sync"
	"sync/atomic"

	"github.com/zeroth-mq/zmq/internal/msg"
)

// a seg is a run of whole frames, or one large body.
type seg struct {
	b    []byte
	msgs int64 // whose last frame ends in it
	mid  bool  // the message at its end goes on in the next segment
	cost int   // what it is counted as beside the bytes of b: see Run.Charge

	// What b is part of; nil: what the collector frees. With one reference, and where
	// a socket receives, with one more for each of msgs.
	chunk *msg.Chunk
}

// size is what a segment counts as.
func (s *seg) size() tally { return tally{s.msgs, int64(len(s.b) + s.cost)} }

// a kind says what lies at the ends of a queue.
type kind uint8

const (
	between    kind = iota // a socket sends, a socket receives
	toEngine               // a socket sends, an engine takes batches
	fromEngine             // an engine publishes runs, a socket receives
)

// a Queue carries messages one way. What is in it counts three times as it goes:
//
//	open chunk ── hand ──▶ segments ── take ──▶ the consumer ── credit ──▶ gone
//	└─ open.msgs ─┘        └───────────── handed - gone ─────────────┘
//
// It ends from either side:
//
//	open ── CloseOut ──▶ closed ── all is taken ──▶ drained (Ended)
//	 └───── CloseIn ───▶ dead: what is queued is dropped    (also from closed)
//
// and until then the consumer is awake, or asleep:
//
//	awake ── it finds nothing, says so, asks, and finds nothing again ──▶ asleep
//	asleep ── something is handed over, or the queue is closed: Wake ──▶ awake
type Queue struct {
	consumer, producer *End // whom to wake
	kind               kind
	conflate           bool // hold the last message only

	// The producer's: guarded by its send lock, or if that is an engine, by mu. Marks
	// are changed, and the open chunk is handed over, under both.
	open Writer
	hwm  tally // there is no room from here on

	mu      sync.Mutex
	segs    []seg    // oldest first
	handed  tally    // what ever became a segment; the producer may read it
	costs   int64    // of its bytes, what was no byte of a frame
	blocked bool     // the producer found no room and wants to be told
	closed  bool     // the producer will put no more
	dead    bool     // the consumer will take no more
	lwm     tally    // credit is given in multiples of these messages, and whenever so many bytes were consumed
	owed    tally    // consumed and not yet credited; what a Walker holds is on top
	hand    tally    // of what an engine has taken: what it has not yet said to be written
	revoked [][]byte // first frames of messages in hand that are not to be sent again

	// Written under mu, read by the producer without it.
	sleeping atomic.Bool // the consumer found nothing and wants to be told
	over     atomic.Bool // closed or dead
	gone     goneTally   // credited, or dropped

	expelled atomic.Pointer[error] // why the consumer wants the producer's connection to end; nil: it does not
}

// flush hands the open chunk over to the consumer.
func (q *Queue) flush() {
	q.mu.Lock()
	q.handLocked()
	wake := q.wakeLocked()
	q.mu.Unlock()
	if wake {
		q.consumer.owner.Wake(q.consumer, In)
	}
}

// ask has the producer hand its open chunk over: now, or when it has sent what it is
// sending. An engine has none.
func (q *Queue) ask() {
	if q.kind != fromEngine {
		q.producer.owner.Flush(q.producer)
	}
}

// wakeLocked reports whether the consumer sleeps and has something to wake for.
func (q *Queue) wakeLocked() bool {
	if !q.sleeping.Load() {
		return false
	}
	q.handLocked()
	if len(q.segs) == 0 {
		return false
	}
	q.sleeping.Store(false)
	return true
}

// dropLocked forgets what is queued and not taken, and returns how many
// messages that was.
func (q *Queue) dropLocked() int {
	q.handLocked()
	var all tally
	for i := range q.segs {
		all = all.plus(q.segs[i].size())
	}
	q.letGo(q.segs)
	clear(q.segs)
	q.segs = q.segs[:0]
	q.goLocked(all)
	return int(all.msgs)
}

// letGo gives back the references of segments that no engine writes. What a socket
// would have received is left to the collector.
func (q *Queue) letGo(segs []seg) {
	for i := range segs {
		if c := segs[i].chunk; c != nil && q.kind == toEngine {
			c.Release()
		}
	}
}

// waiting reports whether something is queued, and asks for the consumer to be
// woken if not.
func (q *Queue) waiting() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.segs) > 0 {
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
		q.letGo(q.segs)
		clear(q.segs)
		q.segs = nil
	} else {
		q.handLocked()
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
