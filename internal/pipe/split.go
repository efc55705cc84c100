package pipe

// Split takes what has come in and was not received, and returns it as an End
// of its own, behind which nothing follows and to which nothing can be sent. What
// comes from now on is e's. It belongs to the receiving half.
func (e *End) Split() *End {
	q := e.in.q
	q.ask()
	segs, left := e.in.takeAll()
	past := &End{owner: e.owner}
	in := &Queue{kind: fromEngine, producer: past, consumer: past, segs: segs, closed: true, lwm: q.lwm, handed: left}
	for i := range segs {
		in.costs += int64(segs[i].cost)
	}
	past.in.q = in
	past.out = &Queue{producer: past, consumer: past, closed: true, dead: true}
	past.in.q.over.Store(true)
	past.out.over.Store(true)
	past.SetPeer(e.Peer())
	return past
}
