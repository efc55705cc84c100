package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// stream is STREAM: bare TCP connections, told apart by id. Messages are
// [id][data], and an empty one closes the connection. It is the Out.
type stream struct {
	opt *opt.Values
	names
	in    fq
	route Route
}

func newStream(v *opt.Values) (Out, In) {
	s := &stream{opt: v, names: newNames(), route: Route{Skip: 1}}
	return s, named{&s.in}
}

// Attach names the connection: by End.ID if the user chose one, for which it
// waits if another has it, else by a fresh id. ROUTING_ID says the id until the
// next one.
func (s *stream) Attach(e *pipe.End) error {
	id := e.ID
	switch {
	case id == "":
		id = s.fresh()
	case s.peers[id] == nil:
	case e.Peer() == nil:
		return errno.EADDRINUSE
	default:
		s.queue(id, e, false)
		return nil
	}
	s.enter(id, e)
	return nil
}

func (s *stream) enter(id string, e *pipe.End) {
	s.take(id, e)
	s.opt.Wire.RoutingID = []byte(id)
	s.in.Attach(e)
}

func (s *stream) Detach(e *pipe.End) {
	s.in.Detach(e)
	s.free(e)
}

// free gives the name of e to the next that waits for it.
func (s *stream) free(e *pipe.End) {
	if next := s.drop(e); next != nil {
		s.enter(next.ID, next)
	}
}

func (s *stream) Writable(*pipe.End) {}

// Pick: EHOSTUNREACH: no such connection. It can always send.
func (s *stream) Pick(id []byte) (*Route, error) {
	s.route.To = nil
	if e := s.find(id); e != nil {
		s.route.To = e
	} else if id != nil {
		return nil, errno.EHOSTUNREACH
	}
	return &s.route, nil
}

func (s *stream) Sent(*Route) {}

// Close ends a connection once what was sent is written. What it sent and
// nobody has received is dropped, and so is what it may still send.
func (s *stream) Close(id []byte) error {
	e := s.find(id)
	if e == nil {
		return errno.EHOSTUNREACH
	}
	s.free(e)
	s.in.remove(e)
	e.DropInput()
	e.CloseIn()
	e.CloseOut()
	return nil
}
