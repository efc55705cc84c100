package pipe

import (
	"encoding/binary"
	"math"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// The short way of small messages: onto the open chunk of a private queue, and out
// of the segment that a cursor stands in, without any lock but the caller's own.
// What needs more than that is left to Send and Recv, which do all there is.

// Put is Send for a message of one frame. False: it was not sent, and Send knows
// why.
func (e *End) Put(frame []byte) bool { return e.out.private && e.out.put1(frame, false) }

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

// put1 puts a small message of one frame onto the open chunk of a private queue,
// without any lock but the producer's own. It reports false, and has done nothing,
// for every other message and whenever anything else has to be done.
func (q *Queue) put1(f []byte, force bool) bool {
	n := len(f)
	if q.over.Load() || !force && q.full() || n >= msg.LargeFrame || cap(q.tail)-len(q.tail) < n+zmtp.MaxHeader {
		return false
	}
	q.tail = append(zmtp.AppendHeader(q.tail, 0, n), f...)
	q.tailMsgs++
	q.put++
	q.putBytes += uint64(wireSize(n))
	if q.sleeping.Load() {
		q.flush()
	}
	return true
}

// putAll is put1 for a message of several frames.
func (q *Queue) putAll(frames [][]byte, force bool) bool {
	if q.over.Load() || !force && q.full() {
		return false
	}
	need, size := 0, 0
	for _, f := range frames {
		if len(f) >= msg.LargeFrame {
			return false
		}
		need += len(f) + zmtp.MaxHeader
		size += wireSize(len(f))
	}
	if cap(q.tail)-len(q.tail) < need {
		return false
	}
	tail := q.tail
	last := len(frames) - 1
	for _, f := range frames[:last] {
		tail = append(zmtp.AppendHeader(tail, zmtp.FlagMore, len(f)), f...)
	}
	f := frames[last]
	q.tail = append(zmtp.AppendHeader(tail, 0, len(f)), f...)
	q.tailMsgs++
	q.put++
	q.putBytes += uint64(size)
	if q.sleeping.Load() {
		q.flush()
	}
	return true
}

// Next is Recv for a message of one frame that is part of a chunk, and at hand.
// Its chunk is nil if the next is not such a one, or there is none, or anything
// else has to be done.
func (e *End) Next() (frame []byte, chunk *msg.Chunk) {
	c := &e.cur
	if c.i >= len(c.segs) || c.msgs+1 >= c.lwm {
		return nil, nil
	}
	s := &c.segs[c.i]
	if s.chunk == nil || s.chunk.Origin.Peer == nil {
		return nil, nil
	}
	b := s.b[c.off:]
	flags, n, h := b[0], int(b[1]), 2
	if flags&zmtp.FlagLong != 0 {
		n, h = int(binary.BigEndian.Uint64(b[1:9])), 9
	}
	if flags&zmtp.FlagMore != 0 || h+n >= len(b) || c.bytes+h+n >= c.lwmB {
		return nil, nil // Recv ends segments, and gives credit
	}
	c.off += h + n
	c.msgs++
	c.bytes += h + n
	return b[h : h+n : h+n], s.chunk
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
	for n < most {
		flags, size, h := b[at], int(b[at+1]), 2
		if flags&zmtp.FlagLong != 0 {
			size, h = int(binary.BigEndian.Uint64(b[at+1:at+9])), 9
		}
		end := at + h + size
		if flags&zmtp.FlagMore != 0 || end >= len(b) || c.bytes+end-c.off >= c.lwmB {
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
