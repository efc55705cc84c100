package pipe

import (
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// A Shared is where messages that go to many peers are put into wire form once.
// The queues to engines refer to its bytes: such a stretch of a chunk is their open
// chunk, to which they add nothing themselves (Queue.loan). It belongs to who may
// send.
type Shared struct {
	chunk *msg.Chunk
	from  int // where the last message begins
	used  int // and ends
	size  int // what queues count it as
}

// mostShared bounds a message that is shared, lest much of a chunk is wasted. The
// bodies of larger ones are shared otherwise: see msg.Message.Shared.
const mostShared = bigChunk / 4

// Put makes m the message that SendShared sends. False: it is too large.
func (s *Shared) Put(m *msg.Message) bool {
	need, size := 0, 0
	for _, f := range m.Frames {
		need += len(f) + zmtp.MaxHeader
		size += wireSize(len(f))
	}
	if need > mostShared {
		return false
	}
	if s.chunk == nil || len(s.chunk.B)-s.used < need {
		if s.chunk != nil {
			s.chunk.Release()
		}
		s.chunk, s.used = msg.NewChunk(bigChunk), 0
	}
	b := s.chunk.B[:s.used]
	last := len(m.Frames) - 1
	for i, f := range m.Frames {
		var flags byte
		if i < last {
			flags = zmtp.FlagMore
		}
		b = append(zmtp.AppendHeader(b, flags, len(f)), f...)
	}
	s.from, s.used, s.size = s.used, len(b), size
	return true
}

// SendShared is Send of m, which was put into s.
func (e *End) SendShared(m *msg.Message, s *Shared) bool {
	return e.out.refer(s) || e.out.append(m, false)
}

// refer queues the last message of s, without a lock while one follows the other.
// False: it did nothing.
func (q *Queue) refer(s *Shared) bool {
	if !q.private || !q.recycle || q.over.Load() || q.full() {
		return false
	}
	if q.loan != s.chunk || len(q.tail) != s.from {
		q.borrow(s)
	}
	q.tail = s.chunk.B[:s.used:s.used]
	q.tailMsgs++
	q.put++
	q.putBytes += uint64(s.size)
	if q.sleeping.Load() {
		q.flush()
	}
	return true
}

// borrow makes the place of the last message of s the open chunk.
func (q *Queue) borrow(s *Shared) {
	q.mu.Lock()
	q.handLocked()
	q.mu.Unlock()
	s.chunk.Retain(1)
	q.loan, q.start = s.chunk, s.from
}
