package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// publisher is what PUB and XPUB share: subscriptions in, messages out to those
// who match. It runs in lockstep, for both directions use the subscriptions.
//
//  1. Input is read as soon as it arrives; each frame that begins with a byte 1
//     or 0 adds its peer to a topic or takes it out.
//  2. A message is matched once, by its first frame: every node of the trie on
//     the way marks its peers for this message.
//  3. It is queued for each marked peer that has room.
type publisher struct {
	opt     *opt.Values
	out     dist
	subs    topics
	wanted  topics  // what peers asked for in XPUB's manual mode
	leaving []*sink // are gone, and have topics still
	input   msg.Message
	small   msg.Message // scratch of Put
	user    listener    // nil for PUB
}

// listener is told what comes in, in order: XPUB's other half.
type listener interface {
	manual() bool
	// asked has a peer subscribe or unsubscribe in manual mode.
	asked(s *sink, on bool, topic []byte)
	// changed says that a peer did, and that the user is to know. made says
	// whether that made a difference to what the user is told of: see each.
	changed(s *sink, on bool, topic []byte, made bool)
	// each reports whether the user is told of each peer's topics, and not of
	// what all of them want together.
	each() bool
	// said has what is not a subscription. The frames are valid until it
	// returns.
	said(s *sink, frames [][]byte)
	// left says that a peer which is gone was taken out of a topic, or of what
	// it had asked for in manual mode.
	left(s *sink, topic []byte, wanted bool, r removal)
}

func newPublisher(v *opt.Values) publisher {
	return publisher{opt: v, wanted: topics{which: 1}}
}

func (p *publisher) Attach(e *pipe.End) error {
	s := p.out.attach(e)
	if w := p.opt.XPub.WelcomeMsg; len(w) > 0 {
		e.SendForce(&msg.Message{Frames: [][]byte{w}})
	}
	p.read(s)
	return nil
}

func (p *publisher) Readable(e *pipe.End) {
	if s := sinkOf(e); s != nil && s.slot >= 0 {
		p.read(s)
	}
}

func (p *publisher) Writable(e *pipe.End) { p.out.writable(e) }

func (p *publisher) read(s *sink) {
	for s.end.Recv(&p.input) {
		if !s.expelled {
			p.take(s, p.input.Frames)
		}
	}
	p.input.Reset()
}

// take sorts the frames of one message. Each may be a subscription, but with
// ONLY_FIRST_SUBSCRIBE only in a message whose first frame is one.
func (p *publisher) take(s *sink, frames [][]byte) {
	rest := frames[:0]
	each := true
	for i, f := range frames {
		sub := len(f) > 0 && f[0] <= 1
		if i == 0 {
			each = sub || !p.opt.XPub.OnlyFirst
		}
		if sub && each {
			p.subscription(s, f[0] == 1, f[1:])
		} else {
			rest = append(rest, f)
		}
	}
	if len(rest) > 0 && p.user != nil {
		p.user.said(s, rest)
	}
}

func (p *publisher) subscription(s *sink, on bool, topic []byte) {
	if on && p.expels(s, topic) {
		return
	}
	if p.user != nil && p.user.manual() {
		p.user.asked(s, on, topic)
		return
	}
	had := len(s.nodes[p.subs.which])
	tell, made := false, false
	if on {
		made = p.subs.add(topic, s)
		tell = made || p.opt.XPub.VerboseSubs
	} else {
		r := p.subs.remove(topic, s)
		made = r == vacated
		tell = r != remain || p.opt.XPub.VerboseUnsubs
	}
	if tell && p.user != nil {
		if p.user.each() {
			made = len(s.nodes[p.subs.which]) != had
		}
		p.user.changed(s, on, topic, made)
	}
}

// SubscribeAll gives everything to a peer that is attached.
func (p *publisher) SubscribeAll(e *pipe.End) { p.subs.add(nil, sinkOf(e)) }

// pick marks who is to get a message.
func (p *publisher) pick(first []byte) {
	p.out.begin()
	p.subs.match(first, &p.out)
	if p.opt.XPub.InvertMatching {
		p.out.invert()
	}
}

// Send never fails, except with EAGAIN under XPUB_NODROP when one who is to get
// the message has no room: then nobody gets it.
func (p *publisher) Send(m *msg.Message) error {
	p.pick(m.Frames[0])
	return p.deliver(m)
}

// Put implements Putter.
func (p *publisher) Put(frame []byte) bool {
	if len(frame) >= msg.LargeFrame {
		return false
	}
	p.pick(frame)
	if len(p.out.matched) == 0 {
		return true
	}
	p.small.Frames = append(p.small.Frames[:0], frame)
	err := p.deliver(&p.small)
	p.small.Frames[0] = nil
	return err == nil
}

func (p *publisher) deliver(m *msg.Message) error {
	if p.opt.XPub.NoDrop && !p.out.room() {
		return errno.EAGAIN
	}
	p.out.send(m)
	return nil
}

func (p *publisher) Admit(first []byte) error {
	if p.opt.XPub.NoDrop {
		if p.pick(first); !p.out.room() {
			return errno.EAGAIN
		}
	}
	return nil
}

// CanSend is always true; under XPUB_NODROP Send may say EAGAIN nevertheless.
func (p *publisher) CanSend() bool { return true }

// Subscribers counts the peers that would get a message beginning with topic.
func (p *publisher) Subscribers(topic []byte) int {
	p.pick(topic)
	return len(p.out.matched)
}

// Topics is the number of distinct topics.
func (p *publisher) Topics() int { return p.subs.n }
