package pattern

import (
	"encoding/binary"
	"math/rand/v2"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// names finds peers by routing id. It is written under both locks and read
// under either.
type names struct {
	door
	peers map[string]*pipe.End
	next  uint32
}

func newNames() names {
	return names{peers: make(map[string]*pipe.End), next: rand.Uint32()}
}

// fresh makes an id that no peer has: a zero byte and a running number.
func (n *names) fresh() string {
	for {
		var id [5]byte
		binary.BigEndian.PutUint32(id[1:], n.next)
		n.next++
		if n.peers[string(id[:])] == nil {
			return string(id[:])
		}
	}
}

// take makes id the name of e. The End's Tag is the id as the frame that goes
// before what it sends: a new one each time, for the user may still hold the
// last.
func (n *names) take(id string, e *pipe.End) {
	e.ID = id
	e.Tag = []byte(id)
	n.peers[id] = e
}

// queue has e wait for a name that another peer has; first: before all others.
func (n *names) queue(id string, e *pipe.End, first bool) {
	e.ID = id
	n.wait(id, e, first)
}

// drop forgets e, and returns the peer that is to have its name now, or nil.
func (n *names) drop(e *pipe.End) *pipe.End {
	if e.AtDoor {
		n.leave(e.ID, e)
		return nil
	}
	if n.peers[e.ID] != e {
		return nil
	}
	delete(n.peers, e.ID)
	return n.admit(e.ID)
}

func (n *names) find(id []byte) *pipe.End { return n.peers[string(id)] }

// sendBody sends m without its first frame, the id, and leaves m as it was.
func sendBody(e *pipe.End, m *msg.Message) bool {
	frames := m.Frames
	m.Frames = frames[1:]
	ok := e.Send(m)
	m.Frames = frames
	return ok
}

// recvNamed receives from the next peer and puts its id in front.
func recvNamed(in *fq, m *msg.Message) error {
	e, err := in.recv(m)
	if err != nil {
		return err
	}
	id := e.Tag.([]byte)
	m.Prepend(id[:len(id):len(id)])
	return nil
}

// reach reports whether a message to e would be refused.
func reach(e *pipe.End) error {
	switch {
	case e == nil:
		return errno.EHOSTUNREACH
	case !e.CanSend():
		return errno.EAGAIN
	}
	return nil
}
