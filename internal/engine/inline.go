package engine

import (
	"sync/atomic"
	"syscall"
)

// Where each side waits for the other, every message finds the writer asleep and
// would wait for it to wake. The sender writes such a message itself: an inline write.
// In a stream that would cost a system call for each message, where the writer sends
// hundreds with one: so only the first message that follows one that was waited for
// is sent this way.
//
// The sender holds its socket's lock meanwhile, so the write must not block.
// What the connection does not take at once is left to the writer.

// An InlineWrite tells the engines of a socket that the next message may be written
// inline.
type InlineWrite struct{ allowed atomic.Bool }

// Allow says that a message was waited for and has come.
func (i *InlineWrite) Allow() { i.allowed.Store(true) }

// take reports whether the next message may be written inline, once.
func (i *InlineWrite) take() bool {
	return i != nil && i.allowed.Load() && i.allowed.Swap(false)
}

// allowInline lets senders write to this connection, if that is possible.
func (e *engine) allowInline() {
	if e.handle.inline == nil || e.writer.t != nil {
		return
	}
	if c, ok := e.conn.(syscall.Conn); ok && canWriteNow {
		if raw, err := c.SyscallConn(); err == nil {
			e.writer.raw = raw
		}
	}
}

// maxInline is the most that a sender writes.
const maxInline = 16 << 10

// writeInline writes what was just handed over, on the sender's goroutine, if the role
// of writing is free; what is left is the writer's. False: the writer has to be woken.
func (h *Handle) writeInline() bool {
	e := h.engine.Load()
	if e == nil || !e.writer.acquire(false) {
		return false
	}
	e.writer.release(!e.writeNow())
	return true
}

// writeNow is the write, under the lease. False: there is more to write, what was taken
// and not written first (writeRest).
func (e *engine) writeNow() bool {
	w := &e.writer
	if w.raw == nil || len(w.b.Bufs) > 0 || !e.end.TakeHanded(&w.b, maxInline) || len(w.b.Bufs) > 1 {
		return false
	}
	w.raw.Write(func(fd uintptr) bool {
		w.off = sendNow(fd, w.b.Bufs[0])
		return true
	})
	if w.off < len(w.b.Bufs[0]) {
		return false
	}
	w.sent, w.off = true, 0
	w.b.Free()
	return !e.end.TakeHanded(&w.b, maxInline) // it sleeps again
}
