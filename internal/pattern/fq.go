package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// fq receives from each peer in turn. It is guarded by the receive lock.
type fq struct{ turns }

func (q *fq) attach(e *pipe.End)   { q.add(e) }
func (q *fq) readable(e *pipe.End) { q.wake(e) }

// detach forgets e once all it sent has been received.
func (q *fq) detach(e *pipe.End) {
	switch {
	case e.RecvSlot == 0:
	case e.CanRecv():
		q.wake(e)
	default:
		q.remove(e)
	}
}

// recv sets m to the next message and returns whose it is.
func (q *fq) recv(m *msg.Message) (*pipe.End, error) {
	for q.active > 0 {
		e := q.ends[q.current]
		if e.Recv(m) {
			q.next()
			return e, nil
		}
		q.drained(e)
	}
	return nil, errno.EAGAIN
}

// Next implements Nexter.
func (q *fq) Next() ([]byte, *msg.Chunk) {
	if q.active == 0 {
		return nil, nil
	}
	frame, chunk := q.ends[q.current].Next()
	if chunk != nil {
		q.next()
	}
	return frame, chunk
}

// Waiting implements Waiter.
func (q *fq) Waiting() (n int) {
	for _, e := range q.ends {
		for ; e != nil; e = e.Then {
			n += e.Waiting()
		}
	}
	return n
}

// drained parks an End that had nothing, or forgets one that never will.
func (q *fq) drained(e *pipe.End) {
	if e.Ended() {
		q.remove(e)
		if e.Then != nil {
			q.attach(e.Then)
			e.Then = nil
		}
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
