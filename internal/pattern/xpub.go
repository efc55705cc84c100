package pattern

import (
	"slices"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// xpub is XPUB: a publisher whose user receives the subscriptions and what else
// its peers say (RFC 29).
//
// In manual mode the peers' subscriptions are only received: Subscribe and
// Unsubscribe then act for the peer whose message the user received last.
type xpub struct {
	publisher
	wanted topics // what peers asked for in manual mode
	heard  backlog[note]
	last   *sink // of the message received last; nil: none, or it is gone
	once   bool  // the next message goes to last alone
}

// note is a message for the user.
type note struct {
	first []byte
	more  [][]byte
	from  *sink // nil: it is gone
	peer  *msg.Peer
	said  bool // not a subscription
}

func newXPub(v *opt.Values) Pattern {
	x := &xpub{publisher: publisher{opt: v}, wanted: topics{which: 1}}
	x.user = x
	return x
}

func (x *xpub) manual() bool { return x.opt.XPub.Manual || x.opt.XPub.ManualLastValue }

func (x *xpub) asked(s *sink, on bool, topic []byte) {
	if on {
		x.wanted.add(topic, s)
	} else {
		x.wanted.remove(topic, s)
	}
	x.changed(s, on, topic)
}

func (x *xpub) changed(s *sink, on bool, topic []byte) {
	b := make([]byte, 1+len(topic))
	if on {
		b[0] = 1
	}
	copy(b[1:], topic)
	n := note{first: b, from: s}
	if s != nil {
		n.peer = s.end.Peer()
	}
	x.heard.push(n)
}

// said keeps a peer's message for the user. What goes beyond RCVHWM is dropped:
// unlike a subscription it may be lost, and the peer must not fill our memory.
func (x *xpub) said(s *sink, frames [][]byte) {
	if hwm := x.opt.Pipe.RecvHWM; hwm > 0 && s.held >= hwm {
		return
	}
	s.held++
	n := note{first: keep(frames[0]), from: s, peer: s.end.Peer(), said: true}
	for _, f := range frames[1:] {
		n.more = append(n.more, keep(f))
	}
	x.heard.push(n)
}

// keep copies a small frame, so that it does not hold the chunk it came in.
func keep(f []byte) []byte {
	if len(f) >= msg.LargeFrame {
		return f
	}
	return slices.Clone(f)
}

// Detach unsubscribes the peer from everything, and tells the user of each topic
// that nobody wants any more. In manual mode it tells of each that the peer had
// asked for.
func (x *xpub) Detach(e *pipe.End) {
	s := x.leave(e)
	if s == nil {
		return
	}
	if x.last == s {
		x.last, x.once = nil, false
	}
	manual := x.manual()
	x.wanted.drop(s, func(topic []byte, _ removal) {
		if manual {
			x.changed(nil, false, topic)
		}
	})
	x.subs.drop(s, func(topic []byte, r removal) {
		if !manual && (r == vacated || x.opt.XPub.VerboseUnsubs) {
			x.changed(nil, false, topic)
		}
	})
}

func (x *xpub) Recv(m *msg.Message) error {
	if x.heard.len() == 0 {
		return errno.EAGAIN
	}
	n := x.heard.pop()
	m.Frames = append(append(m.Frames[:0], n.first), n.more...)
	m.Peer, m.Chunk = n.peer, nil
	if n.said {
		n.from.held--
	}
	x.last = n.from
	if x.last != nil && x.last.slot < 0 {
		x.last = nil
	}
	x.once = x.last != nil
	return nil
}

func (x *xpub) CanRecv() bool { return x.heard.len() > 0 }

// Put implements Putter.
func (x *xpub) Put(frame []byte) bool {
	return !(x.once && x.opt.XPub.ManualLastValue) && x.publisher.Put(frame)
}

// Send: see publisher. With XPUB_MANUAL_LAST_VALUE the first message after a
// Recv goes only to the peer that was received from, if that would get it.
func (x *xpub) Send(m *msg.Message) error {
	if !x.once || !x.opt.XPub.ManualLastValue {
		return x.publisher.Send(m)
	}
	x.pickLast(m.Frames[0])
	err := x.deliver(m)
	if err == nil {
		x.once = false
	}
	return err
}

func (x *xpub) pickLast(first []byte) {
	x.out.begin()
	if x.subs.wants(first, x.last) != x.opt.XPub.InvertMatching {
		x.out.match(x.last)
	}
}

func (x *xpub) Admit(first []byte) error {
	if !x.once || !x.opt.XPub.ManualLastValue || !x.opt.XPub.NoDrop {
		return x.publisher.Admit(first)
	}
	if x.pickLast(first); !x.out.room() {
		return errno.EAGAIN
	}
	return nil
}

// Subscribe in manual mode adds the peer of the message received last to topic;
// nothing happens if that peer is gone. EINVAL: not in manual mode.
func (x *xpub) Subscribe(topic []byte) error {
	if !x.manual() {
		return errno.EINVAL
	}
	if x.last != nil {
		x.subs.add(topic, x.last)
	}
	return nil
}

// Unsubscribe is the opposite of Subscribe.
func (x *xpub) Unsubscribe(topic []byte) error {
	if !x.manual() {
		return errno.EINVAL
	}
	if x.last != nil {
		x.subs.remove(topic, x.last)
	}
	return nil
}
