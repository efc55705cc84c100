package rows

import (
	"encoding/binary"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// Types whose messages have properties, as bare as can be: a SERVER, which knows its
// peers by their routing ids, and RADIO and DISH, whose groups go over the wire as a
// first frame, and nobody joins.

const (
	Server = opt.TypeServer
	Radio  = opt.TypeRadio
	Dish   = opt.TypeDish
)

func init() {
	pattern.Register(
		pattern.Row{Type: Server, Name: "SERVER", Peers: []string{"CLIENT"}, Both: newServer, By: pattern.ByRoutingID},
		pattern.Row{Type: Radio, Name: "RADIO", Peers: []string{"DISH"}, Out: newRadio, NoRecv: true, By: pattern.ByGroup},
		pattern.Row{Type: Dish, Name: "DISH", Peers: []string{"RADIO"}, In: newDish, NoSend: true},
	)
}

type server struct {
	peers map[uint32]*pipe.End
	last  uint32
	route pattern.Route
}

func newServer(v *opt.Values) (pattern.Out, pattern.In) {
	return &server{peers: make(map[uint32]*pipe.End)}, &serverIn{In: pattern.FairQueue(v)}
}

func (s *server) Attach(e *pipe.End) error {
	s.last++
	e.Tag = &msg.Props{RoutingID: s.last}
	s.peers[s.last] = e
	return nil
}

func (s *server) Detach(e *pipe.End)  { delete(s.peers, e.Tag.(*msg.Props).RoutingID) }
func (s *server) Writable(*pipe.End)  {}
func (s *server) Sent(*pattern.Route) {}

func (s *server) Pick(id []byte) (*pattern.Route, error) {
	s.route.To = nil
	if id != nil {
		if len(id) < 4 || s.peers[binary.BigEndian.Uint32(id)] == nil {
			return nil, errno.EHOSTUNREACH
		}
		s.route.To = s.peers[binary.BigEndian.Uint32(id)]
	}
	return &s.route, nil
}

type serverIn struct {
	pattern.In
	from *pipe.End
}

func (s *serverIn) Pick() (pattern.Source, error) {
	src, err := s.In.Pick()
	s.from = src.End
	return pattern.Source{End: src.End}, err
}

func (s *serverIn) Took(m *msg.Message) {
	m.Props = s.from.Tag.(*msg.Props)
	s.In.Took(m)
}

type radio struct {
	peers []*pipe.End
	route pattern.Route
}

func newRadio(*opt.Values) pattern.Out {
	r := new(radio)
	r.route.To = r
	return r
}

func (r *radio) Attach(e *pipe.End) error { r.peers = append(r.peers, e); return nil }
func (r *radio) Detach(*pipe.End)         {}
func (r *radio) Writable(*pipe.End)       {}
func (r *radio) Sent(*pattern.Route)      {}

func (r *radio) Pick(group []byte) (*pattern.Route, error) {
	r.route.Prefix = append(r.route.Prefix[:0], group)
	return &r.route, nil
}

func (r *radio) Send(m *msg.Message) bool {
	for _, e := range r.peers {
		e.Send(m)
	}
	return true
}

func (r *radio) Put([]byte) bool { return false }
func (r *radio) CanSend() bool   { return true }
func (r *radio) Grant() int      { return 0 }

type dish struct{ pattern.In }

func newDish(v *opt.Values) pattern.In { return dish{pattern.FairQueue(v)} }

func (d dish) Pick() (pattern.Source, error) {
	src, err := d.In.Pick()
	return pattern.Source{End: src.End}, err
}

func (d dish) Took(m *msg.Message) {
	m.Props = &msg.Props{Group: string(m.Frames[0])}
	m.Shift(1)
	d.In.Took(m)
}
