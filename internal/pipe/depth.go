package pipe

// What is told of a pipe: what waits in it, and what went through. Credit, which the
// marks go by, comes in batches and is another count: see credit.go.

// A Depth is a snapshot of one End's queues.
type Depth struct {
	SendMsgs, SendBytes int // queued for the peer, or in the hand of the engine that writes
	RecvMsgs, RecvBytes int // received and not yet read
	Sent, SentBytes     uint64
	Received, RecvTotal uint64 // bytes of frames alone
}

// Depth is called by a goroutine that may both send and receive. Where a socket is
// at the other end, what is queued for it includes what it has read since it gave
// credit: see Taken.
func (e *End) Depth() Depth {
	if e.in.private {
		e.in.producer.owner.Flush(e.in.producer)
	}
	var d Depth
	e.out.mu.Lock()
	d.Sent, d.SentBytes = e.out.put, e.out.putBytes
	msgs, bytes := e.out.takenLocked()
	d.SendMsgs, d.SendBytes = int(d.Sent-msgs), int(d.SentBytes-bytes)
	e.out.mu.Unlock()
	e.in.mu.Lock()
	d.Received, d.RecvTotal = e.in.visibleLocked()
	costs := e.in.costs
	e.in.mu.Unlock()
	msgs, bytes = e.Taken()
	bytes -= e.cur.costs
	d.RecvTotal -= costs
	d.RecvMsgs, d.RecvBytes = max(int(d.Received-msgs), 0), max(int(d.RecvTotal-bytes), 0)
	return d
}

// Waiting is how many messages there are to receive. It belongs to the receiving
// half.
func (e *End) Waiting() int {
	if e.in.private {
		e.in.producer.owner.Flush(e.in.producer)
	}
	e.in.mu.Lock()
	defer e.in.mu.Unlock()
	have, _ := e.in.visibleLocked()
	gone, _ := e.in.takenLocked()
	return max(int(have-gone)-e.cur.msgs, 0)
}

// Taken is how much of what the peer ever sent has been read here, or dropped. It
// belongs to the receiving half.
func (e *End) Taken() (msgs, bytes uint64) {
	e.in.mu.Lock()
	msgs, bytes = e.in.takenLocked()
	e.in.mu.Unlock()
	return msgs + uint64(e.cur.msgs), bytes + uint64(e.cur.bytes)
}

// visibleLocked is what was ever put and the consumer can see.
func (q *Queue) visibleLocked() (msgs, bytes uint64) {
	if q.private {
		return q.handed, q.handedBytes
	}
	return q.put, q.putBytes
}

// Queued is the number of messages that were sent and not yet taken. It belongs
// to the sending half.
func (e *End) Queued() int {
	e.out.mu.Lock()
	defer e.out.mu.Unlock()
	if e.out.dead {
		return 0
	}
	n := e.out.tailMsgs
	for i := range e.out.segs {
		n += e.out.segs[i].msgs
	}
	return n
}
