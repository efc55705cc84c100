package engine

import "github.com/zeroth-mq/zmq/internal/msg"

// A large frame that is not there whole is read into a buffer of its own, so that
// its body is not copied. It may come in any number of reads, by the reader or by a
// borrower of its turn.
//
// The buffer is as large as the frame once a quarter of it is there, or the
// connection has sent one of such a size. Until then what comes is in smaller ones:
// each four times as large as the one before and in its place or, of a very large
// frame, beside it.
const (
	// largeFrame is the size from which that is done.
	largeFrame = 48 << 10
	// firstLarge bounds the first buffer.
	firstLarge = 64 << 10
	// veryLarge is the size from which buffers are not used again: see msg.Chunk.
	veryLarge = 4 << 20
	// minPiece is the least size of a piece of a very large frame.
	minPiece = 1 << 20
)

// a large is such a frame; the zero value: none.
type large struct {
	buf    *msg.Chunk // what body is part of; nil: of the last piece
	body   []byte     // what has come, behind the pieces
	pieces []*piece
	had    int // what came in the pieces before
	size   uint64
	more   bool
}

func (l *large) on() bool { return l.size > 0 }

// received notes that n bytes were read. False: not for this.
func (l *large) received(n int) bool {
	if l.on() {
		l.body = l.body[:len(l.body)+n]
	}
	return l.on()
}

// largeSpace is where the next read goes.
func (r *reader) largeSpace() []byte {
	l := &r.large
	if len(l.body) == cap(l.body) {
		have := l.had + len(l.body)
		next := min(l.size, 4*uint64(have))
		if next < l.size && l.size > veryLarge {
			l.addPiece(have)
		} else {
			l.moveTo(msg.NewChunk(int(next)).From(r.e.peer))
		}
	}
	return l.body[len(l.body):min(uint64(cap(l.body)), l.size-uint64(l.had))]
}

// addPiece goes on in another piece.
func (l *large) addPiece(have int) {
	if l.buf != nil {
		l.pieces, l.buf = append(l.pieces, pieceOf(l.buf)), nil
	}
	l.pieces[len(l.pieces)-1].b = l.body
	p := newPiece(max(minPiece, have/8))
	l.pieces = append(l.pieces, p)
	l.body, l.had = p.b, have
}

// moveTo moves what has come to another buffer, and frees what it was in.
func (l *large) moveTo(next *msg.Chunk) {
	last := l.body
	l.body = next.B[:0]
	if l.buf != nil {
		l.body = append(l.body, last...)
		l.buf.Release()
	} else {
		l.pieces[len(l.pieces)-1].b = last
	}
	for _, p := range l.pieces {
		l.body = append(l.body, p.b...)
		p.free()
	}
	l.buf, l.pieces, l.had = next, nil, 0
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
		room = min(size, max(firstLarge, 2*uint64(len(had))))
	}
	buf := msg.NewChunk(int(room)).From(r.e.peer)
	r.large = large{buf: buf, body: append(buf.B[:0], had...), size: size, more: more}
	return nil
}

// finish publishes the frame, or holds it if its message goes on, once it is whole.
func (r *reader) finish() (whole bool, err error) {
	l := r.large
	if uint64(l.had+len(l.body)) < l.size {
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
