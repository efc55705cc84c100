// Package pattern is the socket types. A type is two parts, one for each
// direction: an Out chooses where the next message goes, an In where the next
// one comes from. They do no I/O, never block, and deal with whole messages.
//
//  1. To send, the socket asks Out.Pick for a Route, gives the message to what
//     the Route leads to, and says so with Out.Sent.
//  2. To receive, it asks In.Pick for a Source, takes a message from it, and
//     shows that to In.Took.
//  3. Whether it could send or receive it asks with Pick alone.
//  4. A Route or Source that is kept is used again without asking, until
//     something happens that the part is told.
//
// Locking: the socket serialises the calls. An Out belongs to the send lock, an
// In to the receive lock; Attach and Detach, and all that only some parts can
// do, come under both. For a Lockstep type the two locks are one, and its parts
// may share what they like. A part reads its options, the *opt.Values that it was
// made with, as they are: the socket changes them under both locks.
package pattern

import (
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// An Out chooses where messages go.
type Out interface {
	// Attach adds a peer, or has it wait for its place (see Doorkeeper). It comes
	// before the In's. An error refuses the peer: EADDRINUSE, its place is taken,
	// and it is not connected yet.
	Attach(*pipe.End) error
	// Detach says that the peer is gone: nothing can be sent to it any more.
	Detach(*pipe.End)
	// Writable says that the End had no room and now may.
	Writable(*pipe.End)

	// Pick says where a message goes that begins with the given frame, or has what
	// the Row's By says; nil: any message. It changes nothing that can be seen. EAGAIN: no peer has room, try
	// again after the next Writable, Attach or Detach. EFSM: it is not the time to
	// send. EHOSTUNREACH: the peer that first names is not there. ENOTSUP: this
	// socket type never sends. The Route belongs to the part and is good until the
	// next call.
	Pick(first []byte) (*Route, error)
	// Sent says that a message has gone by the Route that Pick gave last.
	Sent(*Route)
}

// A Route is where a message goes.
type Route struct {
	// To takes the message. If it has no room, because it is a certain peer or has
	// just now gone, it refuses. Nil: the message is for a peer that is not there,
	// and thrown away.
	To     pipe.Sink
	Drops  bool     // a message that To, which is an End, refuses is thrown away
	Skip   int      // 1: the first frame names the peer, and stays behind
	Prefix [][]byte // goes before the frames
	// Keep says that every message goes there, until the next Attach, Detach or
	// Writable, or the change of an option: no more calls of Pick and Sent are
	// needed.
	Keep bool
}

// An In chooses where messages come from.
type In interface {
	// Attach adds a peer that the Out has taken.
	Attach(*pipe.End)
	// Detach says that the peer is gone. What it had sent is still to be received,
	// until the End has Ended.
	Detach(*pipe.End)
	// Readable says that the End held nothing and now may, or has ended.
	Readable(*pipe.End)

	// Pick says where the next message is to be taken from: there is one. It
	// changes nothing that can be seen. EAGAIN: there is none, try again after the
	// next Readable. EFSM: it is not the time to receive. ENOTSUP: this socket
	// type never receives.
	Pick() (Source, error)
	// Took is shown the message that was taken from the Source that Pick gave
	// last. It makes it what the user gets: with the sender's id, or without its
	// envelope.
	Took(*msg.Message)
	// Counts says what there is to tell, of both parts, under both locks.
	Counts() Counts
}

// A Source is where the next message comes from.
type Source struct {
	// End has the message. Nil: the In has it, and Took sets it.
	End *pipe.End
	// Plain says that the user gets the message as it comes: Took may be called
	// with nil.
	Plain bool
	// Keep says that every message comes from End, and is plain, until the next
	// Attach, Detach or Readable, or the change of an option: behind this one no
	// more calls of Pick and Took are needed. But a Filterer, whose Pick finds only
	// what it wants, is to be asked about each message then.
	Keep bool
}

// Counts are what a socket tells of its pattern.
type Counts struct {
	// Waiting is how many messages wait to be received: those of peers that are
	// gone, and those that were read ahead, included.
	Waiting int
	// Dropped is how many messages were thrown away because the peer that they
	// were for was not there. Those for a peer that is there are counted by its End.
	Dropped uint64
	// Topics is how many distinct topics there are (TOPICS_COUNT).
	Topics int
}

// What only some parts can do. The socket asserts these once, when it is made.

// A Subscriber keeps topics: SUB, and XPUB in manual mode.
type Subscriber interface {
	Subscribe(topic []byte) error
	Unsubscribe(topic []byte) error
}

// A Filterer is an In that receives only what it wants: Wants says whether that
// is a message that begins with first.
type Filterer interface {
	Wants(first []byte) bool
}

// A Doorkeeper may have fewer places than peers: Attach has those for which there
// is none wait, End.AtDoor, and Detach gives the place that it frees to the next
// one. Moved returns the Ends that came to wait, or were let in, since it was
// asked last.
type Doorkeeper interface{ Moved() []*pipe.End }

// A Closer has connections that the user may close, by their ids, when what was
// sent is written. EHOSTUNREACH: there is none.
type Closer interface{ Close(id []byte) error }

// A Publisher knows who subscribes.
type Publisher interface {
	// Subscribers is how many peers would get a message that begins with topic.
	Subscribers(topic []byte) int
	// TopicList is to which topics peers are subscribed, each once, in byte order.
	TopicList() []string
	// SubscribeAll is for a peer that cannot subscribe: what is behind it is
	// everyone, who get everything. This subscription is not told.
	SubscribeAll(*pipe.End)
	// Sweep forgets part of what peers that are gone had subscribed to, and
	// reports whether there is more; Detach did the first part. It takes its time,
	// lest the socket is held up. What is left meanwhile has no effect.
	Sweep() (more bool)
}

// A Requester has many requests under way at once, told apart by their number.
//
// The In reads the same input, and each puts aside what it meets for the other:
// after either one's calls the other may have something without another Readable.
type Requester interface {
	// PickRequest is Pick for a request under the given number, whatever state the
	// strict alternation is in; Sent ends it. EAGAIN as Pick; EINVAL if the number
	// is under way already, which cannot happen by way of REQ_CORRELATE to numbers
	// from RequestBase up.
	PickRequest(id uint32) (*Route, error)
	// TakeReply sets m to the next reply to a numbered request, without its
	// envelope. The number is free again. EAGAIN: there is none, as Pick.
	TakeReply(m *msg.Message) (id uint32, err error)
	// CancelRequest frees a number. A request that no peer has taken yet is not
	// sent any more; a reply that comes later, or has come and was not received,
	// is thrown away.
	CancelRequest(id uint32)
}

// RequestBase is the least number of a request that REQ_CORRELATE never uses.
const RequestBase = 1 << 31

// As finds what only some parts can do in either of the two; nil: they cannot.
func As[T any](out Out, in In) (t T) {
	if x, ok := out.(T); ok {
		return x
	}
	t, _ = in.(T)
	return t
}
