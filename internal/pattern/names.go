package pattern

import (
	"encoding/binary"
	"math/rand/v2"

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

// named is the In of a type whose peers have names: each message gets its
// sender's in front. The Out attaches and detaches.
type named struct{ in *fq }

func (named) Attach(*pipe.End)       {}
func (named) Detach(*pipe.End)       {}
func (n named) Readable(e *pipe.End) { n.in.wake(e) }
func (n named) Counts() Counts       { return n.in.Counts() }

func (n named) Pick() (Source, error) {
	src, err := n.in.Pick()
	return Source{End: src.End}, err
}

func (n named) Took(m *msg.Message) {
	id := n.in.ends[n.in.current].Tag.([]byte)
	m.Prepend(id[:len(id):len(id)])
	n.in.next()
}
