package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// publisher is PUB, and of XPUB what is not in xpub: subscriptions in, messages out
// to those who match (RFC 29). It runs in lockstep, for both directions use the
// subscriptions. It is the Out, and a Sink: where all messages go.
//
//  1. Input is read as soon as it arrives; each frame that begins with a byte 1
//     or 0 adds its peer to a topic or takes it out.
//  2. A message is matched once, by its first frame: every node of the trie on
//     the way marks its peers for this message.
//  3. It is queued for each marked peer that has room.
type publisher struct {
	opt     *opt.Values
	out     dist
	route   Route
	matched bool // an XPUB has found who gets the next message
	subs    topics
	wanted  topics        // what peers asked for in XPUB's manual mode
	leaving []*subscriber // are gone, and have topics still
	heard   *notes        // what the user is to hear; nil for PUB
	input   msg.Message
	small   msg.Message // scratch of Put
}

func (p *publisher) init(v *opt.Values) {
	p.opt, p.wanted.which = v, 1
	p.route = Route{To: p, Keep: true}
}

func newPub(v *opt.Values) (Out, In) {
	p := new(publisher)
	p.init(v)
	return p, pubIn{p}
}

func (p *publisher) Attach(e *pipe.End) error {
	p.out.attach(e)
	if w := p.opt.XPub.WelcomeMsg; len(w) > 0 {
		e.SendForce(&msg.Message{Frames: [][]byte{w}})
	}
	return nil
}

func (p *publisher) Writable(e *pipe.End) { p.out.writable(e) }

// Pick always gives the publisher itself. EAGAIN under XPUB_NODROP when one who is to
// get the message has no room: then nobody gets it, neither by Send nor by Put. It can
// always send.
func (p *publisher) Pick(first []byte) (*Route, error) {
	p.matched = false
	if first != nil && !p.match(first) {
		return nil, errno.EAGAIN
	}
	return &p.route, nil
}

func (p *publisher) Sent(*Route) {}

// Send sends m to those who are to get it.
func (p *publisher) Send(m *msg.Message) bool {
	if !p.matched && !p.match(m.Frames[0]) {
		return false
	}
	if p.matched = false; len(p.out.matched) > 0 {
		p.out.send(m)
	}
	return true
}

// Put implements pipe.Sink.
func (p *publisher) Put(frame []byte) bool {
	if len(frame) >= msg.LargeFrame || p.matched || !p.match(frame) {
		return false
	}
	if len(p.out.matched) > 0 {
		p.small.Frames = append(p.small.Frames[:0], frame)
		p.out.send(&p.small)
		p.small.Reset()
	}
	return true
}

func (p *publisher) CanSend() bool { return true }

// Grant is as many as there may be, if nothing is refused: who has no room misses
// what it would miss anyway.
func (p *publisher) Grant() int {
	if p.opt.XPub.NoDrop {
		return 0
	}
	for _, s := range p.out.all[:min(len(p.out.all), grantAsks)] {
		if n := s.end.Grant(); n > 0 {
			return n
		}
	}
	return 0
}

// grantAsks is how many peers are asked whether they are awake.
const grantAsks = 4

// match marks who is to get a message, and reports whether they may.
func (p *publisher) match(first []byte) bool {
	p.out.begin()
	p.subs.match(first, &p.out)
	if p.opt.XPub.InvertMatching {
		p.out.invert()
	}
	return !p.opt.XPub.NoDrop || p.out.room()
}

// SubscribeAll implements Publisher.
func (p *publisher) SubscribeAll(e *pipe.End) { p.subs.add(nil, subscriberOf(e)) }

// Subscribers implements Publisher.
func (p *publisher) Subscribers(topic []byte) int {
	p.match(topic)
	return len(p.out.matched)
}

// TopicList implements Publisher.
func (p *publisher) TopicList() (all []string) {
	p.subs.walk(func(topic []byte, _ *entry[set]) { all = append(all, string(topic)) })
	return all
}

// pubIn is the In of PUB.
type pubIn struct{ *publisher }

func (p pubIn) Attach(e *pipe.End)    { p.hear(e) } // it may have spoken already
func (p pubIn) Readable(e *pipe.End)  { p.hear(e) }
func (p pubIn) Detach(*pipe.End)      {} // the Out has done it
func (p pubIn) Pick() (Source, error) { return Source{}, errno.ENOTSUP }
func (p pubIn) Took(*msg.Message)     {}
func (p pubIn) Counts() Counts        { return Counts{Topics: p.subs.n} }
