package cshim

import (
	"runtime"
	"sync"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/msg"
)

// Large parts are not copied between C and Go (ADR 28). What is sent stays in C's
// memory until it is written: a foreign Chunk. What is received stays in Go's, which
// C reads: a loan.

// ByReference is the size from which parts are not copied between C and Go.
const ByReference = 256 << 10

// letting is calls of the program that let memory go. They come from any goroutine
// with any lock held, so that each has a goroutine of its own.
var letting struct {
	mu  sync.Mutex
	n   int
	end *sync.Cond
}

func init() { letting.end = sync.NewCond(&letting.mu) }

// letGo calls drop, some time. The goroutine is owned by Term, which waits for it.
func letGo(drop func()) {
	letting.mu.Lock()
	letting.n++
	letting.mu.Unlock()
	go func() {
		drop()
		letting.mu.Lock()
		if letting.n--; letting.n == 0 {
			letting.end.Broadcast()
		}
		letting.mu.Unlock()
	}()
}

// awaitLetting waits until what was to be let go is.
func awaitLetting() {
	letting.mu.Lock()
	for letting.n > 0 {
		letting.end.Wait()
	}
	letting.mu.Unlock()
}

// SendBlock is Send for memory of C that nobody changes, of ByReference bytes or
// more. If it succeeds the memory is Go's, until drop is called, by another
// goroutine: it may be a function of the program. If not it stays C's.
func SendBlock(id uint64, memory []byte, drop func(), flags int, w *Wait) int {
	c := msg.Foreign(memory, func() { letGo(drop) })
	rc := sendPart(id, len(memory), flags, w, func(s *core.Socket) error {
		return s.SendForeign(background, c, flags&SndMore != 0, true)
	})
	if rc >= 0 || !c.Retract() {
		c.Release()
	}
	return rc
}

// loans are parts that C reads in Go's memory.
var loans table[*loan]

type loan struct {
	part core.Part
	pin  runtime.Pinner
}

// Lend keeps a part for C, which is given its address, until Return. What p owned
// is the loan's then.
func Lend(p *core.Part) (id uint64) {
	l := &loan{part: *p}
	*p = core.Part{Data: p.Data, More: p.More, Peer: p.Peer}
	l.pin.Pin(&p.Data[0])
	return loans.put(l)
}

// Return ends what Lend began. An id that is none any more is ignored.
func Return(id uint64) {
	if l, ok := loans.take(id); ok {
		l.pin.Unpin()
		l.part.Release()
	}
}
