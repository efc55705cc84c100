package engine

import (
	"sync/atomic"
	"syscall"
)

// In a conversation each side waits for the other, so that every message finds
// the writer asleep and would wait for it to wake. The sender writes such a
// message itself. In a stream that would cost a system call for each message,
// where the writer sends hundreds with one: so only the first message that
// follows one that was waited for is sent this way.
//
// The sender holds its socket's lock meanwhile, so the write must not block.
// What the connection does not take at once is left to the writer.

// An InlineWrite tells the engines of a socket that what is sent next is urgent.
type InlineWrite struct{ armed atomic.Bool }

// Allow says that a message was waited for and has come.
func (p *InlineWrite) Allow() { p.armed.Store(true) }

// take reports whether the next message is urgent, once.
func (p *InlineWrite) take() bool {
	return p != nil && p.armed.Load() && p.armed.Swap(false)
}

// promptly lets senders write to this connection, if they can.
func (e *engine) promptly() {
	if e.handle.inline == nil || e.wire.raw || e.t != nil {
		return
	}
	if c, ok := e.conn.(syscall.Conn); ok && canWriteNow {
		if raw, err := c.SyscallConn(); err == nil {
			e.writer.raw = raw
		}
	}
}

// promptMax is the most that a sender writes.
const promptMax = 16 << 10

// writeNow writes what was just handed over, on the sender's goroutine. False:
// the writer has to, what was taken and is not written first (writer.finish).
func (h *Handle) writeNow() bool {
	e := h.engine.Load()
	if e == nil || !e.writer.mu.TryLock() {
		return false
	}
	w := &e.writer
	defer w.mu.Unlock()
	if h.engine.Load() != e || w.raw == nil || len(w.b.Bufs) > 0 || !e.end.TakeHanded(&w.b, promptMax) {
		return false
	}
	if len(w.b.Bufs) > 1 {
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
	return !e.end.TakeHanded(&w.b, promptMax) // it sleeps again
}
