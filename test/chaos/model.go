package chaos

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"sync"
)

// maxSize is the largest message that a flow sends, in bytes of all its frames.
const maxSize = 72<<10 + 64

// A flow is a stream of numbered messages, from one side to the other: it makes
// them, and checks what arrives. Each arrives once and whole, and those of one
// connection in order. What a connection that was cut had delivered may be
// received after the first messages of the next one. Any goroutine may call.
type flow struct {
	id uint32

	mu    sync.Mutex
	rng   *rand.Rand
	sizes []int // of message i+1; 0 if it was not sent
	seen  []int // how often message i+1 arrived
	last  map[uint64]int
	tails []int // see pile
	ended int   // the highest number of an end that arrived

	twice, corrupt, disorder int
	what                     string // the first fault
}

func newFlow(id uint32, rng *rand.Rand) *flow {
	return &flow{id: id, rng: rng, last: make(map[uint64]int)}
}

// next makes the next message: the flow and its number, data of a random size,
// and a checksum over all.
func (f *flow) next() [][]byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := len(f.sizes) + 1
	size := f.rng.IntN(1 << f.rng.IntN(14))
	if f.rng.IntN(100) == 0 {
		size = 8<<10 + f.rng.IntN(64<<10) // a buffer of its own
	}
	frames := f.body(i, size)
	f.sizes = append(f.sizes, len(frames[0])+len(frames[1])+len(frames[2]))
	f.seen = append(f.seen, 0)
	return frames
}

func (f *flow) body(i, size int) [][]byte {
	head := binary.BigEndian.AppendUint32(nil, f.id)
	head = binary.BigEndian.AppendUint64(head, uint64(i))
	data := make([]byte, size)
	for j := range data {
		data[j] = byte(i + j)
	}
	return [][]byte{head, data, checksum(head, data)}
}

func checksum(head, data []byte) []byte {
	sum := crc32.NewIEEE()
	sum.Write(head)
	sum.Write(data)
	return sum.Sum(nil)
}

var endMark = []byte("the end")

// end is a message that is not counted; n tells one end from the next.
func (f *flow) end(n int) [][]byte {
	return [][]byte{endMark, binary.BigEndian.AppendUint32(nil, f.id), binary.BigEndian.AppendUint64(nil, uint64(n))}
}

// enter notes a message that arrived over a connection, 0 if it is not known
// which, and returns its number: 0 for an end and for what is none of the
// flow's.
func (f *flow) enter(conn uint64, frames [][]byte) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(frames) != 3 {
		f.fault(&f.corrupt, "a message of %d frames: %.60q", len(frames), frames)
		return 0
	}
	if bytes.Equal(frames[0], endMark) && len(frames[2]) == 8 {
		f.ended = max(f.ended, int(binary.BigEndian.Uint64(frames[2])))
		return 0
	}
	if len(frames[0]) != 12 || !bytes.Equal(checksum(frames[0], frames[1]), frames[2]) {
		f.fault(&f.corrupt, "a broken message: %.60q", frames)
		return 0
	}
	i := int(binary.BigEndian.Uint64(frames[0][4:]))
	switch {
	case binary.BigEndian.Uint32(frames[0]) != f.id || i < 1 || i > len(f.sizes) || f.sizes[i-1] == 0:
		f.fault(&f.corrupt, "message %d of another flow, of %d", i, len(f.sizes))
		return 0
	case f.seen[i-1] > 0:
		f.seen[i-1]++
		f.fault(&f.twice, "message %d came twice", i)
		return i
	}
	f.seen[i-1] = 1
	if conn == 0 {
		f.pile(i)
		return i
	}
	if i <= f.last[conn] {
		f.fault(&f.disorder, "message %d after %d on one connection", i, f.last[conn])
	}
	f.last[conn] = i
	return i
}

func (f *flow) fault(count *int, format string, args ...any) {
	*count++
	if f.what == "" {
		f.what = fmt.Sprintf(format, args...)
	}
}

// pile puts message i onto the fullest of the ascending rows that can take it.
// There are then as many rows as connections are needed to explain the order:
// see rows.
func (f *flow) pile(i int) {
	best := -1
	for j, tail := range f.tails {
		if tail < i && (best < 0 || tail > f.tails[best]) {
			best = j
		}
	}
	if best < 0 {
		f.tails = append(f.tails, i)
		return
	}
	f.tails[best] = i
}

// checkRows counts a fault if the order of what arrived takes more connections
// than there were.
func (f *flow) checkRows(conns int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.tails) > conns {
		f.fault(&f.disorder, "the order takes %d connections, there were %d", len(f.tails), conns)
	}
}

// expect makes message n of another flow one that was sent in this one, too.
func (f *flow) expect(of *flow, n int) {
	if n == 0 {
		return
	}
	of.mu.Lock()
	size := of.sizes[n-1]
	of.mu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.sizes) < n {
		f.sizes, f.seen = append(f.sizes, 0), append(f.seen, 0)
	}
	f.sizes[n-1] = size
}

// A tally is what became of a flow's messages.
type tally struct{ sent, got, lost, lostBytes int }

// tally counts the messages behind number after.
func (f *flow) tally(after int) (t tally) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := after; i < len(f.seen); i++ {
		n := f.seen[i]
		if f.sizes[i] > 0 {
			t.sent++
		}
		switch {
		case n > 0:
			t.got++
		case f.sizes[i] > 0:
			t.lost++
			t.lostBytes += f.sizes[i]
		}
	}
	return t
}

// count is the number of the last message.
func (f *flow) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.sizes)
}

// number is that of a message, 0 for an end.
func number(body [][]byte) int {
	if len(body[0]) != 12 {
		return 0
	}
	return int(binary.BigEndian.Uint64(body[0][4:]))
}

// wrong notes that one message came where another was due.
func (f *flow) wrong(n, want int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault(&f.corrupt, "message %d in place of %d", n, want)
}

func (f *flow) hasEnded(n int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ended >= n
}
