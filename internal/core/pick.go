package core

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// What the halves ask the pattern about messages, all of it. Each under its half's
// lock, unless something else is said.

// outPattern is what a pattern can do beside Send; nil where it cannot.
type outPattern struct {
	putter  pattern.Putter
	sole    pattern.SoleSender
	granter pattern.Granter
}

func (o *outPattern) from(p pattern.Pattern) {
	o.putter, _ = p.(pattern.Putter)
	o.sole, _ = p.(pattern.SoleSender)
	o.granter, _ = p.(pattern.Granter)
}

// fastSend sends a message of one frame on the fast path, for a call that has the
// bare mutex. False: it did nothing.
func (h *sendHalf) fastSend(frame []byte) bool {
	return h.putter != nil && h.ring == nil && h.idle() && h.putter.Put(frame)
}

// fastMany is fastSend for as many messages as can be sent so.
func (h *sendHalf) fastMany(msgs [][]byte) (n int) {
	for n < len(msgs) && h.fastSend(msgs[n]) {
		n++
		if e := h.soleEnd(); e != nil {
			n += e.PutMany(msgs[n:])
		}
	}
	return n
}

// soleEnd is the one peer that gets all there is to send just now; nil: there are
// others, or none.
func (h *sendHalf) soleEnd() *pipe.End {
	if h.outPattern.sole == nil {
		return nil
	}
	return h.outPattern.sole.SoleOut()
}

// trySend sends a message if it need not wait for that: EAGAIN. If shared, large
// frames do not change any more.
func (h *sendHalf) trySend(frames [][]byte, shared bool) error {
	if err := h.err(); err != nil {
		return err
	}
	h.refreshLocked()
	if h.stuck() {
		return errno.EAGAIN
	}
	m := &h.msg
	m.Set(frames)
	m.Shared, m.Held = shared, h.out.held
	err := h.pat.Send(m)
	m.Reset()
	return err
}

// sendRun sends messages of one frame in wire form, or as many as there is room for,
// and returns the rest.
func (h *sendHalf) sendRun(run pipe.Messages) pipe.Messages {
	if e := h.soleEnd(); e != nil && e.SendRun(run) {
		return pipe.Messages{}
	}
	m := &h.msg
	for run.N > 0 {
		_, size, header := zmtp.ParseHeader(run.Wire)
		end := header + int(size)
		m.Frames = append(m.Frames[:0], run.Wire[header:end:end])
		if h.pat.Send(m) != nil {
			break
		}
		run = pipe.Messages{Wire: run.Wire[end:], N: run.N - 1}
	}
	m.Reset()
	return run
}

// credit is how many messages the C face may put into its ring: so many trySend is
// sure to take, whatever happens.
func (h *sendHalf) credit() int { return h.granter.Grant() }

// canSend reports whether a message could be sent, whatever it begins with.
func (h *sendHalf) canSend() bool { return h.pat.CanSend() }

// admit fails as trySend would with a message that begins with first.
func (h *sendHalf) admit(first []byte) error {
	if err := h.err(); err != nil {
		return err
	}
	h.refreshLocked()
	if h.row.NoSend {
		return errno.ENOTSUP
	}
	if h.stuck() {
		return errno.EAGAIN
	}
	if a, ok := h.pat.(pattern.Admitter); ok {
		return a.Admit(first)
	}
	if !h.canSend() {
		return errno.EAGAIN
	}
	return nil
}

// CanSendTo reports whether a message to one peer of a ROUTER would find room.
// EHOSTUNREACH: there is no such peer. ENOTSUP: the socket is not a ROUTER.
func (h *halves) CanSendTo(id []byte) (bool, error) {
	if err := h.err(); err != nil {
		return false, err
	}
	r, ok := h.pat.(pattern.Reacher)
	if !ok {
		return false, errno.ENOTSUP
	}
	h.lock()
	defer h.unlock()
	h.refreshLocked()
	err := r.Reach(id)
	if err == errno.EAGAIN {
		return false, nil
	}
	return err == nil, err
}

// inPattern is what a pattern can do beside Recv; nil where it cannot.
type inPattern struct {
	nexter pattern.Nexter
	sole   pattern.SoleReceiver
	filter pattern.Filterer
}

func (i *inPattern) from(p pattern.Pattern) {
	i.nexter, _ = p.(pattern.Nexter)
	i.sole, _ = p.(pattern.SoleReceiver)
	i.filter, _ = p.(pattern.Filterer)
}

// fastRecv receives a message of one frame on the fast path, for a call that has the
// bare mutex. Its chunk is nil if there is none to be had so.
func (h *recvHalf) fastRecv() ([]byte, *msg.Chunk) {
	if h.nexter == nil || h.blocked || !h.idle() {
		return nil, nil
	}
	return h.nexter.Next()
}

// fastMany is fastRecv for up to most messages, as many as can be received so, and as
// keep wants. keep takes over each message's reference to its chunk.
func (h *recvHalf) fastMany(most int, keep func(frame []byte, chunk *msg.Chunk) (more bool)) (n int) {
	for more := true; more && n < most; {
		frame, chunk := h.fastRecv()
		if chunk == nil {
			break
		}
		more = keep(frame, chunk)
		n++
		if e := h.soleEnd(); more && e != nil && h.filter == nil {
			n += e.RecvMany(most-n, true, keep)
		}
	}
	return n
}

// soleEnd is the one peer that everything comes from just now; nil: there are others,
// or none.
func (h *recvHalf) soleEnd() *pipe.End {
	if h.inPattern.sole == nil {
		return nil
	}
	return h.inPattern.sole.SoleIn()
}

// tryRecv receives a message into the half's scratch, if there is one: EAGAIN.
func (h *recvHalf) tryRecv() error {
	if err := h.err(); err != nil {
		return err
	}
	h.refreshLocked()
	return h.pat.Recv(&h.msg)
}

// recvRun receives up to most messages of one frame from the sole peer, for as long as
// keep wants more. Frames are valid until it returns.
func (h *recvHalf) recvRun(most int, keep func(frame []byte, chunk *msg.Chunk) (more bool)) {
	if e := h.soleEnd(); e != nil {
		e.RecvMany(most, false, func(frame []byte, chunk *msg.Chunk) bool {
			return !h.wants(frame) || keep(frame, chunk)
		})
	}
}

// canRecv reports whether there is a message to receive.
func (h *recvHalf) canRecv() bool { return h.pat.CanRecv() }

// wants reports whether a message that begins with first would be received.
func (h *recvHalf) wants(first []byte) bool { return h.filter == nil || h.filter.Wants(first) }
