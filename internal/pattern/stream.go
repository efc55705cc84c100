package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// stream is STREAM: bare TCP connections, told apart by id. Messages are
// [id][data], and an empty one closes the connection.
type stream struct {
	opt *opt.Values
	names
	in fq
}

func newStream(v *opt.Values) Pattern { return &stream{opt: v, names: newNames()} }

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
	s.in.attach(e)
}

func (s *stream) Detach(e *pipe.End) {
	s.in.detach(e)
	s.free(e)
}

// free gives the name of e to the next that waits for it.
func (s *stream) free(e *pipe.End) {
	if next := s.drop(e); next != nil {
		s.enter(next.ID, next)
	}
}

func (s *stream) Readable(e *pipe.End) { s.in.readable(e) }
func (s *stream) Writable(*pipe.End)   {}
func (s *stream) CanSend() bool        { return true }
func (s *stream) CanRecv() bool        { return s.in.canRecv() }

// Waiting implements Waiter.
func (s *stream) Waiting() int { return s.in.Waiting() }

func (s *stream) Recv(m *msg.Message) error { return recvNamed(&s.in, m) }

// Send swallows a lone frame. EHOSTUNREACH: no such connection; EAGAIN: it is
// full; EINVAL: more than two frames.
func (s *stream) Send(m *msg.Message) error {
	switch len(m.Frames) {
	case 2:
	case 0, 1:
		return nil
	default:
		return errno.EINVAL
	}
	e := s.find(m.Frames[0])
	if e == nil {
		return errno.EHOSTUNREACH
	}
	if len(m.Frames[1]) == 0 {
		s.close(e)
		return nil
	}
	if !sendBody(e, m) {
		return errno.EAGAIN
	}
	return nil
}

// close ends a connection once what was sent is written. What it sent and
// nobody has received is dropped, and so is what it may still send.
func (s *stream) close(e *pipe.End) {
	s.free(e)
	s.in.remove(e)
	e.DropInput()
	e.CloseIn()
	e.CloseOut()
}

func (s *stream) Admit(id []byte) error { return reach(s.find(id)) }
