package pipe

// Credit: what was put counts against the marks until the consumer has credited
// it, at every multiple of the low-water mark. What waits is another count: what was
// put and not consumed, whether that was credited or not, nor dropped.

// under is what was put and is neither credited nor dropped.
func (q *Queue) under() (msgs, bytes int) {
	return int(q.put - q.goneMsgs.Load()), int(q.putBytes - q.goneBytes.Load())
}

func (q *Queue) setHWM(msgs, bytes int) {
	q.hwm, q.hwmBytes = msgs, bytes
	q.lwm = msgs - msgs/2
	if msgs <= 0 {
		q.lwm = 512
	}
	q.lwmBytes = 1 << 16
	if bytes > 0 {
		q.lwmBytes = min(q.lwmBytes, bytes-bytes/2)
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
	if q.conflate {
		return false
	}
	msgs, bytes := q.under()
	return q.hwm > 0 && msgs >= q.hwm || q.hwmBytes > 0 && bytes >= q.hwmBytes
}

// goLocked counts messages as gone; negative ones have come back.
func (q *Queue) goLocked(msgs, bytes int) {
	q.goneMsgs.Add(uint64(msgs))
	q.goneBytes.Add(uint64(bytes))
}

// credit tells the producer's side that messages were consumed.
func (q *Queue) credit(msgs, bytes int) {
	q.mu.Lock()
	wake := q.creditLocked(msgs, bytes)
	q.mu.Unlock()
	if wake {
		q.producer.owner.Wake(q.producer, Out)
	}
}

func (q *Queue) creditLocked(msgs, bytes int) (wake bool) {
	q.goLocked(msgs, bytes)
	if q.blocked && msgs+bytes > 0 {
		q.blocked = false
		return true
	}
	return false
}

// settleLocked credits what is owed: messages in multiples of the low-water
// mark, as a reader of single messages would give it back.
func (q *Queue) settleLocked() (wake bool) {
	if q.owed.msgs < q.lwm && q.owed.bytes < q.lwmBytes {
		return false
	}
	give := q.owed.msgs - q.owed.msgs%q.lwm
	wake = q.creditLocked(give, q.owed.bytes)
	q.owed.msgs -= give
	q.owed.bytes = 0
	return wake
}

// takenLocked is how much of put has been consumed, credited or not, or dropped.
// What a cursor holds is on top.
func (q *Queue) takenLocked() (msgs, bytes uint64) {
	return q.goneMsgs.Load() + uint64(q.owed.msgs-q.hand.msgs), q.goneBytes.Load() + uint64(q.owed.bytes-q.hand.bytes)
}
