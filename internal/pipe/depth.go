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
	e.in.q.ask()
	var d Depth
	e.out.mu.Lock()
	put := e.out.total()
	left := put.minus(e.out.takenLocked())
	e.out.mu.Unlock()
	d.Sent, d.SentBytes = uint64(put.msgs), uint64(put.bytes)
	d.SendMsgs, d.SendBytes = int(left.msgs), int(left.bytes)
	e.in.q.mu.Lock()
	got, costs := e.in.q.handed, e.in.q.costs
	left = got.minus(e.in.q.takenLocked()).minus(e.in.used)
	e.in.q.mu.Unlock()
	d.Received, d.RecvTotal = uint64(got.msgs), uint64(got.bytes-costs)
	d.RecvMsgs, d.RecvBytes = max(int(left.msgs), 0), max(int(left.bytes-costs+e.in.costs), 0)
	return d
}

// Waiting is how many messages there are to receive. It belongs to the receiving
// half.
func (e *End) Waiting() int {
	e.in.q.ask()
	e.in.q.mu.Lock()
	defer e.in.q.mu.Unlock()
	return max(int(e.in.q.handed.minus(e.in.q.takenLocked()).msgs-e.in.used.msgs), 0)
}

// Taken is how much of what the peer ever sent has been read here, or dropped. It
// belongs to the receiving half.
func (e *End) Taken() (msgs, bytes uint64) {
	e.in.q.mu.Lock()
	t := e.in.q.takenLocked().plus(e.in.used)
	e.in.q.mu.Unlock()
	return uint64(t.msgs), uint64(t.bytes)
}

// Queued is the number of messages that were sent and not yet taken. It belongs
// to the sending half.
func (e *End) Queued() int {
	e.out.mu.Lock()
	defer e.out.mu.Unlock()
	if e.out.dead {
		return 0
	}
	n := e.out.open.msgs
	for i := range e.out.segs {
		n += e.out.segs[i].msgs
	}
	return int(n)
}
