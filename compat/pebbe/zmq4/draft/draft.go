package zmq4

import (
	"errors"
	"fmt"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pattern"
)

// The kinds of socket that are drafts.
const (
	SERVER  = Type(opt.TypeServer)
	CLIENT  = Type(opt.TypeClient)
	RADIO   = Type(opt.TypeRadio)
	DISH    = Type(opt.TypeDish)
	GATHER  = Type(opt.TypeGather)
	SCATTER = Type(opt.TypeScatter)
	DGRAM   = Type(opt.TypeDgram)
)

// lastType is the last Type that has a name.
const lastType = DGRAM

// A RouterNotifyOption is what SetRouterNotify asks for. They can be or-ed.
type RouterNotifyOption int

// What a ROUTER can be told of.
const (
	NotifyConnect    = RouterNotifyOption(1 << iota) // a peer came
	NotifyDisconnect                                 // a peer has gone
)

//lint:file-ignore ST1005 programs may compare the texts with those of pebbe/zmq4

// Errors that are here so that programs that look for them compile; nothing
// returns them.
var (
	ErrorNotImplemented42draft = errors.New("Not implemented, requires 0MQ version 4.2 with drafts enabled")
	ErrorNotImplemented43      = errors.New("Not implemented, requires 0MQ version 4.3")
	ErrorNotImplemented433     = errors.New("Not implemented, requires 0MQ version 4.3.3")
	ErrorNotImplemented435     = errors.New("Not implemented, requires 0MQ version 4.3.5")
)

// HasDraft reports whether sockets of the draft types can be made.
func HasDraft() bool {
	_, ok := pattern.Lookup(opt.TypeServer)
	return ok
}

// An OptRoutingId is a message's peer, at a SERVER.
type OptRoutingId uint32

// An OptGroup is a message's group, at a RADIO or DISH.
type OptGroup string

// Send sends one part of a message; with SNDMORE, others follow. It returns the
// part's size, and with an error -1. It waits while no peer has room, at most
// as SetSndtimeo says; with DONTWAIT it fails instead: EAGAIN. The options are
// an OptRoutingId, not 0, and an OptGroup, of which 255 bytes count; sockets
// they mean nothing to ignore them.
func (soc *Socket) Send(data string, flags Flag, options ...any) (int, error) {
	if len(options) > 0 {
		if n, err := soc.check(options); err != nil {
			return n, err
		}
	}
	return soc.sendString(data, flags)
}

// SendBytes is Send. The bytes are copied.
func (soc *Socket) SendBytes(data []byte, flags Flag, options ...any) (int, error) {
	if len(options) > 0 {
		if n, err := soc.check(options); err != nil {
			return n, err
		}
	}
	return soc.sendBytes(data, flags)
}

// check finds the options of a message that cannot be, and what Send returns.
func (soc *Socket) check(options []any) (int, error) {
	if !soc.open() {
		return 0, ErrorSocketClosed
	}
	for _, o := range options {
		switch o := o.(type) {
		case OptRoutingId:
			if o == 0 {
				return -1, fail(errno.EINVAL)
			}
		case OptGroup:
		default:
			return 0, fmt.Errorf("%T is no option of a message: use OptRoutingId or OptGroup", o)
		}
	}
	return 0, nil
}

// RecvWithOpts is Recv, and gives options of the message: for each argument its
// value in the same type, OptRoutingId or OptGroup. They are 0 and "" where the
// socket's type has none.
func (soc *Socket) RecvWithOpts(flags Flag, options ...any) (string, []any, error) {
	values, err := none(options)
	if err != nil {
		return "", values, err
	}
	data, err := soc.Recv(flags)
	return data, values, err
}

// RecvBytesWithOpts is RecvBytes with options, as RecvWithOpts has them.
func (soc *Socket) RecvBytesWithOpts(flags Flag, options ...any) ([]byte, []any, error) {
	values, err := none(options)
	if err != nil {
		return []byte{}, values, err
	}
	data, err := soc.RecvBytes(flags)
	return data, values, err
}

// none is the values of a message that has no options.
func none(options []any) ([]any, error) {
	values := make([]any, len(options))
	for i, o := range options {
		switch o.(type) {
		case OptRoutingId:
			values[i] = OptRoutingId(0)
		case OptGroup:
			values[i] = OptGroup("")
		default:
			return values, fmt.Errorf("%T is no option of a message: use OptRoutingId or OptGroup", o)
		}
	}
	return values, nil
}

// Join has a DISH receive a group. ENOTSUP: another type.
func (soc *Socket) Join(group string) error { return soc.notDish() }

// Leave ends what Join began. ENOTSUP: another type.
func (soc *Socket) Leave(group string) error { return soc.notDish() }

func (soc *Socket) notDish() error {
	if !soc.open() {
		return ErrorSocketClosed
	}
	return fail(errno.ENOTSUP)
}
