package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// A socket does with a pattern's parts what core's does.
type socket struct {
	row    *Row
	v      *opt.Values
	out    Out
	in     In
	filter Filterer

	to   pipe.Sink // kept; nil: none
	from *pipe.End // likewise
	m    msg.Message
}

func newSocket(row *Row, v *opt.Values) *socket {
	s := &socket{row: row, v: v}
	s.out, s.in = row.New(v)
	s.filter, _ = s.in.(Filterer)
	return s
}

func (s *socket) Attach(e *pipe.End) error {
	s.to, s.from = nil, nil
	if err := s.out.Attach(e); err != nil {
		return err
	}
	s.in.Attach(e)
	return nil
}

func (s *socket) Detach(e *pipe.End) {
	s.to, s.from = nil, nil
	s.out.Detach(e)
	s.in.Detach(e)
}

// Hiccup is what becomes of a connection that is lost, to a peer that is told
// topics.
func (s *socket) Hiccup(e *pipe.End) {
	s.out.Detach(e)
	e.DropOutput()
	s.out.Attach(e)
}

func (s *socket) Readable(e *pipe.End) { s.from = nil; s.in.Readable(e) }
func (s *socket) Writable(e *pipe.End) { s.to = nil; s.out.Writable(e) }

func (s *socket) Admit(first []byte) error {
	r, err := s.out.Pick(first)
	if err == nil && r.To != nil && first != nil && !r.Drops && !r.To.CanSend() {
		err = errno.EAGAIN
	}
	return err
}

func (s *socket) CanSend() bool { return s.Admit(nil) == nil }

func (s *socket) CanRecv() bool {
	_, err := s.in.Pick()
	return err == nil
}

func (s *socket) Send(m *msg.Message) error {
	if s.to != nil && s.to.Send(m) {
		return nil
	}
	if raw := s.row.Raw || s.v.Router.Raw; s.row.Names {
		switch n := len(m.Frames); {
		case n < 2:
			return nil
		case raw && n > 2:
			return errno.EINVAL
		case raw && len(m.Frames[1]) == 0:
			return s.out.(Closer).Close(m.Frames[0])
		}
	}
	return s.by(func() (*Route, error) { return s.out.Pick(m.Frames[0]) }, m)
}

func (s *socket) by(pick func() (*Route, error), m *msg.Message) error {
	for {
		r, err := pick()
		if err != nil {
			return err
		}
		out := &s.m
		out.Frames = append(append(out.Frames[:0], r.Prefix...), m.Frames[r.Skip:]...)
		out.Shared = m.Shared
		ok := r.To == nil || r.To.Send(out)
		out.Reset()
		if !ok && r.Drops {
			r.To.(*pipe.End).Dropped.Add(1)
			ok = true
		}
		if !ok && r.Skip > 0 {
			return errno.EAGAIN
		}
		if ok {
			s.out.Sent(r)
			if s.to = nil; r.Keep {
				s.to = r.To
			}
			return nil
		}
	}
}

func (s *socket) Recv(m *msg.Message) error {
	for s.from != nil && s.from.Recv(m) {
		if s.filter == nil || s.filter.Wants(m.Frames[0]) {
			return nil
		}
	}
	for {
		src, err := s.in.Pick()
		if err != nil {
			return err
		}
		if src.End != nil && !src.End.Recv(m) {
			continue
		}
		s.in.Took(m)
		if s.from = nil; src.Keep {
			s.from = src.End
		}
		return nil
	}
}

func (s *socket) SendRequest(id uint32, m *msg.Message) error {
	return s.by(func() (*Route, error) { return s.out.(Requester).PickRequest(id) }, m)
}
