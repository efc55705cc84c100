package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// lb sends to each peer with room in turn: the Out of PUSH (RFC 30) and DEALER
// (RFC 28).
type lb struct {
	turns
	opt   *opt.Values
	route Route
}

func newLB(v *opt.Values) lb { return lb{turns: turns{sending: true}, opt: v} }

func RoundRobin(v *opt.Values) Out {
	l := newLB(v)
	return &l
}

// Attach also sends the empty message of PROBE_ROUTER, by which a ROUTER learns of
// us before we have anything to say.
func (l *lb) Attach(e *pipe.End) error {
	if l.opt.Router.Probe {
		probe(e)
	}
	l.add(e)
	return nil
}

func probe(e *pipe.End) {
	e.SendForce(&msg.Message{Frames: [][]byte{nil}})
}

func (l *lb) Detach(e *pipe.End)   { l.remove(e) }
func (l *lb) Writable(e *pipe.End) { l.wake(e) }

func (l *lb) Pick([]byte) (*Route, error) {
	for l.active > 0 {
		if e := l.ends[l.current]; e.CanSend() {
			l.route.To, l.route.Keep = e, l.active == 1
			return &l.route, nil
		}
		l.park(l.current)
	}
	return nil, errno.EAGAIN
}

func (l *lb) Sent(*Route) { l.next() }

// noOut is the Out of a type that never sends.
type noOut struct{}

func (noOut) Attach(*pipe.End) error      { return nil }
func (noOut) Detach(*pipe.End)            {}
func (noOut) Writable(*pipe.End)          {}
func (noOut) Pick([]byte) (*Route, error) { return nil, errno.ENOTSUP }
func (noOut) Sent(*Route)                 {}
