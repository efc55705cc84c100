package pipe

import (
	"sync/atomic"

	"github.com/zeroth-mq/zmq/internal/msg"
)

// An Event says which way an End can move again.
type Event uint8

const (
	In  Event = 1 << iota // there may be something to receive, or the peer has ended
	Out                   // there may be room to send, or the peer has gone
)

// An Owner holds one End of each of its pipes.
type Owner interface {
	// Wake says that the End can move again. It is called by what moved
	// the other side, possibly with another socket's locks held, so it only
	// notes the fact and wakes a waiter.
	Wake(e *End, ev Event)
	// Flush asks for End.Flush: at once if no call is sending just now, else
	// when that call has finished. It does not wait. The other side of a
	// pipe asks, possibly with its own socket's receive lock held.
	Flush(e *End)
}

// An End is one side's view of a pipe. Its receiving half (Recv, TakeBatch,
// DropInput) belongs to one caller at a time, and so does its sending half
// (Send, Publish); the two halves may be used at once.
type End struct {
	in    Walker
	out   *Queue
	owner Owner
	peer  atomic.Pointer[msg.Peer]

	// Slots for the pattern that holds the End: the End's places in its
	// fair queue and its load balancer (0: none), its routing id, and what
	// else it keeps for this peer. Guarded by the pattern's locks.
	RecvSlot int
	SendSlot int
	ID       string
	Tag      any
	AtDoor   bool // at the pattern's door, until there is a place
	Then     *End // what is received from once this one has Ended; nil: nothing

	// Host is what the socket keeps for this peer. It is set before the pattern
	// has the End.
	Host any

	// Order sorts the Ends of one socket by when they came: New sets it, and a
	// socket that is given the other End later, before it lists that.
	Order uint64

	// Dropped counts messages that a pattern threw away because this peer
	// had no room.
	Dropped atomic.Uint64
}

// Marks bound the two queues of a pipe as seen from one End. Zero: no bound.
type Marks struct {
	Send, Recv           int // messages
	SendBytes, RecvBytes int
	// Hold only the newest message.
	ConflateSend, ConflateRecv bool
}

var orders atomic.Uint64

// NextOrder is for an End that comes now.
func NextOrder() uint64 { return orders.Add(1) }

// New makes a pipe between a and b. The marks are as a sees them. engine says
// that b is an engine, which takes batches and gives their buffers back, and
// publishes whole ones.
func New(a, b Owner, m Marks, engine bool) (*End, *End) {
	ab, ba := &Queue{}, &Queue{}
	ea := &End{in: Walker{q: ba}, out: ab, owner: a, Order: NextOrder()}
	eb := &End{in: Walker{q: ab}, out: ba, owner: b}
	ab.producer, ab.consumer = ea, eb
	ba.producer, ba.consumer = eb, ea
	ab.sleeping.Store(true)
	ba.sleeping.Store(true)
	ab.conflate, ba.conflate = m.ConflateSend, m.ConflateRecv
	if engine {
		ab.kind, ba.kind = toEngine, fromEngine
	}
	ab.setHWM(m.Send, m.SendBytes)
	ba.setHWM(m.Recv, m.RecvBytes)
	return ea, eb
}

// SetMarks changes the marks of a live pipe to an engine, but not whether it
// conflates.
func (e *End) SetMarks(m Marks) {
	e.in.q.setMarks(m.Recv, m.RecvBytes)
	e.out.setMarks(m.Send, m.SendBytes)
}

// SetSendMarks changes the marks of what this End sends into. It belongs to the
// sending half.
func (e *End) SetSendMarks(msgs, bytes int) { e.out.setMarks(msgs, bytes) }

// Peer is what is at the other end now, or was last; nil before the first
// connection and over inproc.
func (e *End) Peer() *msg.Peer { return e.peer.Load() }

// SetPeer is called by the engine's side when a connection is made.
func (e *End) SetPeer(p *msg.Peer) { e.peer.Store(p) }

// CanSend reports whether Send would succeed. If not, Wake follows.
func (e *End) CanSend() bool {
	q := e.out
	if !q.over.Load() && !q.full() {
		return true
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.dead {
		return false
	}
	if q.full() {
		q.blocked = true
		return false
	}
	return true
}

// Flush hands over the open chunk. It belongs to the sending half.
func (e *End) Flush() { e.out.flush() }

// Ended reports that the peer has gone and all it sent was received.
func (e *End) Ended() bool {
	if e.in.i < len(e.in.segs) {
		return false
	}
	q := e.in.q // what is closed is handed over
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed && len(q.segs) == 0
}

// CloseOut says that nothing more will be sent; what is queued still goes.
func (e *End) CloseOut() { e.out.end(false) }

// RefuseInput says that nothing more may come in. What has come in stays to be
// received, and then the End has Ended.
func (e *End) RefuseInput() { e.in.q.end(false) }

// CloseIn says that nothing more will be received; what is queued is dropped.
// What was taken is left to its owner: see DropInput.
func (e *End) CloseIn() { e.in.q.end(true) }

// Expel has the engine on the other side end its connection with err, which is not
// nil. It reports whether there is an engine; a peer over inproc stays.
func (e *End) Expel(err error) bool {
	if e.out.kind == toEngine {
		e.in.q.expelled.Store(&err)
	}
	return e.out.kind == toEngine
}

// Expelled is what Expel on the other side was called with since the last
// connection began; nil: it was not. It is the engine's, as Admit is.
func (e *End) Expelled() error {
	if err := e.out.expelled.Load(); err != nil {
		return *err
	}
	return nil
}

// Admit begins a connection.
func (e *End) Admit() { e.out.expelled.Store(nil) }

// DropInput forgets what was received and not yet read.
func (e *End) DropInput() { e.in.takeAll() }

// DropOutput forgets what was sent and has not been taken, and returns how
// many messages that was.
func (e *End) DropOutput() int {
	e.out.mu.Lock()
	n := e.out.dropLocked()
	wake := e.out.blocked
	e.out.blocked = false
	e.out.mu.Unlock()
	if wake {
		e.owner.Wake(e, Out)
	}
	return n
}

// Closed reports that this side's CloseOut was called: by the socket, or by a
// pattern that wants to be rid of the peer.
func (e *End) Closed() bool {
	e.out.mu.Lock()
	defer e.out.mu.Unlock()
	return e.out.closed
}
