package pattern

import (
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
	heard notes
	last  *sink // of the message received last; nil: none, or it is gone
	once  bool  // the next message goes to last alone
}

func newXPub(v *opt.Values) Pattern {
	x := &xpub{publisher: newPublisher(v), heard: notes{opt: &v.Pipe}}
	x.user = x
	return x
}

func (x *xpub) manual() bool { return x.opt.XPub.Manual || x.opt.XPub.ManualLastValue }

func (x *xpub) asked(s *sink, on bool, topic []byte) {
	had := len(s.nodes[x.wanted.which])
	if on {
		x.wanted.add(topic, s)
	} else {
		x.wanted.remove(topic, s)
	}
	x.changed(s, on, topic, len(s.nodes[x.wanted.which]) != had)
}

func (x *xpub) each() bool { return x.manual() || x.opt.XPub.VerboseUnsubs }

// said keeps a peer's message for the user. What there is no room for is dropped:
// unlike a subscription it may be lost, and the peer must not fill our memory.
func (x *xpub) said(s *sink, frames [][]byte) {
	if !x.heard.message(s, frames) {
		s.end.Dropped.Add(1)
	}
}

// left tells the user of a topic of a peer that is gone: that nobody wants it any
// more, or in manual mode that the peer had asked for it.
func (x *xpub) left(s *sink, topic []byte, wanted bool, r removal) {
	switch manual := x.manual(); {
	case wanted != manual:
	case manual || r == vacated || x.opt.XPub.VerboseUnsubs:
		x.changed(s, false, topic, true)
	}
}

// Detach unsubscribes the peer from everything: see Sweep.
func (x *xpub) Detach(e *pipe.End) {
	s := x.leave(e)
	if s == nil {
		return
	}
	x.heard.gone(s)
	if x.last == s {
		x.last, x.once = nil, false
	}
	x.Sweep()
}

func (x *xpub) Recv(m *msg.Message) error {
	if x.heard.first == nil {
		return errno.EAGAIN
	}
	x.last = x.heard.take(m).from
	if x.last.slot < 0 {
		x.last = nil
	}
	x.once = x.last != nil
	return nil
}

func (x *xpub) CanRecv() bool { return x.heard.first != nil }

// Waiting implements Waiter.
func (x *xpub) Waiting() int { return x.heard.changes.msgs + x.heard.said }

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
