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
	ended := int64(0) // in the segment where at is
	for at := (place{segs: q.segs}); at.more(); {
		if at.enter() {
			ended = 0
		}
		s := span{seg: at.i, off: at.off, before: ended}
		match := false
		for more, begins := true, true; more; begins = false {
			in := at.i
			flags, body, h := at.step()
			if at.i != in {
				ended = 0
			}
			if begins {
				match = bytes.Equal(body, first)
			}
			s.size += h + len(body)
			more = flags&zmtp.FlagMore != 0
		}
		if ended++; match {
			s.last, s.end, s.upTo = at.i, at.off, ended
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
