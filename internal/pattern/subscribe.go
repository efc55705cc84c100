package pattern

import (
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// count is how often a topic is subscribed to.
type count uint32

func (c count) empty() bool { return c == 0 }

// subscribing is the Out of XSUB, and what SUB makes of it: topics out to all
// peers (RFC 29). The topics are written under both locks by SUB, under the send
// lock by XSUB, which reads them there only.
type subscribing struct {
	opt   *opt.Values
	out   dist
	route Route
	subs  trie[count]
	buf   []byte
	note  msg.Message
}

// Attach tells the new peer every topic once.
func (s *subscribing) Attach(e *pipe.End) error {
	s.out.attach(e)
	s.subs.walk(func(topic []byte, _ *entry[count]) {
		e.SendForce(s.form(true, topic))
	})
	return nil
}

func (s *subscribing) Detach(e *pipe.End)   { s.out.detach(e) }
func (s *subscribing) Writable(e *pipe.End) { s.out.writable(e) }

// form makes the message that (un)subscribes, valid until the next.
func (s *subscribing) form(on bool, topic []byte) *msg.Message {
	var b byte
	if on {
		b = 1
	}
	s.buf = append(append(s.buf[:0], b), topic...)
	s.note.Reset()
	s.note.Frames = append(s.note.Frames, s.buf)
	return &s.note
}

// change counts a subscription or its end and reports whether the peers are to
// be told.
func (s *subscribing) change(on bool, topic []byte) bool {
	if on {
		n := s.subs.insert(topic)
		if n.val.empty() {
			s.subs.n++
		}
		n.val++
		return true
	}
	n := s.subs.find(topic)
	if n == nil || n.val.empty() {
		return s.opt.XSub.VerboseUnsubs
	}
	n.val--
	if !n.val.empty() {
		return s.opt.XSub.VerboseUnsubs
	}
	s.subs.n--
	s.subs.prune(n)
	return true
}

// xsub is XSUB: its user sends the subscriptions, and receives all that comes.
// It is the Out, and a Sink: all it sends goes to all peers.
type xsub struct{ subscribing }

// xsubIn is the In of an xsub.
type xsubIn struct {
	fq
	out *xsub
}

func newXSub(v *opt.Values) (Out, In) {
	x := &xsub{subscribing{opt: v}}
	x.route = Route{To: x, Keep: true}
	return x, &xsubIn{out: x}
}

func (x *xsubIn) Counts() Counts {
	c := x.fq.Counts()
	c.Topics = x.out.subs.n
	return c
}

func (x *xsub) Pick([]byte) (*Route, error) { return &x.route, nil }
func (x *xsub) Sent(*Route)                 {}
func (x *xsub) Put(f []byte) bool           { return x.Send(&msg.Message{Frames: [][]byte{f}}) }
func (x *xsub) CanSend() bool               { return true }
func (x *xsub) Grant() int                  { return 0 }

// Send: each frame that begins with a byte 1 or 0 is a subscription or its end, but
// with ONLY_FIRST_SUBSCRIBE only in a message whose first frame is one; an end that
// changes nothing is left out. What has a subscription in it is queued for every
// peer, other messages for those with room.
func (x *xsub) Send(m *msg.Message) bool {
	frames := m.Frames
	keep := frames[:0]
	each, force := true, false
	for i, f := range frames {
		sub := len(f) > 0 && f[0] <= 1
		if i == 0 {
			each = sub || !x.opt.XPub.OnlyFirst
		}
		if sub && each {
			if !x.change(f[0] == 1, f[1:]) {
				continue
			}
			force = true
		}
		keep = append(keep, f)
	}
	m.Frames = keep
	if len(m.Frames) > 0 {
		x.out.sendAll(m, force)
	}
	return true
}
