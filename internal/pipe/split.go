package pipe

import "slices"

// Split takes what has come in and was not received, and returns it as an End
// of its own, behind which nothing follows and to which nothing can be sent. What
// comes from now on is e's. It belongs to the receiving half.
func (e *End) Split() *End {
	q := e.in
	if q.private {
		q.producer.owner.Flush(q.producer)
	}
	segs, msgs, bytes := e.takeInput()
	past := &End{owner: e.owner}
	past.in = &Queue{producer: past, consumer: past, segs: segs, closed: true, lwm: q.lwm, lwmBytes: q.lwmBytes,
		put: uint64(msgs), putBytes: uint64(bytes)}
	for i := range segs {
		past.in.costs += uint64(segs[i].cost)
	}
	past.out = &Queue{producer: past, consumer: past, closed: true, dead: true}
	past.in.over.Store(true)
	past.out.over.Store(true)
	past.SetPeer(e.Peer())
	return past
}

// takeInput takes what has come in and was not received, and gives credit for
// it. It returns how many messages that is, and how many bytes.
func (e *End) takeInput() (segs []seg, msgs, bytes int) {
	q, c := e.in, &e.cur
	segs = slices.Clone(c.segs[c.i:])
	if len(segs) > 0 {
		segs[0].b = segs[0].b[c.off:]
	}
	clear(c.segs)
	q.mu.Lock()
	if !q.private {
		q.sealLocked(false)
	}
	segs = append(segs, q.segs...)
	clear(q.segs)
	q.segs = q.segs[:0]
	all, size := q.visibleLocked()
	m, n := q.takenLocked()
	msgs, bytes = int(all-m)-c.msgs, int(size-n)-c.bytes
	q.goneMsgs.Store(all)
	q.goneBytes.Store(size)
	q.owed = tally{}
	costs := q.costs
	wake := q.blocked
	q.blocked = false
	q.mu.Unlock()
	*c = cursor{segs: c.segs[:0], lwm: c.lwm, lwmB: c.lwmB, costs: costs}
	if wake {
		q.producer.owner.Wake(q.producer, Out)
	}
	return segs, msgs, bytes
}
