package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// rep is REP: a request, its reply, the next request (RFC 28). It is the Out; its
// peers are attached by the In.
type rep struct {
	in     fq
	owing  bool      // a request was received and not yet answered
	asker  *pipe.End // nil: gone
	route  Route     // its Prefix is the envelope: every frame up to and with the empty one
	strays uint64    // replies whose asker had gone

	next     msg.Message // read ahead by Pick
	nextFrom *pipe.End   // nil: nothing read ahead
	nextAt   int         // where its body begins
}

// repIn is the In of a rep.
type repIn struct{ *rep }

func newRep(*opt.Values) (Out, In) {
	r := &rep{route: Route{Drops: true}}
	return r, repIn{r}
}

func (r *rep) Attach(*pipe.End) error { return nil }
func (r *rep) Writable(*pipe.End)     {}

// Detach: what the peer is answered is dropped.
func (r *rep) Detach(e *pipe.End) {
	e.Tag = departed{}
	if r.asker == e {
		r.asker = nil
	}
}

// departed is the Tag of a REP's peer that has gone.
type departed struct{}

// Pick: EFSM if no request was received. A reply that its asker has no room for, or
// is not there to get, is dropped.
func (r *rep) Pick([]byte) (*Route, error) {
	if !r.owing {
		return nil, errno.EFSM
	}
	r.route.To = nil
	if r.asker != nil {
		r.route.To = r.asker
	}
	return &r.route, nil
}

func (r *rep) Sent(*Route) {
	if r.asker == nil {
		r.strays++
	}
	r.owing, r.asker = false, nil
	clear(r.route.Prefix)
}

func (r repIn) Attach(e *pipe.End)   { r.in.Attach(e) }
func (r repIn) Detach(e *pipe.End)   { r.in.Detach(e) }
func (r repIn) Readable(e *pipe.End) { r.in.Readable(e) }

// Pick: EFSM while a reply is owed. A message without a return address is dropped
// and the next one tried.
func (r repIn) Pick() (Source, error) {
	if r.owing {
		return Source{}, errno.EFSM
	}
	for r.nextFrom == nil {
		e := r.in.recv(&r.next)
		if e == nil {
			return Source{}, errno.EAGAIN
		}
		if r.nextAt = envelope(r.next.Frames); r.nextAt > 0 {
			r.nextFrom = e
		}
	}
	return Source{}, nil
}

// envelope is the number of frames up to and with the first empty one; 0 if
// there is none or nothing follows it.
func envelope(frames [][]byte) int {
	for i := range len(frames) - 1 {
		if len(frames[i]) == 0 {
			return i + 1
		}
	}
	return 0
}

// Took takes the envelope off.
func (r repIn) Took(m *msg.Message) {
	m.Take(&r.next)
	n := r.nextAt
	r.route.Prefix = msg.Append(r.route.Prefix[:0], m.Frames[:n])
	if n > 1 {
		m.Chunk = nil // the envelope stays in use when its body is not any more
	}
	m.Shift(n)
	if r.nextFrom.Tag == nil {
		r.asker = r.nextFrom
	}
	r.owing, r.nextFrom = true, nil
}

func (r repIn) Counts() Counts {
	c := r.in.Counts()
	if r.nextFrom != nil {
		c.Waiting++
	}
	c.Dropped = r.strays
	return c
}
