package pipe

import "sync/atomic"

// Credit: what was put counts against the marks until the consumer has credited
// it, at every multiple of the low-water mark. What waits is another count: what was
// put and not consumed, whether that was credited or not, nor dropped.

// a tally counts messages and the bytes that they count as.
type tally struct{ msgs, bytes int64 }

func (t tally) plus(u tally) tally  { return tally{t.msgs + u.msgs, t.bytes + u.bytes} }
func (t tally) minus(u tally) tally { return tally{t.msgs - u.msgs, t.bytes - u.bytes} }

// reaches reports whether one of the two is as much as u's.
func (t tally) reaches(u tally) bool { return t.msgs >= u.msgs || t.bytes >= u.bytes }

// due is what is credited of t, which has reached the low-water mark: messages in
// multiples of it.
func (t tally) due(lwm tally) tally { return tally{t.msgs - t.msgs%lwm.msgs, t.bytes} }

// a goneTally is a tally that is written under a lock and read without it.
type goneTally struct{ msgs, bytes atomic.Int64 }

func (g *goneTally) load() tally { return tally{g.msgs.Load(), g.bytes.Load()} }

// total is what was ever put.
func (q *Queue) total() tally {
	return tally{q.handed.msgs + q.open.msgs, q.handed.bytes + int64(len(q.open.b)-q.open.start)}
}

// under is what was put and is neither credited nor dropped.
func (q *Queue) under() tally { return q.total().minus(q.gone.load()) }

// setHWM sets the marks; zero: no bound. A queue that conflates has none.
func (q *Queue) setHWM(msgs, bytes int) {
	q.hwm = tally{noBound, noBound}
	q.lwm = tally{512, 1 << 16}
	if msgs > 0 {
		q.lwm.msgs = int64(msgs - msgs/2)
	}
	if bytes > 0 {
		q.lwm.bytes = min(q.lwm.bytes, int64(bytes-bytes/2))
	}
	if msgs > 0 && !q.conflate {
		q.hwm.msgs = int64(msgs)
	}
	if bytes > 0 && !q.conflate {
		q.hwm.bytes = int64(bytes)
	}
}

// setMarks changes the marks of a live queue. There may be room now, or credit
// be due that was not before.
func (q *Queue) setMarks(msgs, bytes int) {
	q.mu.Lock()
	q.setHWM(msgs, bytes)
	wake := q.settleLocked() || q.blocked
	q.blocked = false
	q.mu.Unlock()
	if wake {
		q.producer.owner.Wake(q.producer, Out)
	}
}

// full reports whether a mark is reached. Without mu it may be so no longer.
func (q *Queue) full() bool {
	all := q.total()
	return all.msgs-q.gone.msgs.Load() >= q.hwm.msgs || all.bytes-q.gone.bytes.Load() >= q.hwm.bytes
}

// goLocked counts messages as gone; negative ones have come back.
func (q *Queue) goLocked(t tally) {
	q.gone.msgs.Add(t.msgs)
	q.gone.bytes.Add(t.bytes)
}

// credit tells the producer's side that messages were consumed.
func (q *Queue) credit(t tally) {
	q.mu.Lock()
	wake := q.creditLocked(t)
	q.mu.Unlock()
	if wake {
		q.producer.owner.Wake(q.producer, Out)
	}
}

func (q *Queue) creditLocked(t tally) (wake bool) {
	q.goLocked(t)
	if q.blocked && t.msgs+t.bytes > 0 {
		q.blocked = false
		return true
	}
	return false
}

// settleLocked credits what is owed, as a Walker does.
func (q *Queue) settleLocked() (wake bool) {
	if !q.owed.reaches(q.lwm) {
		return false
	}
	give := q.owed.due(q.lwm)
	q.owed = q.owed.minus(give)
	return q.creditLocked(give)
}

// takenLocked is what has been consumed, credited or not, or dropped. What a Walker
// holds is on top.
func (q *Queue) takenLocked() tally { return q.gone.load().plus(q.owed).minus(q.hand) }
