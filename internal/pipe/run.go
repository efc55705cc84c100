package pipe

import (
	"encoding/binary"
	"math"

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

// PutMany is Put for many messages, in one go. It returns how many were sent; what
// comes next is left to Send.
func (e *End) PutMany(frames [][]byte) (n int) {
	q := e.out
	if !q.private || q.over.Load() || q.full() {
		return 0
	}
	most, bytes := len(frames), math.MaxInt
	under, underBytes := q.under()
	if q.hwm > 0 {
		most = min(most, q.hwm-under)
	}
	if q.hwmBytes > 0 {
		bytes = q.hwmBytes - underBytes
	}
	tail, size := q.tail, 0
	for _, f := range frames[:most] {
		if len(f) >= msg.LargeFrame || cap(tail)-len(tail) < len(f)+zmtp.MaxHeader || size >= bytes {
			break
		}
		tail = append(zmtp.AppendHeader(tail, 0, len(f)), f...)
		size += wireSize(len(f))
		n++
	}
	if n == 0 {
		return 0
	}
	q.tail = tail
	q.tailMsgs += n
	q.put += uint64(n)
	q.putBytes += uint64(size)
	if q.sleeping.Load() {
		q.flush()
	}
	return n
}

// NextMany is Next for up to most messages, each of which goes to keep, with its
// reference to the chunk. It returns how many there were; what comes next is left to
// Recv.
func (e *End) NextMany(most int, keep func(frame []byte, chunk *msg.Chunk)) (n int) {
	c := &e.cur
	if c.i >= len(c.segs) {
		return 0
	}
	s := &c.segs[c.i]
	if s.chunk == nil || s.chunk.Origin.Peer == nil {
		return 0
	}
	most = min(most, c.lwm-c.msgs-1)
	b, at := s.b, c.off
	for n < most && c.bytes+at-c.off < c.lwmB {
		flags, size, h := b[at], int(b[at+1]), 2
		if flags&zmtp.FlagLong != 0 {
			size, h = int(binary.BigEndian.Uint64(b[at+1:at+9])), 9
		}
		end := at + h + size
		if flags&zmtp.FlagMore != 0 || end >= len(b) {
			break
		}
		keep(b[at+h:end:end], s.chunk)
		at = end
		n++
	}
	c.msgs += n
	c.bytes += at - c.off
	c.off = at
	return n
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
