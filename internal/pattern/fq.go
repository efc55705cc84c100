package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// fq receives from each peer in turn. ends[:active] may hold messages, the
// rest are waiting to be Readable. It is guarded by the receive lock.
type fq struct {
	ends    []*pipe.End
	active  int
	current int
}

func (q *fq) attach(e *pipe.End) {
	q.ends = append(q.ends, e)
	e.RecvSlot = len(q.ends)
	q.readable(e)
}

func (q *fq) swap(i, j int) {
	q.ends[i], q.ends[j] = q.ends[j], q.ends[i]
	q.ends[i].RecvSlot, q.ends[j].RecvSlot = i+1, j+1
}

func (q *fq) readable(e *pipe.End) {
	i := e.RecvSlot - 1
	if i < q.active {
		return // active already, or not held (-1)
	}
	q.swap(i, q.active)
	q.active++
}

// detach forgets e once all it sent has been received.
func (q *fq) detach(e *pipe.End) {
	switch {
	case e.RecvSlot == 0:
	case e.CanRecv():
		q.readable(e)
	default:
		q.remove(e)
	}
}

// remove forgets e at once.
func (q *fq) remove(e *pipe.End) {
	i := e.RecvSlot - 1
	if i < 0 {
		return
	}
	if i < q.active {
		q.park(i)
		i = e.RecvSlot - 1
	}
	last := len(q.ends) - 1
	q.swap(i, last)
	q.ends[last] = nil
	q.ends = q.ends[:last]
	e.RecvSlot = 0
}

// park moves ends[i] out of the active part.
func (q *fq) park(i int) {
	q.active--
	q.swap(i, q.active)
	if q.current >= q.active {
		q.current = 0
	}
}

// recv sets m to the next message and returns whose it is.
func (q *fq) recv(m *msg.Message) (*pipe.End, error) {
	for q.active > 0 {
		e := q.ends[q.current]
		if e.Recv(m) {
			m.Peer = e.Peer()
			q.current++
			if q.current >= q.active {
				q.current = 0
			}
			return e, nil
		}
		q.drained(e)
	}
	return nil, errno.EAGAIN
}

// drained parks an End that had nothing, or forgets one that never will.
func (q *fq) drained(e *pipe.End) {
	if e.Ended() {
		q.remove(e)
	} else {
		q.park(e.RecvSlot - 1)
	}
}

// canRecv reports whether recv would find a message.
func (q *fq) canRecv() bool {
	for q.active > 0 {
		e := q.ends[q.current]
		if e.CanRecv() {
			return true
		}
		q.drained(e)
	}
	return false
}
