package zmq

import (
	"fmt"
	"strings"

	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pattern"
)

// A Type is a socket type. The values are those of zmq.h.
type Type int

// The socket types. Each says who may be its peer, and what Send and Recv do.
const (
	// Pair talks to one other Pair, both ways, exclusively (RFC 31).
	Pair Type = 0
	// Pub sends to every Sub and XSub whose subscriptions match the first
	// frame; one that has no room misses the message (RFC 29). It cannot receive.
	Pub Type = 1
	// Sub receives what it subscribed to from every Pub and XPub in turn
	// (RFC 29). It cannot send. See Socket.Subscribe.
	Sub Type = 2
	// Req sends a request to each Rep or Router in turn and receives the
	// reply, strictly one after the other (RFC 28), or many at once with
	// Socket.Request.
	Req Type = 3
	// Rep receives a request from each Req or Dealer in turn and sends the
	// reply back to where it came from (RFC 28).
	Rep Type = 4
	// Dealer sends to each Rep, Dealer or Router in turn and receives from
	// each in turn, in any order (RFC 28).
	Dealer Type = 5
	// Router names its peers: the first frame of what it receives says whom
	// it came from, the first frame of what it sends whom it goes to
	// (RFC 28). Peers are Req, Dealer and Router.
	Router Type = 6
	// Pull receives from each Push in turn (RFC 30). It cannot send.
	Pull Type = 7
	// Push sends to each Pull in turn, and waits while none has room
	// (RFC 30). It cannot receive.
	Push Type = 8
	// XPub is Pub that also receives the subscriptions: one frame, 1 or 0 and
	// the topic.
	XPub Type = 9
	// XSub is Sub that sends its subscriptions as messages, and does not
	// filter what it receives.
	XSub Type = 10
	// Stream talks to plain TCP peers: every message is two frames, the
	// peer's id and bytes. An empty second frame tells of a new or lost
	// connection; sending one closes it.
	Stream Type = 11
)

// String is the name that ZeroMQ uses, "PUSH".
func (t Type) String() string {
	if name := opt.TypeName(int(t)); name != "" {
		return name
	}
	return "unknown socket type"
}

// Types lists the socket types that there are.
func Types() []Type {
	var list []Type
	for _, r := range pattern.Rows() {
		list = append(list, Type(r.Type))
	}
	return list
}

// ParseType finds a socket type by its name in ZeroMQ, in any case: "push". The
// error is ErrInvalid.
func ParseType(name string) (Type, error) {
	r, ok := pattern.ByName(strings.ToUpper(name))
	if !ok {
		return -1, fmt.Errorf("zmq: there is no socket type %q: %w", name, ErrInvalid)
	}
	return Type(r.Type), nil
}

// row is that of the type; an empty one for a number that is none.
func (t Type) row() *pattern.Row {
	if r, ok := pattern.Lookup(int(t)); ok {
		return r
	}
	return &pattern.Row{NoSend: true, NoRecv: true}
}

// Sends reports whether sockets of the type can send; without it Send fails with
// ErrUnsupported.
func (t Type) Sends() bool { return !t.row().NoSend }

// Receives reports whether sockets of the type can receive; without it Recv fails
// with ErrUnsupported.
func (t Type) Receives() bool { return !t.row().NoRecv }

// Alternates reports whether sending and receiving take turns (Req, Rep): out of
// turn they fail with ErrState.
func (t Type) Alternates() bool { return t.row().Alternates }

// Addressed reports whether the first frame of each message is the routing id of
// the peer that it goes to, or comes from (Router, Stream).
func (t Type) Addressed() bool { return t.row().Names }

// Publishes reports whether messages go to the peers that have subscribed to them
// (Pub, XPub): see Socket.WaitSubscribers.
func (t Type) Publishes() bool { return t.row().Publishes }

// Subscribes reports whether peers send what the socket has subscribed to: by
// Socket.Subscribe (Sub), or by messages that it sends (XSub).
func (t Type) Subscribes() bool { return t.row().Subscribes }
