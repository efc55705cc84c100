package pipe

import (
	"bytes"
	"slices"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// Withdraw takes back the oldest message with that first frame, if the other side
// has not taken it yet: it does not go out, and leaves room. If an engine has it in
// hand, it goes out, unless its connection is lost before it is written: then it is
// not sent again on the next one. It belongs to the sending half.
func (e *End) Withdraw(first []byte) bool {
	q := e.out
	q.mu.Lock()
	q.handLocked()
	ok := q.cutLocked(first)
	if !ok && int64(len(q.revoked)) < q.hand.msgs {
		q.revoked = append(q.revoked, bytes.Clone(first))
	}
	wake := ok && q.blocked
	q.blocked = q.blocked && !wake
	q.mu.Unlock()
	if wake {
		e.owner.Wake(e, Out)
	}
	return ok
}

// a span is where one message lies in the sealed segments.
type span struct {
	seg, off     int   // it begins there
	last, end    int   // and ends there
	before, upTo int64 // messages that end before it in the one, and up to it in the other
	size         int   // what it counts as
}

// cutLocked removes the first message that begins with that frame.
func (q *Queue) cutLocked(first []byte) bool {
	s, starts, match := span{}, true, false
	ended := int64(0)
	for i, off := 0, 0; i < len(q.segs); {
		if off == len(q.segs[i].b) {
			i, off, ended = i+1, 0, 0
			continue
		}
		if starts {
			s = span{seg: i, off: off, before: ended}
		}
		flags, size, h := zmtp.ParseHeader(q.segs[i].b[off:])
		if off += h; off == len(q.segs[i].b) && size > 0 { // the body is the next segment
			i, off, ended = i+1, 0, 0
		}
		body := q.segs[i].b[off : off+int(size)]
		if starts {
			match = bytes.Equal(body, first)
		}
		s.size += h + len(body)
		off += len(body)
		if starts = flags&zmtp.FlagMore == 0; !starts {
			continue
		}
		if ended++; match {
			s.last, s.end, s.upTo = i, off, ended
			q.removeLocked(s)
			return true
		}
	}
	return false
}

// removeLocked removes a message. What is left of its first segment and of its last
// one are segments again.
func (q *Queue) removeLocked(s span) {
	var rest []seg
	left, right := q.segs[s.seg], q.segs[s.last]
	if right.chunk != nil && q.kind != toEngine {
		right.chunk.Release() // the message's own reference: see seg.chunk
	}
	if s.off > 0 {
		part := seg{b: left.b[:s.off:s.off], msgs: s.before, chunk: left.chunk}
		rest = append(rest, part)
		retain(part.chunk)
	}
	if s.end < len(right.b) {
		part := seg{b: right.b[s.end:], msgs: right.msgs - s.upTo, mid: right.mid, chunk: right.chunk}
		rest = append(rest, part)
		retain(part.chunk)
	}
	for _, gone := range q.segs[s.seg : s.last+1] {
		if gone.chunk != nil {
			gone.chunk.Release()
		}
	}
	q.segs = slices.Replace(q.segs, s.seg, s.last+1, rest...)
	q.goLocked(tally{1, int64(s.size)})
}

func retain(c *msg.Chunk) {
	if c != nil {
		c.Retain(1)
	}
}
