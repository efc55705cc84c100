package cshim

import (
	"runtime"
	"sync"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
)

// Large parts are not copied between C and Go (ADR 28). What is sent stays in C's
// memory until it is written: a foreign Chunk. What is received stays in Go's, which
// C reads: a loan.

// ByReference is the size from which parts are not copied between C and Go.
const ByReference = 256 << 10

// letting is the calls of the program that let memory go which messages of one
// context were in. They come from any goroutine with any lock held, so that each has
// a goroutine of its own.
type letting struct {
	mu   sync.Mutex
	n    int
	idle chan struct{} // closed when n is 0 again; nil: Term does not wait
}

// call calls drop, some time. The goroutine is owned by Term, which waits for it.
func (l *letting) call(drop func()) {
	l.mu.Lock()
	l.n++
	l.mu.Unlock()
	go func() {
		drop()
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.n--; l.n == 0 && l.idle != nil {
			close(l.idle)
			l.idle = nil
		}
	}()
}

// wait waits until all were called.
func (l *letting) wait() {
	l.mu.Lock()
	if l.n > 0 && l.idle == nil {
		l.idle = make(chan struct{})
	}
	idle := l.idle
	l.mu.Unlock()
	if idle != nil {
		<-idle
	}
}

// SendBlock is Send for memory of C that does not change, of ByReference bytes or
// more. If it succeeds the memory is Go's, until drop is called, by another
// goroutine: it may be a function of the program. If not it stays C's.
func SendBlock(id uint64, memory []byte, drop func(), props *msg.Props, flags int, w *Wait) int {
	s, ok := sockets.get(id)
	if !ok {
		w.end()
		return fail(errno.ENOTSOCK)
	}
	c := msg.Foreign(memory, func() { s.ctx.letting.call(drop) })
	sent := false
	defer func() {
		if sent || !c.Retract() {
			c.Release()
		}
	}()
	try := func() error { return s.SendForeign(background, c, props, flags&SndMore != 0, true) }
	w.resume()
	rc := s.sent(try(), len(memory), flags, w, try)
	sent = rc >= 0
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
