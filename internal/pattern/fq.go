package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// fq receives from each peer in turn: the In of PULL (RFC 30), DEALER (RFC 28) and
// XSUB (RFC 29).
type fq struct{ turns }

func FairQueue(*opt.Values) In { return new(fq) }

func (q *fq) Attach(e *pipe.End)   { q.add(e) }
func (q *fq) Readable(e *pipe.End) { q.wake(e) }

// Detach forgets e once all that it sent has been received.
func (q *fq) Detach(e *pipe.End) {
	switch {
	case e.RecvSlot == 0:
	case e.CanRecv():
		q.wake(e)
	default:
		q.remove(e)
	}
}

func (q *fq) Pick() (Source, error) {
	for q.active > 0 {
		e := q.ends[q.current]
		if e.CanRecv() {
			return Source{End: e, Plain: true, Keep: q.active == 1}, nil
		}
		q.drained(e)
	}
	return Source{}, errno.EAGAIN
}

func (q *fq) Took(*msg.Message) { q.next() }

// recv sets m to the next message and returns whose it is; nil: there is none.
func (q *fq) recv(m *msg.Message) *pipe.End {
	for {
		src, err := q.Pick()
		if err != nil {
			return nil
		}
		if src.End.Recv(m) {
			q.next()
			return src.End
		}
	}
}

func (q *fq) Counts() (c Counts) {
	for _, e := range q.ends {
		for ; e != nil; e = e.Then {
			c.Waiting += e.Waiting()
		}
	}
	return c
}

// drained parks an End that had nothing, or forgets one that never will.
func (q *fq) drained(e *pipe.End) {
	if e.Ended() {
		q.remove(e)
		if e.Then != nil {
			q.add(e.Then)
			e.Then = nil
		}
	} else {
		q.park(e.RecvSlot - 1)
	}
}

// noIn is the In of a type that never receives. It throws away what a peer says
// that ought to be silent.
type noIn struct{}

func (noIn) Attach(*pipe.End)      {}
func (noIn) Detach(*pipe.End)      {}
func (noIn) Pick() (Source, error) { return Source{}, errno.ENOTSUP }
func (noIn) Took(*msg.Message)     {}
func (noIn) Counts() Counts        { return Counts{} }

func (noIn) Readable(e *pipe.End) {
	var m msg.Message
	for e.Recv(&m) {
	}
}
