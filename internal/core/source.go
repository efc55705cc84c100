package core

import (
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// The pattern says where the next message comes from; here it is taken from there: see
// route.go. Locking: everything here is under the receive lock.

// an inPart is a socket's In, and the Source that is kept.
type inPart struct {
	from   pattern.In
	filter pattern.Filterer // nil: everything is wanted
	plain  bool             // messages come as the user gets them: the fast path is open
	kept   *pipe.End        // has every message; nil: the In is to be asked
}

func (i *inPart) init(row *pattern.Row, from pattern.In) {
	i.from = from
	i.filter, _ = from.(pattern.Filterer)
	i.plain = !row.Names && !row.Alternates
}

func (i *inPart) forget() { i.kept = nil }

// readable tells the In that e has something again.
func (i *inPart) readable(e *pipe.End) {
	i.forget()
	i.from.Readable(e)
}

// wants reports whether a message that begins with first would be received.
func (i *inPart) wants(first []byte) bool { return i.filter == nil || i.filter.Wants(first) }

// next receives a message of one frame that is at hand. Its chunk is nil if it is
// not such a one.
func (i *inPart) next() (frame []byte, chunk *msg.Chunk) {
	if i.kept == nil {
		return i.ask()
	}
	for frame, chunk = i.kept.Next(); chunk != nil && i.filter != nil && !i.filter.Wants(frame); {
		chunk.Release()
		frame, chunk = i.kept.Next()
	}
	return frame, chunk
}

// ask is next where nothing is kept.
func (i *inPart) ask() ([]byte, *msg.Chunk) {
	src, err := i.from.Pick()
	if err != nil || !src.Plain {
		return nil, nil
	}
	frame, chunk := src.End.Next()
	if chunk != nil {
		i.from.Took(nil)
		if src.Keep {
			i.kept = src.End
		}
	}
	return frame, chunk
}

// recv sets m to the next message. EAGAIN: there is none. Otherwise as Pick.
func (i *inPart) recv(m *msg.Message) error {
	if i.kept != nil && i.filter == nil && i.kept.Recv(m) {
		return nil
	}
	i.kept = nil
	for {
		src, err := i.from.Pick()
		if err != nil {
			return err
		}
		if src.End != nil && !src.End.Recv(m) {
			continue // it has taken it back
		}
		i.from.Took(m)
		if src.Keep {
			i.kept = src.End
		}
		return nil
	}
}

// fastRecv receives a message of one frame on the fast path, for a call that has the
// bare mutex. Its chunk is nil if there is none to be had so.
func (h *recvHalf) fastRecv() ([]byte, *msg.Chunk) {
	if !h.plain || h.blocked || !h.idle() {
		return nil, nil
	}
	return h.next()
}

// fastMany is fastRecv for up to most messages, as many as can be received so.
func (h *recvHalf) fastMany(most int, keep func(frame []byte, chunk *msg.Chunk) bool) (n int) {
	for n < most {
		frame, chunk := h.fastRecv()
		if chunk == nil {
			break
		}
		keep(frame, chunk)
		n++
		if h.kept != nil && h.filter == nil {
			n += h.kept.RecvMany(most-n, true, keep)
		}
	}
	return n
}

// tryRecv receives a message into the half's scratch, if there is one: EAGAIN.
func (h *recvHalf) tryRecv() error {
	if err := h.err(); err != nil {
		return err
	}
	h.refreshLocked()
	return h.recv(&h.msg)
}

// recvRun receives up to most messages of one frame, for as long as keep wants more.
// Frames are valid until it returns.
func (h *recvHalf) recvRun(most int, keep func(frame []byte, chunk *msg.Chunk) (more bool)) {
	if h.kept != nil {
		h.kept.RecvMany(most, false, func(frame []byte, chunk *msg.Chunk) bool {
			return !h.wants(frame) || keep(frame, chunk)
		})
	}
}

// canRecv reports whether there is a message to receive.
func (h *recvHalf) canRecv() bool {
	h.kept = nil // what Pick finds is to be shown to Took
	_, err := h.from.Pick()
	return err == nil
}
