package engine

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/zeroth-mq/zmq/internal/msg"
)

// Fault B18: a large frame comes together whatever the pieces that it arrives in, and
// no more than a quarter of it is needed beside what has come.
func TestLargeFrames(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{largeFrame, firstLarge, firstLarge + 1, 1 << 20, veryLarge, veryLarge + 1, 5<<20 + 3, 17 << 20, 40<<20 + 1} {
		want := make([]byte, size)
		for i := range want {
			want[i] = byte(i*7 + i/251)
		}
		r := &reader{e: &engine{}}
		room := min(size, firstLarge)
		buf := msg.NewChunk(room)
		r.large = large{buf: buf, body: buf.B[:0:room], size: uint64(size)}
		for at := 0; at < size; {
			space := r.largeSpace()
			if len(space) == 0 || len(space) > size-at {
				t.Fatalf("size %d: room for %d of %d", size, len(space), size-at)
			}
			n := copy(space[:1+rnd.IntN(len(space))], want[at:])
			r.large.received(n)
			at += n
			room := cap(r.large.body)
			for _, p := range r.large.pieces {
				if cap(p.b) != cap(r.large.body) { // that one is counted
					room += cap(p.b)
				}
			}
			if room > max(5*at, 2*firstLarge, 2*minPiece) && room > 4*at {
				t.Fatalf("size %d: %d bytes have come, there is room for %d", size, at, room)
			}
		}
		if l := &r.large; l.had != 0 || len(l.pieces) > 0 || !bytes.Equal(l.body, want) || &l.body[0] != &l.buf.B[0] {
			t.Errorf("size %d: it has not come together", size)
		}
	}
}
