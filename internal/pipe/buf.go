package pipe

import (
	"math/bits"
	"sync"
)

// Buffers come in powers of two from 4 KiB to 4 MiB. Only a buffer that no one
// outside the package has seen may be given back: see seg.own.
const (
	minShift = 12
	maxShift = 22

	smallChunk = 1 << 12 // a queue that holds little
	bigChunk   = 1 << 16 // a queue that streams
)

var pools [maxShift + 1]sync.Pool

// a boxed is what the pools hold: a slice header that is itself reused, so
// that neither get nor put allocates.
type boxed struct{ b []byte }

var boxes = sync.Pool{New: func() any { return new(boxed) }}

// getBuf returns an empty buffer with room for n bytes.
func getBuf(n int) []byte {
	if n > 1<<maxShift {
		return make([]byte, 0, n)
	}
	shift := minShift
	if n > 1<<minShift {
		shift = bits.Len(uint(n - 1))
	}
	if x, ok := pools[shift].Get().(*boxed); ok {
		b := x.b
		x.b = nil
		boxes.Put(x)
		return b[:0]
	}
	return make([]byte, 0, 1<<shift)
}

// putBuf gives a buffer of getBuf back. The caller must hold its only
// reference.
func putBuf(b []byte) {
	c := cap(b)
	if c < 1<<minShift || c > 1<<maxShift || c&(c-1) != 0 {
		return
	}
	x := boxes.Get().(*boxed)
	x.b = b[:0]
	pools[bits.Len(uint(c))-1].Put(x)
}
