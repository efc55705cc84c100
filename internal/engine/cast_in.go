package engine

import (
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// A CastReader makes messages of one pipe from the streams of many publishers,
// which are in ZMTP 1.0 framing and may break off anywhere:
//
//  1. The frames of a message that is in the bytes at hand whole are rewritten
//     onto the end of a chunk, which all streams share.
//  2. If a message is not, what there is of it moves to a buffer of its stream,
//     where it stays until its end comes.
//  3. Flush publishes the whole messages as one run.
//
// It is for one goroutine at a time.
type CastReader struct {
	cfg *Config
	end *pipe.End

	buf   *msg.Chunk // what chunk is part of; nil: none
	chunk []byte
	pub   int // chunk[:pub] is in the run, or published
	msgs  int // whole messages in chunk[pub:]
	want  int // size of the next chunk
	run   pipe.Run
	held  int // bytes of the buffers of messages that are not whole
}

// NewCastReader makes one for the engine's End of a pipe.
func NewCastReader(cfg *Config, end *pipe.End) *CastReader {
	return &CastReader{cfg: cfg, end: end, want: minChunk}
}

// Room reports whether the socket wants more. If not, the pipe wakes the Handle
// (Out) once it does.
func (r *CastReader) Room() bool { return r.end.Room() }

// Flush publishes what there is.
func (r *CastReader) Flush() {
	r.seal()
	if r.run.Len() > 0 {
		r.end.Publish(&r.run)
	}
}

// seal moves the whole messages of the chunk into the run.
func (r *CastReader) seal() {
	if r.msgs > 0 {
		r.run.Add(r.chunk[r.pub:len(r.chunk):len(r.chunk)], r.msgs, r.buf)
		r.pub, r.msgs = len(r.chunk), 0
	}
}

// makeRoom sees to it that n bytes fit into the chunk, of which what is behind
// from moves along: a message that is not whole.
func (r *CastReader) makeRoom(n, from int) (newFrom int) {
	if cap(r.chunk)-len(r.chunk) >= n {
		return from
	}
	rest := r.chunk[from:]
	r.chunk = r.chunk[:from]
	r.seal()
	next := msg.NewChunk(max(r.want, len(rest)+n))
	r.want = min(4*r.want, maxChunk)
	r.chunk, r.pub = append(next.B[:0], rest...), 0
	if r.buf != nil {
		r.buf.Release()
	}
	r.buf = next
	return 0
}

// A CastStream is what comes from one publisher. Between two calls it is
// between two messages, or what there is of one is in hold.
type CastStream struct {
	r     *CastReader
	head  [zmtp.MaxHeaderV1]byte
	n     int        // bytes of a frame's header in head
	hold  *msg.Chunk // what part is the beginning of; nil: none
	part  []byte     // a message without its end, as the pipe holds it
	left  uint64     // bytes of the last frame that are missing in part
	more  bool       // and it is not the message's last
	mid   bool       // a message was begun
	tally tally      // of it
}

// Stream makes one.
func (r *CastReader) Stream() *CastStream { return &CastStream{r: r} }

// Bytes takes the next bytes of the stream. begins says that a message begins
// with the first of them: one that was begun and has not ended is forgotten.
// False: they make no sense, or a message is too large; the next bytes must
// begin one.
func (s *CastStream) Bytes(b []byte, begins bool) bool {
	if begins {
		s.Drop()
	}
	from := len(s.r.chunk) // where the message begins, while it is not in hold
	for len(b) > 0 {
		if s.left > 0 {
			k := int(min(s.left, uint64(len(b))))
			if s.grow(k); s.r.crowded() {
				s.Drop()
				return false
			}
			s.part = append(s.part, b[:k]...)
			b = b[k:]
			if s.left -= uint64(k); s.left == 0 {
				s.endFrame(&from)
			}
			continue
		}
		size, used, ok := s.header(b)
		if !ok || used > 0 && !s.admits(size) {
			s.r.chunk = s.r.chunk[:from]
			s.Drop()
			return false
		}
		if used == 0 {
			break // the header goes on elsewhere
		}
		b = b[used:]
		if s.frame(size, b, &from); s.r.crowded() {
			s.Drop()
			return false
		}
		k := int(min(size, uint64(len(b))))
		b = b[k:]
	}
	if s.mid && s.hold == nil {
		if s.toHold(from, 0); s.r.crowded() {
			s.Drop()
			return false
		}
	}
	return true
}

// leastHeld is what is always allowed to be held.
const leastHeld = 64 << 20

// crowded reports whether the messages of all streams that are not whole take more
// than MAXMESSAGE, which anybody can have them do: any packet makes a publisher.
func (r *CastReader) crowded() bool {
	m := r.cfg.Wire.MaxMessage
	return m > 0 && int64(r.held) > max(m, leastHeld)
}

// setHold makes c what the beginning of a message is held in; nil: there is none.
func (s *CastStream) setHold(c *msg.Chunk) {
	if s.hold != nil {
		s.r.held -= len(s.hold.B)
		s.hold.Release()
	}
	if s.hold = c; c != nil {
		s.r.held += len(c.B)
	}
}

// Drop forgets a message without its end.
func (s *CastStream) Drop() {
	s.setHold(nil)
	*s = CastStream{r: s.r}
}

// header reads a frame's header, of which some may have come before. used is
// what b had of it; 0: it goes on elsewhere, and is kept.
func (s *CastStream) header(b []byte) (size uint64, used int, ok bool) {
	if s.n == 0 {
		more, size, h, err := zmtp.ParseHeaderV1(b)
		if err != nil || h > 0 {
			s.more = more
			return size, h, err == nil
		}
	}
	had := s.n
	s.n += copy(s.head[s.n:], b)
	more, size, h, err := zmtp.ParseHeaderV1(s.head[:s.n])
	if err != nil || h == 0 {
		s.mid = true
		return 0, 0, err == nil
	}
	s.n, s.more = 0, more
	return size, h - had, true
}

// admits counts a frame and reports whether it may come.
func (s *CastStream) admits(size uint64) bool {
	w := &s.r.cfg.Wire
	if w.MaxMsgSize >= 0 && size > uint64(w.MaxMsgSize) {
		return false
	}
	if size > maxFrame {
		return false
	}
	return (w.MaxMessage <= 0 || int64(size) <= w.MaxMessage) && s.tally.frame(w, int64(size), s.more) == nil
}

// maxFrame keeps sizes from passing what an int holds.
const maxFrame = 1<<31 - 1<<16

// frame writes a frame's header, and of its body what b has.
func (s *CastStream) frame(size uint64, b []byte, from *int) {
	var flags byte
	if s.more {
		flags = zmtp.FlagMore
	}
	r := s.r
	whole := uint64(len(b)) >= size
	if s.hold == nil {
		if whole {
			*from = r.makeRoom(int(size)+zmtp.MaxHeader, *from)
			r.chunk = zmtp.AppendFrame(r.chunk, flags, b[:size])
			s.endFrame(from)
			return
		}
		s.toHold(*from, int(size)+zmtp.MaxHeader)
	}
	s.mid = true
	s.left = size
	s.grow(zmtp.MaxHeader)
	s.part = zmtp.AppendHeader(s.part, flags, int(size))
	k := int(min(size, uint64(len(b))))
	s.grow(k)
	s.part = append(s.part, b[:k]...)
	if s.left -= uint64(k); s.left == 0 {
		s.endFrame(from)
	}
}

// endFrame is called when a frame is there to its end. If it is the message's
// last, that is counted; from is where the next begins.
func (s *CastStream) endFrame(from *int) {
	s.mid = s.more
	if s.more {
		return
	}
	r := s.r
	if s.hold == nil {
		r.msgs++
	} else {
		r.seal() // those before it come first
		r.run.Add(s.part, 1, s.hold)
		r.run.Charge(len(s.hold.B) - len(s.part))
		s.setHold(nil)
		s.part = nil
	}
	*from = len(r.chunk)
}

// toHold moves a message that is not whole from the chunk into a buffer of its
// own, where n bytes more are expected.
func (s *CastStream) toHold(from, n int) {
	r := s.r
	rest := r.chunk[from:]
	s.setHold(msg.NewChunk(1 + max(len(rest), min(len(rest)+n, firstLarge))))
	s.part = append(s.hold.B[:0], rest...)
	r.chunk = r.chunk[:from]
}

// grow sees to it that n bytes fit into part. It becomes larger than what has
// come by a factor only.
func (s *CastStream) grow(n int) {
	need := len(s.part) + n
	if need <= cap(s.part) {
		return
	}
	size := max(need, int(min(uint64(len(s.part))+s.left, 4*uint64(cap(s.part)))))
	next := msg.NewChunk(size)
	s.part = append(next.B[:0], s.part...)
	s.setHold(next)
}
