package pattern

import (
	"slices"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// notes are the messages that wait for the user of an XPUB, oldest first.
//
// They are bounded. Up to RCVHWM changes of subscriptions, or RCVHWM_BYTES of them,
// wait as they came. One beyond that is late: there is one late note at most of each
// topic, which the next change of that topic takes back if it undoes it, and else
// becomes part of. So there are no more than the marks allow and as many as it takes
// to tell what is subscribed now, however often peers change their minds, come and
// go, and none of that is lost. What else a peer says is dropped beyond the marks.
type notes struct {
	opt         *opt.Pipe
	first, last *note
	changes     kept
	said        int // messages that are no changes
	late        map[change]*note
	left        kept // of peers that are gone
}

// a note is one message for the user.
type note struct {
	prev, next *note
	change     // of a subscription; not of a message with frames
	on         bool
	made       bool     // it made a difference, and did not only say again what was so
	late       bool     // it is in notes.late
	frames     [][]byte // what a peer said that is no subscription
	size       int      // of frames, with what they cost
	from       *subscriber
	peer       *msg.Peer
}

// a change is what late notes are found by. Its peer is nil where users are told
// of topics, and not of each peer's.
type change struct {
	peer  *subscriber
	topic string
}

// kept is how much waits.
type kept struct{ msgs, bytes int }

func (k *kept) add(msgs, bytes int) { k.msgs, k.bytes = k.msgs+msgs, k.bytes+bytes }

// reach reports whether k is as much as may be.
func (k kept) reach(o *opt.Pipe) bool {
	return o.RecvHWM > 0 && k.msgs >= o.RecvHWM || o.RecvHWMBytes > 0 && k.bytes >= o.RecvHWMBytes
}

// noteCost is about what a note takes beside its topic or its frames.
const noteCost = 192

// subscription adds a change.
func (l *notes) subscription(n *note) {
	if late := l.late[n.change]; late != nil {
		switch {
		case late.on == n.on:
			late.made = late.made || n.made
		case late.made && n.made:
			l.remove(late)
		default:
			late.on, late.made = n.on, n.made
		}
		return
	}
	if l.changes.reach(l.opt) {
		if l.late == nil {
			l.late = make(map[change]*note)
		}
		l.late[n.change], n.late = n, true
	}
	n.size = noteCost + len(n.topic)
	l.changes.add(1, n.size)
	l.push(n)
}

// message adds what a peer said, and reports whether there was room for it.
func (l *notes) message(from *subscriber, frames [][]byte) bool {
	size := noteCost
	for _, f := range frames {
		size += len(f) + msg.FrameCost
	}
	if (kept{from.held.msgs + l.left.msgs, from.held.bytes + l.left.bytes}).reach(l.opt) {
		return false
	}
	from.held.add(1, size)
	l.said++
	n := &note{from: from, peer: from.end.Peer(), size: size, frames: make([][]byte, 0, len(frames))}
	for _, f := range frames {
		n.frames = append(n.frames, keep(f))
	}
	l.push(n)
	return true
}

// keep copies a small frame, so that it does not hold the chunk it came in.
func keep(f []byte) []byte {
	if len(f) >= msg.LargeFrame {
		return f
	}
	return slices.Clone(f)
}

// gone says that a peer is: what it had said counts for all who come after it.
func (l *notes) gone(s *subscriber) {
	l.left.add(s.held.msgs, s.held.bytes)
	s.held = kept{}
}

func (l *notes) push(n *note) {
	if n.prev = l.last; n.prev == nil {
		l.first = n
	} else {
		n.prev.next = n
	}
	l.last = n
}

// remove takes n out.
func (l *notes) remove(n *note) {
	if n.prev == nil {
		l.first = n.next
	} else {
		n.prev.next = n.next
	}
	if n.next == nil {
		l.last = n.prev
	} else {
		n.next.prev = n.prev
	}
	n.prev, n.next = nil, nil
	if n.frames != nil {
		l.said--
	}
	switch {
	case n.frames == nil:
		l.changes.add(-1, -n.size)
		if n.late {
			delete(l.late, n.change)
		}
		if len(l.late) == 0 {
			l.late = nil // a map does not shrink
		}
	case n.from.slot < 0:
		l.left.add(-1, -n.size)
	default:
		n.from.held.add(-1, -n.size)
	}
}

// take removes the oldest note, and sets m to what the user gets for it.
func (l *notes) take(m *msg.Message) *note {
	n := l.first
	l.remove(n)
	m.Frames, m.Peer, m.Chunk = append(m.Frames[:0], n.frames...), n.peer, nil
	if n.frames == nil {
		b := make([]byte, 1, 1+len(n.topic))
		if n.on {
			b[0] = 1
		}
		m.Frames = append(m.Frames, append(b, n.topic...))
	}
	return n
}
