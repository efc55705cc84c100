package zmq4

import (
	"context"
	"maps"
	"slices"

	"github.com/zeroth-mq/zmq"
)

// NewPub makes a PUB: it sends each message to every SUB and XSUB that is
// subscribed to what its first frame begins with.
func NewPub(ctx context.Context, opts ...Option) Socket {
	return &pubSocket{open(ctx, Pub, zmq.Pub, opts)}
}

type pubSocket struct{ *socket }

func (*pubSocket) Recv() (Msg, error) { return failed(cannot(Pub, "recv")) }

func (pub *pubSocket) Topics() []string { return pub.base.Topics() }

func (pub *pubSocket) SetOption(name string, value interface{}) error {
	if err := pub.socket.SetOption(name, value); err != nil || name == OptionHWM {
		return err
	}
	return ErrBadProperty
}

// NewXPub makes an XPUB: a PUB whose Recv returns the subscriptions, messages of
// one frame that is 1 or 0 and the topic.
func NewXPub(ctx context.Context, opts ...Option) Socket {
	return &xpubSocket{open(ctx, XPub, zmq.XPub, opts)}
}

type xpubSocket struct{ *socket }

func (xpub *xpubSocket) Topics() []string { return xpub.base.Topics() }

// NewXSub makes an XSUB: it receives what it has subscribed to with messages of
// one frame that is 1 or 0 and the topic.
func NewXSub(ctx context.Context, opts ...Option) Socket { return open(ctx, XSub, zmq.XSub, opts) }

// NewSub makes a SUB: it receives what it is subscribed to, see OptionSubscribe.
func NewSub(ctx context.Context, opts ...Option) Socket {
	return &subSocket{socket: open(ctx, Sub, zmq.Sub, opts), topics: map[string]bool{}}
}

type subSocket struct {
	*socket
	topics map[string]bool // under socket.mu
}

// Send subscribes, if the message is one frame that is 1 or 0 and a topic. A SUB
// sends nothing else.
func (sub *subSocket) Send(msg Msg) error {
	switch {
	case sub.ctx.Err() != nil:
		return sub.ctx.Err()
	case len(msg.Frames) == 0:
		return errNoFrames
	case len(msg.Frames) != 1 || len(msg.Frames[0]) == 0 || msg.Frames[0][0] > 1:
		return cannot(Sub, "send")
	}
	return sub.subscribe(string(msg.Frames[0][1:]), msg.Frames[0][0] == 1)
}

func (sub *subSocket) SendMulti(msg Msg) error { return sub.Send(msg) }

func (sub *subSocket) SetOption(name string, value interface{}) error {
	if err := sub.socket.SetOption(name, value); err != nil || name == OptionHWM {
		return err
	}
	if name != OptionSubscribe && name != OptionUnsubscribe {
		return ErrBadProperty
	}
	switch topic := value.(type) {
	case string:
		return sub.subscribe(topic, name == OptionSubscribe)
	case []byte:
		return sub.subscribe(string(topic), name == OptionSubscribe)
	}
	return ErrBadProperty
}

// subscribe holds a topic once, however often it is asked for.
func (sub *subSocket) subscribe(topic string, wanted bool) error {
	sub.mu.Lock()
	defer sub.mu.Unlock()
	if sub.topics[topic] == wanted {
		return nil
	}
	do := sub.base.Subscribe
	if !wanted {
		do = sub.base.Unsubscribe
	}
	if err := do(topic); err != nil {
		return sub.bare(err)
	}
	if wanted {
		sub.topics[topic] = true
	} else {
		delete(sub.topics, topic)
	}
	return nil
}

func (sub *subSocket) Topics() []string {
	sub.mu.Lock()
	defer sub.mu.Unlock()
	all := slices.AppendSeq([]string{}, maps.Keys(sub.topics))
	slices.Sort(all)
	return all
}
