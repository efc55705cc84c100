// Package pattern is the socket types: small machines over pipes. They do no
// I/O, never block, and move whole messages.
package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// A Pattern is one socket of one type. Its socket serialises the calls: Send,
// Writable and CanSend come under the send lock, Recv, Readable and CanRecv
// under the receive lock, everything else under both. For a Lockstep type the
// two locks are one.
//
// A Pattern reads its options through the *opt.Values it was made with, live:
// the socket changes them under both locks only.
type Pattern interface {
	// Attach adds a peer, or has it wait for its place (see Doorkeeper). An error
	// refuses it: EADDRINUSE, its place is taken, and it is not connected yet.
	Attach(*pipe.End) error
	// Detach says that the peer is gone: nothing can be sent to it any more.
	// What it had sent is still to be received, until End.Recv says no and
	// End.Ended says yes.
	Detach(*pipe.End)
	// Readable says that the End held nothing and now may, or has ended.
	Readable(*pipe.End)
	// Writable says that the End had no room and now may.
	Writable(*pipe.End)

	// Send hands m on, which has at least one frame. It may change m.Frames,
	// but not if it fails. EAGAIN: would block, try again after the next
	// Writable, Attach or Detach.
	Send(m *msg.Message) error
	// Recv sets m to the next message. EAGAIN: none now, try again after the
	// next Readable.
	Recv(m *msg.Message) error
	// CanSend reports whether Send would not say EAGAIN, CanRecv the same of
	// Recv (POLLOUT and POLLIN).
	CanSend() bool
	CanRecv() bool
}

// What only some patterns can do. The socket asserts these once, when it is
// made; all are called under both locks.

// A Subscriber keeps topics: SUB, and XPUB in manual mode.
type Subscriber interface {
	Subscribe(topic []byte) error
	Unsubscribe(topic []byte) error
}

// A Filterer receives only what it wants: Wants says whether that is a message
// that begins with first.
type Filterer interface {
	Wants(first []byte) bool
}

// A Hiccuper is told that the connection behind a connected End was lost and
// will be made again. It drops what it said and says it anew.
type Hiccuper interface {
	Hiccup(*pipe.End)
}

// An Admitter can refuse a message by its first frame, before the rest is
// there: for the faces that send part by part. It is asked only if more parts
// follow, changes nothing, and fails as Send would.
type Admitter interface {
	Admit(first []byte) error
}

// A Granter can promise to take messages: Grant, under the send lock, is how many
// Send is sure to take from now on, whatever happens, as long as a peer's engine is
// awake; 0: none is, or it is not sure of any.
type Granter interface{ Grant() int }

// A SoleSender can have one peer that gets all there is to send just now, and a
// SoleReceiver one that everything comes from, but for what a Filterer does not
// want; nil: not so. Under one lock each, and as long as that is held.
type (
	SoleSender   interface{ SoleOut() *pipe.End }
	SoleReceiver interface{ SoleIn() *pipe.End }
)

// A Putter can send a message of one small frame without ado: Put, under the send
// lock, is Send where that would succeed at once. False: it did nothing, and Send
// knows why. A Nexter can receive one: Next, under the receive lock, is Recv where
// that would be a message of one frame, of which it returns frame and chunk; chunk
// nil: it is not, or there is none.
type (
	Putter interface{ Put(frame []byte) bool }
	Nexter interface {
		Next() (frame []byte, chunk *msg.Chunk)
	}
)

// A Doorkeeper may have fewer places than peers: Attach has those for whom there
// is none wait, End.AtDoor, and Detach gives the place that it frees to the next
// one. Moved returns the Ends that came to wait, or were let in, since it was
// asked last.
type Doorkeeper interface{ Moved() []*pipe.End }

// A Reacher knows its peers by their ids: Reach says whether one could be sent a
// message now. EHOSTUNREACH: there is no such peer. EAGAIN: it has no room.
type Reacher interface {
	Reach(id []byte) error
}

// A Broadcaster can have a peer that cannot subscribe: what is behind it is
// everyone, who get everything. Nobody is told of this subscription.
type Broadcaster interface {
	SubscribeAll(*pipe.End)
}

