package core

import (
	"fmt"
	"slices"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// Set changes an option; x is of the row's kind. EINVAL: wrong type, out of
// range, read-only, or not an option of this socket type.
func (s *Socket) Set(r *opt.Row, x any) error {
	if err := s.err(); err != nil {
		return err
	}
	s.lock()
	s.outPart.forget()
	s.inPart.forget()
	before := s.vals.Pipe
	var err error
	if r.Act {
		err = s.actLocked(r, x)
	} else {
		err = r.Set(&s.vals, s.row.Type, x)
	}
	marks := s.vals.Pipe != before
	s.unlock()
	if marks {
		s.remark()
	}
	return err
}

// Get reads an option. EINVAL: write-only, or not an option of this type.
func (s *Socket) Get(r *opt.Row) (any, error) {
	if err := s.err(); err != nil {
		return nil, err
	}
	if r.Act {
		return s.know(r)
	}
	s.lock()
	defer s.unlock()
	return r.Get(&s.vals, s.row.Type)
}

// An act is what stands behind an option that is no stored value (opt.Row.Act): what
// the pattern does when it is set, or what the socket knows. The other is nil.
type act struct {
	set func(s pattern.Subscriber, topic []byte) error // under both locks
	get func(*Socket) (any, error)                     // without locks
}

var acts = map[string]act{
	"SUBSCRIBE":     {set: pattern.Subscriber.Subscribe},
	"UNSUBSCRIBE":   {set: pattern.Subscriber.Unsubscribe},
	"LAST_ENDPOINT": {get: func(s *Socket) (any, error) { return s.LastEndpoint(), nil }},
	"RCVMORE":       {get: func(s *Socket) (any, error) { return s.RcvMore(), nil }},
	"FD":            {get: func(s *Socket) (any, error) { return s.FD() }},
	"EVENTS":        {get: (*Socket).eventBits},
	"TOPICS_COUNT":  {get: (*Socket).topicsCount},
}

// know reads an option that is no stored value.
func (s *Socket) know(r *opt.Row) (any, error) {
	if err := r.CanRead(s.row.Type); err != nil {
		return nil, err
	}
	return acts[r.Name].get(s)
}

// actLocked performs what is not a stored value.
func (s *Socket) actLocked(r *opt.Row, x any) error {
	x, err := r.Check(s.row.Type, x)
	if err != nil {
		return err
	}
	if set := acts[r.Name].set; set != nil && s.subs != nil {
		topic, _ := x.([]byte)
		return set(s.subs, topic)
	}
	return fmt.Errorf("option %s cannot be set on a %s socket: %w", r.Name, s.row.Name, errno.EINVAL)
}

// eventBits is what can be done without waiting: 1 receive, 2 send.
func (s *Socket) eventBits() (any, error) {
	in, out, err := s.Ready()
	n := 0
	if in {
		n |= 1
	}
	if out {
		n |= 2
	}
	return n, err
}

func (s *Socket) topicsCount() (any, error) {
	s.lock()
	defer s.unlock()
	return s.from.Counts().Topics, nil
}

// Subscribe adds a topic to a SUB socket, or to the last subscriber of an XPUB
// in manual mode. EINVAL: another type.
func (s *Socket) Subscribe(topic []byte) error {
	return s.Set(opt.ByName("SUBSCRIBE"), append([]byte{}, topic...))
}

// Unsubscribe takes a topic back. EINVAL: not SUB or XPUB in manual mode.
func (s *Socket) Unsubscribe(topic []byte) error {
	return s.Set(opt.ByName("UNSUBSCRIBE"), append([]byte{}, topic...))
}

// Wants reports whether the socket would receive a message that begins with
// first: of a SUB socket whether a topic fits, of others always.
func (h *halves) Wants(first []byte) bool {
	h.lock()
	defer h.unlock()
	return h.filter == nil || h.filter.Wants(first)
}

// remark brings changed high-water marks to the live pipes.
func (s *Socket) remark() {
	for _, p := range s.roster.list() {
		p.remark()
	}
}

// LastEndpoint is the endpoint that was bound or connected last, resolved if it
// was bound; empty before any.
func (s *Socket) LastEndpoint() string {
	s.roster.mu.Lock()
	defer s.roster.mu.Unlock()
	return s.roster.last
}

// Endpoints lists what is bound and connected now.
func (s *Socket) Endpoints() (bound, connected []string) {
	s.roster.mu.Lock()
	defer s.roster.mu.Unlock()
	for _, ep := range s.roster.endpoints {
		if ep.bound {
			bound = append(bound, ep.name)
		} else {
			connected = append(connected, ep.name)
		}
	}
	return bound, connected
}

// The bits of ROUTER_NOTIFY.
const (
	notifyConnect    = 1
	notifyDisconnect = 2
)

// rawLocked reports whether connections made from now on are bare TCP.
func (b *base) rawLocked() bool { return b.row.Raw || b.vals.Router.Raw }

// framingLocked is how messages look on connections of tr that are made from now on.
func (b *base) framingLocked(tr transport.Transport) string {
	if b.rawLocked() {
		return engine.Raw
	}
	return tr.Framing()
}

// noticesLocked gives a connection what it says first (HELLO_MSG), and what the
// socket is to receive when a peer comes and goes: the empty messages of
// STREAM_NOTIFY, ROUTER_RAW and ROUTER_NOTIFY, then DISCONNECT_MSG for an
// accepted peer and HICCUP_MSG for a connected one.
func (b *base) noticesLocked(c *engine.Config) {
	v := &b.vals
	came, gone := v.Router.Notify&notifyConnect != 0, v.Router.Notify&notifyDisconnect != 0
	raw := b.rawLocked()
	if raw {
		came, gone = v.Stream.Notify, v.Stream.Notify
	}
	if came {
		c.Came = [][]byte{{}}
	}
	if gone {
		c.Gone = [][]byte{{}}
	}
	if raw {
		return
	}
	c.Hello = b.helloLocked()
	last := b.disconnectLocked()
	if !c.Incoming {
		last = nil
		if b.row.Greets.Has(pattern.Hiccup) {
			last = v.Wire.HiccupMsg
		}
	}
	if len(last) > 0 {
		c.Gone = append(c.Gone, slices.Clone(last))
	}
}

// helloLocked is what is said first to each peer; empty: nothing.
func (b *base) helloLocked() []byte {
	if !b.row.Greets.Has(pattern.Hello) {
		return nil
	}
	return slices.Clone(b.vals.Wire.HelloMsg)
}

// greetLocked says it on a new pipe of inproc.
func (b *base) greetLocked(e *pipe.End) {
	if m := b.helloLocked(); len(m) > 0 {
		e.SendForce(&msg.Message{Frames: [][]byte{m}})
	}
}

// disconnectLocked is what the socket receives when a peer that had come to it
// is gone; empty: nothing.
func (b *base) disconnectLocked() []byte {
	if !b.row.Greets.Has(pattern.Disconnect) {
		return nil
	}
	return slices.Clone(b.vals.Wire.DisconnectMsg)
}
