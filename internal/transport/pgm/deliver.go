package pgm

import "encoding/binary"

// queued is a TSDU that waits for the sink, or a number of lost packets.
type queued struct {
	tsdu []byte
	lost int
}

// deliver gives a TSDU to the stream: its first two bytes say where in the rest
// the first message begins.
func (s *source) deliver(tsdu []byte) {
	start, b := int(binary.BigEndian.Uint16(tsdu)), tsdu[offsetLen:]
	head := b
	if start != noStart {
		if start > len(b) {
			s.tell(1)
			return
		}
		head = b[:start]
	}
	if s.joined && len(head) > 0 {
		s.joined = s.stream.Bytes(head, false)
	}
	if start != noStart {
		s.joined = s.stream.Bytes(b[start:], true)
	}
	if s.r.given++; s.r.given >= roomEvery {
		s.r.sink.Flush()
		s.r.ask()
	}
}

// tell says that so many packets are lost here.
func (s *source) tell(n int) {
	s.joined = false
	s.stream.Lost(n)
}

// lose is tell in its turn: behind what is queued.
func (s *source) lose(n int) {
	switch {
	case n == 0:
	case len(s.queue) > 0:
		s.enqueue(queued{lost: n})
	default:
		s.tell(n)
	}
}

func (s *source) enqueue(q queued) {
	n := len(s.queue)
	if n == 0 {
		s.r.behind = append(s.r.behind, s)
	} else if last := &s.queue[n-1]; q.tsdu == nil && last.tsdu == nil {
		last.lost += q.lost
		return
	}
	s.queue = append(s.queue, q)
}

// unqueue gives the sink what is queued, as far as it has room.
func (s *source) unqueue() {
	n := 0
	for n < len(s.queue) && s.r.room {
		q := s.queue[n]
		n++
		if q.tsdu == nil {
			s.tell(q.lost)
			continue
		}
		s.deliver(q.tsdu)
		s.r.drop(q.tsdu)
	}
	k := copy(s.queue, s.queue[n:])
	clear(s.queue[k:])
	if s.queue = s.queue[:k]; k == 0 {
		s.queue = nil // it may have been long
	}
}
