package pipe

import (
	"encoding/binary"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// Messages are whole messages of one small frame each in ZMTP 3 framing, one
// behind the other.
type Messages struct {
	Wire []byte
	N    int
}

// Grant is how many more messages Send is sure to take, if the other side is an
// engine that is awake; else 0. An engine that is awake asks for more before it
// sleeps. It belongs to the sending half.
func (e *End) Grant() int {
	q := e.out
	if !q.private || !q.recycle || q.sleeping.Load() || q.over.Load() || q.hwmBytes > 0 {
		return 0
	}
	if q.hwm == 0 {
		return grantMax
	}
	msgs, _ := q.under()
	return max(0, min(q.hwm-msgs, grantMax))
}

// grantMax bounds what is held back from an engine.
const grantMax = 8192

// SendRun is Send for many messages. False: none was sent, for there is no room
// for all, or the peer has gone.
func (e *End) SendRun(m Messages) bool {
	q := e.out
	if !q.private || q.over.Load() || q.hwmBytes > 0 {
		return false
	}
	if msgs, _ := q.under(); q.hwm > 0 && msgs+m.N > q.hwm {
		return false
	}
	if cap(q.tail)-len(q.tail) < len(m.Wire) {
		q.mu.Lock()
		q.growLocked(len(m.Wire), false)
		q.noteLocked()
		q.mu.Unlock()
	}
	q.tail = append(q.tail, m.Wire...)
	q.tailMsgs += m.N
	q.put += uint64(m.N)
	q.putBytes += uint64(len(m.Wire))
	if q.sleeping.Load() {
		q.flush()
	}
	return true
}

// RecvRun is Recv for messages of one frame that are taken already, up to most.
// Each goes to keep, which must not keep the frame, and says whether to go on. It
// returns how many there were; whatever else there is is left to Recv.
func (e *End) RecvRun(most int, keep func(*msg.Peer, []byte) bool) (n int) {
	c := &e.cur
	for more := true; more && n < most && c.i < len(c.segs); {
		s := &c.segs[c.i]
		var k int
		k, more = c.runSeg(s, most-n, e.from(s.chunk), keep)
		if s.chunk != nil {
			s.chunk.ReleaseN(k)
		}
		n += k
		if c.off == len(s.b) {
			c.next()
		}
		if c.msgs >= c.lwm {
			e.in.credit(c.msgs, c.bytes)
			c.msgs, c.bytes = 0, 0
		} else if c.bytes >= c.lwmB {
			e.in.credit(0, c.bytes)
			c.bytes = 0
		}
	}
	return n
}

// runSeg is RecvRun within one segment, up to the next credit.
func (c *cursor) runSeg(s *seg, most int, peer *msg.Peer, keep func(*msg.Peer, []byte) bool) (n int, more bool) {
	most = min(most, c.lwm-c.msgs)
	b := s.b
	for n < most && c.off < len(b) {
		flags, size, h := b[c.off], int(b[c.off+1]), 2
		if flags&zmtp.FlagLong != 0 {
			size, h = int(binary.BigEndian.Uint64(b[c.off+1:c.off+9])), 9
		}
		from := c.off + h
		if flags&zmtp.FlagMore != 0 || size > len(b)-from {
			return n, false
		}
		c.off = from + size
		c.msgs++
		c.bytes += h + size
		n++
		if !keep(peer, b[from:c.off:c.off]) {
			return n, false
		}
	}
	return n, true
}