// A Sweeper takes its time over what a peer leaves behind, lest its socket is held
// up by it: Detach does the first part, Sweep each further one, and says whether
// there is more. What is left meanwhile has no effect.
type Sweeper interface{ Sweep() (more bool) }

// A SubscriberCounter knows how many peers would get a message that begins
// with topic.
type SubscriberCounter interface {
	Subscribers(topic []byte) int
}

// A Waiter knows how many messages wait to be received: those of peers that are
// gone included, and what it has read ahead.
type Waiter interface {
	Waiting() int
}

// A Dropper counts messages that it threw away because the peer that they were for
// was not there. Those for a peer that is there are counted by its End.
type Dropper interface {
	DroppedCount() uint64
}

// A TopicCounter knows how many distinct topics it holds (TOPICS_COUNT).
type TopicCounter interface {
	Topics() int
}

// A Requester has many requests under way at once, told apart by their number.
// Under both locks, as every optional interface.
//
// Send, Recv, CanRecv and RecvReply all read the same input, and put aside what
// they meet for the other kind of request: after any of them Recv or RecvReply
// may have something without another Readable.
type Requester interface {
	// SendRequest sends m under the given number, whatever state the strict
	// alternation is in. EAGAIN as Send; EINVAL if the number is under way
	// already, which cannot happen by way of REQ_CORRELATE to numbers from
	// RequestBase up.
	SendRequest(id uint32, m *msg.Message) error
	// RecvReply sets m to the next reply to a numbered request, without its
	// envelope. The number is free again. EAGAIN as Recv.
	RecvReply(m *msg.Message) (id uint32, err error)
	// CancelRequest frees a number. A request that no peer has taken yet is not
	// sent any more; a reply that comes later, or has come and was not received,
	// is thrown away.
	CancelRequest(id uint32)
}

// RequestBase is the least number of a request that REQ_CORRELATE never uses.
const RequestBase = 1 << 31

// A Row is one socket type.
//
// A type with Lockstep shares state between its directions: the alternation of
// REQ and REP, the subscriptions that PUB and XPUB receive and match against,
// the peers that STREAM closes by a Send. Where only Attach and Detach write
// what both directions read (ROUTER's ids), two locks do.
type Row struct {
	Type  int
	Name  string
	Peers []string // socket types that a peer may announce
	New   func(*opt.Values) Pattern

	NoSend, NoRecv bool // ENOTSUP
	Lockstep       bool // one lock for both directions
	Alternates     bool // sending and receiving take turns
	Eager          bool // handle input when it arrives, without waiting for a call
	Names          bool // its peers have names; CONNECT_ROUTING_ID gives one
	NeedsPeer      bool // attach a connecting End only after its handshake, if it has no name yet
	Announce       bool // tell the peer our routing id
	Subscribes     bool // what it sends are subscriptions
	Publishes      bool // a peer that cannot subscribe is sent everything
	Raw            bool // bare TCP, no ZMTP
	Conflates      bool // CONFLATE has effect
	SkipSame       bool // connecting to the same endpoint twice is one connection

	Prefetch   bool // a face may receive ahead of the program; only a sender's mark shows it
	Monitors   bool // a monitor may be one
	AnswersZAP bool // a ZAP handler may be one

	Hello, Disconnect, Hiccup bool // HELLO_MSG, DISCONNECT_MSG, HICCUP_MSG have effect
}

// Lookup finds a socket type by its number.
func Lookup(t int) (*Row, bool) {
	for i := range rows {
		if rows[i].Type == t {
			return &rows[i], true
		}
	}
	return nil, false
}

// ByName finds a socket type by its name, "PUSH".
func ByName(name string) (*Row, bool) {
	for i := range rows {
		if rows[i].Name == name {
			return &rows[i], true
		}
	}
	return nil, false
}

// sendOnly and recvOnly are the missing halves of one-way types.
type sendOnly struct{}

func (sendOnly) Recv(*msg.Message) error { return errno.ENOTSUP }
func (sendOnly) CanRecv() bool           { return false }

type recvOnly struct{}

func (recvOnly) Send(*msg.Message) error { return errno.ENOTSUP }
func (recvOnly) CanSend() bool           { return false }
func (recvOnly) Writable(*pipe.End)      {}
