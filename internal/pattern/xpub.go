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
	last *subscriber // of the message received last; nil: none, or it is gone
	once bool        // the next message goes to last alone
}

// xpubIn is the In of an xpub.
type xpubIn struct {
	pubIn
	out *xpub
}

func newXPub(v *opt.Values) (Out, In) {
	x := new(xpub)
	x.init(v)
	x.heard = &notes{opt: &v.Pipe}
	return x, xpubIn{pubIn{&x.publisher}, x}
}

func (x *xpub) Detach(e *pipe.End) {
	if x.last != nil && x.last.end == e {
		x.last, x.once = nil, false
	}
	x.publisher.Detach(e)
}

// Pick: see publisher. With XPUB_MANUAL_LAST_VALUE the first message after one was
// received goes only to the peer that it was received from, if that would get it.
func (x *xpub) Pick(first []byte) (*Route, error) {
	x.route.Keep = !x.opt.XPub.ManualLastValue
	if x.route.Keep || !x.once || first == nil {
		return x.publisher.Pick(first)
	}
	x.out.begin()
	if x.subs.wants(first, x.last) != x.opt.XPub.InvertMatching {
		x.out.match(x.last)
	}
	if x.opt.XPub.NoDrop && !x.out.room() {
		return nil, errno.EAGAIN
	}
	x.matched = true
	return &x.route, nil
}

func (x *xpub) Sent(*Route) { x.once = x.once && !x.opt.XPub.ManualLastValue }

func (x xpubIn) Pick() (Source, error) {
	if x.heard.first == nil {
		return Source{}, errno.EAGAIN
	}
	return Source{}, nil
}

func (x xpubIn) Took(m *msg.Message) {
	last := x.heard.take(m).from
	if last.slot < 0 {
		last = nil
	}
	x.out.last, x.out.once = last, last != nil
}

func (x xpubIn) Counts() Counts {
	return Counts{Waiting: x.heard.changes.msgs + x.heard.said, Topics: x.subs.n}
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
