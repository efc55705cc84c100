package pattern

import (
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// count is how often a topic is subscribed to.
type count uint32

func (c count) empty() bool { return c == 0 }

// subscriber is what SUB and XSUB share: topics out to all peers, messages in
// from each in turn. The topics are written under both locks by SUB, under the
// send lock by XSUB, which reads them there only.
type subscriber struct {
	opt  *opt.Values
	out  dist
	in   fq
	subs trie[count]
	buf  []byte
	note msg.Message
}

// Attach tells the new peer every topic once.
func (s *subscriber) Attach(e *pipe.End) error {
	s.out.attach(e)
	s.in.attach(e)
	s.tell(e)
	return nil
}

func (s *subscriber) Detach(e *pipe.End) {
	s.out.detach(e)
	s.in.detach(e)
}

func (s *subscriber) Readable(e *pipe.End) { s.in.readable(e) }

// Hiccup throws away what was not sent to the connection that is gone, and
// tells the new one every topic.
func (s *subscriber) Hiccup(e *pipe.End) {
	e.DropOutput()
	s.out.writable(e)
	s.tell(e)
}

func (s *subscriber) tell(e *pipe.End) {
	s.subs.walk(func(topic []byte, _ *entry[count]) {
		e.SendForce(s.form(true, topic))
	})
}

// form makes the message that (un)subscribes, valid until the next.
func (s *subscriber) form(on bool, topic []byte) *msg.Message {
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
func (s *subscriber) change(on bool, topic []byte) bool {
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

// Topics is the number of distinct topics.
func (s *subscriber) Topics() int { return s.subs.n }

// xsub is XSUB: its user sends the subscriptions, and receives all that comes
// (RFC 29).
type xsub struct{ subscriber }

func newXSub(v *opt.Values) Pattern { return &xsub{subscriber{opt: v}} }

func (x *xsub) Writable(e *pipe.End) { x.out.writable(e) }
func (x *xsub) CanSend() bool        { return true }
func (x *xsub) CanRecv() bool        { return x.in.canRecv() }
func (x *xsub) SoleIn() *pipe.End    { return x.in.sole() }

func (x *xsub) Next() ([]byte, *msg.Chunk) { return x.in.Next() }

// Waiting implements Waiter.
func (x *xsub) Waiting() int { return x.in.Waiting() }

func (x *xsub) Recv(m *msg.Message) error {
	_, err := x.in.recv(m)
	return err
}

// Send never fails. Each frame that begins with a byte 1 or 0 is a subscription
// or its end, but with ONLY_FIRST_SUBSCRIBE only in a message whose first frame
// is one; an end that changes nothing is left out. What has a subscription in it
// is queued for every peer, other messages for those with room.
func (x *xsub) Send(m *msg.Message) error {
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
	return nil
}
