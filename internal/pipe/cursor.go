package pipe

import "github.com/zeroth-mq/zmq/zmtp"

// a cursor walks what was taken from the inbound queue.
type cursor struct {
	segs  []seg
	i     int
	off   int
	lwm   int // credit is given back at this many messages
	lwmB  int // or bytes
	msgs  int // consumed since then
	bytes int
	costs uint64 // of all segments so far
}

// next ends a segment.
func (c *cursor) next() {
	s := &c.segs[c.i]
	if s.chunk != nil {
		s.chunk.Release()
	}
	c.bytes += s.cost
	c.costs += uint64(s.cost)
	s.b, s.chunk = nil, nil
	c.i++
	c.off = 0
}

// manyFrames is from where on the frames of a message are counted, so that their
// slice does not grow by copies of itself.
const manyFrames = 64

// frames counts those that are to come of the message that the cursor is in.
func (c *cursor) frames() (n int) {
	for i, off := c.i, c.off; i < len(c.segs); i, off = i+1, 0 {
		for b := c.segs[i].b[off:]; len(b) > 0; {
			flags, size, h := zmtp.ParseHeader(b)
			n++
			if flags&zmtp.FlagMore == 0 {
				return n
			}
			if size > uint64(len(b)-h) {
				i++ // the body is the next segment
				break
			}
			b = b[h+int(size):]
		}
	}
	return n
}
