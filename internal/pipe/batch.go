package pipe

import (
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// A Batch is what an engine's writer took from a queue: whole messages in wire
// form. It is reused from one take to the next.
type Batch struct {
	segs  []seg
	Bufs  [][]byte // the same bytes, for writev
	Bytes int      // wire bytes, headers included
	Msgs  int
}

// One makes b a message of one frame that comes from no queue.
func (b *Batch) One(frame []byte) {
	wire := zmtp.AppendFrame(nil, 0, frame)
	b.segs = append(b.segs[:0], seg{b: wire, msgs: 1})
	b.Bufs, b.Bytes, b.Msgs = append(b.Bufs[:0], wire), len(wire), 1
}

// TakeBatch fills b with whole messages, stopping at the first message
// boundary past max bytes. It reports whether there are any; if not, Wake
// follows, or done is true: the socket has closed its side and all is taken.
func (e *End) TakeBatch(b *Batch, max int) (any, done bool) {
	q := e.in.q
	q.ask()
	if any, done = q.takeBatch(b, max); any || done {
		return any, done
	}
	// It sleeps now. Something may have come in between.
	q.ask()
	return q.takeBatch(b, max)
}

// TakeHanded is TakeBatch for the caller that sends into the pipe: the socket's open
// chunk was handed over just now, or stays. False: there is nothing, and Wake
// follows; or the end, which is left to TakeBatch.
func (e *End) TakeHanded(b *Batch, max int) bool {
	any, _ := e.in.q.takeBatch(b, max)
	return any
}

func (q *Queue) takeBatch(b *Batch, max int) (any, done bool) {
	b.segs, b.Bufs, b.Bytes, b.Msgs = b.segs[:0], b.Bufs[:0], 0, 0
	q.mu.Lock()
	n := 0
	for n < len(q.segs) {
		s := &q.segs[n]
		b.segs = append(b.segs, *s)
		b.Bytes += len(s.b)
		b.Msgs += int(s.msgs)
		n++
		if b.Bytes >= max && !s.mid {
			break
		}
	}
	k := copy(q.segs, q.segs[n:])
	clear(q.segs[k:])
	q.segs = q.segs[:k]
	q.hand, q.revoked = tally{int64(b.Msgs), int64(b.Bytes)}, nil // what was taken before is written
	q.owed = q.owed.plus(q.hand)
	wake := q.settleLocked()
	any = len(b.segs) > 0
	if !any {
		done = q.closed
	}
	q.sleeping.Store(!any && !done)
	q.mu.Unlock()
	if wake {
		q.producer.owner.Wake(q.producer, Out)
	}
	for i := range b.segs {
		b.Bufs = append(b.Bufs, b.segs[i].b)
	}
	return any, done
}

// Free gives the batch's buffers back after they have been written.
func (b *Batch) Free() {
	for i := range b.segs {
		if c := b.segs[i].chunk; c != nil {
			c.Release()
		}
	}
	b.Drop()
}

// Drop lets the batch's buffers go without giving them back. It is empty then.
func (b *Batch) Drop() {
	clear(b.segs)
	clear(b.Bufs[:cap(b.Bufs)])
	b.segs, b.Bufs, b.Bytes, b.Msgs = b.segs[:0], b.Bufs[:0], 0, 0
}

// Frames calls f for each frame of the batch, in order.
func (b *Batch) Frames(f func(flags byte, body []byte)) {
	for at := (place{segs: b.segs}); at.more(); {
		flags, body, _ := at.step()
		f(flags, body)
	}
}

// Whole is the number of messages that end within the batch's first n bytes.
func (b *Batch) Whole(n int) (whole int) {
	bytes := 0
	for at := (place{segs: b.segs}); at.more(); {
		flags, body, h := at.step()
		bytes += h + len(body)
		if flags&zmtp.FlagMore == 0 && bytes <= n {
			whole++
		}
	}
	return whole
}

// Unread puts back, in front of the queue, the messages of b behind the first
// n, which went out whole. A peer cannot have seen the others whole, so sending
// them again duplicates nothing. The batch is dropped, and nothing uses its buffers
// any more but the queue.
func (e *End) Unread(b *Batch, n int) {
	q := e.in.q
	back := b.behind(q, n)
	b.Drop()
	q.mu.Lock()
	defer q.mu.Unlock()
	revoked := q.revoked
	q.hand, q.revoked = tally{}, nil
	var size tally
	for i := range back {
		size = size.plus(back[i].size())
	}
	if size.msgs == 0 || q.dead || q.conflate && len(q.segs) > 0 {
		q.letGo(back)
		return
	}
	q.segs = append(back, q.segs...)
	q.goLocked(tally{}.minus(size))
	for _, first := range revoked {
		q.cutLocked(first)
	}
}

// behind is what follows the first n messages of a batch of q: the segments
// themselves if that is all, or a copy.
func (b *Batch) behind(q *Queue, n int) []seg {
	if n == 0 {
		return append([]seg(nil), b.segs...)
	}
	var rest seg
	at := 0
	b.Frames(func(flags byte, body []byte) {
		last := flags&zmtp.FlagMore == 0
		if at >= n {
			rest.b = zmtp.AppendFrame(rest.b, flags&zmtp.FlagMore, body)
			if last {
				rest.msgs++
			}
		}
		if last {
			at++
		}
	})
	q.letGo(b.segs)
	return []seg{rest}
}

// A Run is what an engine's reader publishes: wire bytes of whole messages,
// cut only at frame boundaries or between a header and its body.
type Run struct {
	segs  []seg
	Msgs  int
	Bytes int // of frames, and what Charge added
	costs int
}

// SegmentCost is what a segment is counted as beside its bytes: about what it
// takes in a queue.
const SegmentCost = 64

// Add appends a segment in which msgs messages end. If it is part of a chunk,
// each of them gets a reference to that, and the segment one until it is walked. Frames of a message that ends in a
// later segment hold none; their chunk must be pinned if it is another one.
func (r *Run) Add(b []byte, msgs int, chunk *msg.Chunk) {
	if chunk != nil {
		chunk.Retain(1 + msgs)
	}
	r.segs = append(r.segs, seg{b: b, msgs: int64(msgs), chunk: chunk})
	r.Msgs += msgs
	r.Bytes += len(b)
	r.Charge(SegmentCost)
}

// Charge has the last segment count as n bytes more than it has: it keeps so much
// memory that is not its own. The marks in bytes so bound what a queue keeps.
func (r *Run) Charge(n int) {
	r.segs[len(r.segs)-1].cost += n
	r.Bytes += n
	r.costs += n
}

// Len is the number of segments.
func (r *Run) Len() int { return len(r.segs) }

// Publish queues r for the socket whatever the marks say, and empties it. The
// engine asks Room before it reads on. False means that the socket has closed.
func (e *End) Publish(r *Run) bool {
	q := e.out
	q.mu.Lock()
	if q.dead || q.closed {
		q.mu.Unlock()
		r.reset()
		return false
	}
	if q.conflate {
		q.dropLocked()
		last := r.newest() // a copy
		r.Bytes, r.costs = r.Bytes-r.costs, 0
		q.segs = append(q.segs, last)
		q.goLocked(tally{int64(r.Msgs - 1), int64(r.Bytes - len(last.b))})
	} else {
		q.segs = append(q.segs, r.segs...)
	}
	q.handed = q.handed.plus(tally{int64(r.Msgs), int64(r.Bytes)})
	q.costs += int64(r.costs)
	wake := q.wakeLocked()
	q.mu.Unlock()
	r.reset()
	if wake {
		q.consumer.owner.Wake(q.consumer, In)
	}
	return true
}

func (r *Run) reset() {
	clear(r.segs)
	r.segs, r.Msgs, r.Bytes, r.costs = r.segs[:0], 0, 0, 0
}

// newest is the run's last message.
func (r *Run) newest() seg {
	b := Batch{segs: r.segs}
	var last []byte
	mid := false
	b.Frames(func(flags byte, body []byte) {
		if !mid {
			last = last[:0]
		}
		mid = flags&zmtp.FlagMore != 0
		last = zmtp.AppendFrame(last, flags&zmtp.FlagMore, body)
	})
	return seg{b: last, msgs: 1}
}

// Room reports whether the socket's inbound queue is below its marks. If not,
// Wake follows once it is.
func (e *End) Room() bool {
	q := e.out
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.dead || q.closed {
		return true // Publish says so
	}
	if q.full() {
		q.blocked = true
		return false
	}
	return true
}
