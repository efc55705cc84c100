package engine

import "github.com/zeroth-mq/zmq/internal/msg"

// A large frame that is not there whole is read into a buffer of its own, so that
// its body is not copied. It may come in any number of pieces, and whoever has the
// turn reads the next one.
const (
	// largeFrame is the size from which that is done.
	largeFrame = 48 << 10
	// firstLarge bounds the buffer until bytes have really arrived, or the
	// connection has shown that it sends frames of such a size.
	firstLarge = 256 << 10
)

// a large is such a frame; the zero value: none.
type large struct {
	buf  *msg.Chunk
	body []byte // what has come
	size uint64
	more bool
}

func (l *large) on() bool { return l.buf != nil }

// came notes that n bytes were read. False: not for this.
func (l *large) came(n int) bool {
	if l.on() {
		l.body = l.body[:len(l.body)+n]
	}
	return l.on()
}

// space is where the next read goes.
func (l *large) space() []byte {
	if len(l.body) == cap(l.body) {
		next := msg.NewChunk(int(min(l.size, 4*uint64(cap(l.body))))).From(l.buf.Origin.Peer)
		l.body = append(next.B[:0], l.body...)
		l.buf.Release()
		l.buf = next
	}
	return l.body[len(l.body):min(uint64(cap(l.body)), l.size)]
}

// begin has a frame read apart. Its header, of h bytes, is at r.at, and what of its
// body has come is behind it, at the end of the chunk.
func (r *reader) begin(size uint64, h int, more bool) error {
	if err := r.flush(); err != nil {
		return err
	}
	begun := r.mid
	if err := r.count(int64(size), more); err != nil {
		return err
	}
	had := r.chunk[r.at+h:]
	r.at += h
	r.hold(begun)
	r.chunk = r.chunk[:r.at] // what is behind moves into the body
	r.brief = true
	room := size
	if size > max(firstLarge, r.proof) {
		room = firstLarge
	}
	buf := msg.NewChunk(int(room)).From(r.e.peer)
	r.large = large{buf, append(buf.B[:0], had...), size, more}
	return nil
}

// finish publishes the frame, or holds it if its message goes on, once it is whole.
func (r *reader) finish() (whole bool, err error) {
	l := r.large
	if uint64(len(l.body)) < l.size {
		return false, nil
	}
	r.large = large{}
	r.proof = max(r.proof, l.size)
	spare := len(l.buf.B) - len(l.body)
	if l.more {
		r.run.Add(l.body, 0, nil)
		r.run.Charge(spare)
		return true, nil
	}
	r.run.Add(l.body, 1, l.buf)
	r.run.Charge(spare)
	l.buf.Release()
	return true, r.publish()
}
