package core

import (
	"encoding/binary"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// The pattern says where the next message goes; here it is moved there: one, or many
// at once, or in wire form. source.go is the same for where messages come from.
//
//  1. A Route that was kept is used again, and the pattern is not asked.
//  2. Else it is asked (Pick), the message is moved, and it is told (Sent).
//  3. What is kept is forgotten when the pattern is told anything else: of a peer that
//     comes or goes, or can move again, or of an option.
//
// Locking: everything here is under the send lock, but for the methods of halves, which take
// or need both.

// an outPart is a socket's Out, and the Route that is kept.
type outPart struct {
	to    pattern.Out
	plain bool      // no message has an address or an envelope: the fast path is open
	kept  pipe.Sink // takes every message; nil: the Out is to be asked
	only  *pipe.End // the same, if it is one pipe
	by    pattern.By
	name  []byte // scratch
}

func (o *outPart) init(row *pattern.Row, to pattern.Out) {
	o.to = to
	o.by = row.By
	o.plain = !row.Names && !row.Alternates && row.By == pattern.ByFirst
}

// noFrame is a first frame of no bytes: for Pick, nil means any.
var noFrame = []byte{}

func (o *outPart) forget() { o.kept, o.only = nil, nil }

func (o *outPart) keep(r *pattern.Route) {
	if o.forget(); !r.Keep {
		return
	}
	o.kept = r.To
	o.only, _ = r.To.(*pipe.End)
}

// writable tells the Out that e has room again.
func (o *outPart) writable(e *pipe.End) {
	o.forget()
	o.to.Writable(e)
}

// ask sends a message of one small frame, if nothing is kept and there is nothing else
// to it. False: it did nothing.
func (o *outPart) ask(frame []byte) bool {
	if frame == nil {
		return false
	}
	r, err := o.to.Pick(frame)
	if err != nil || r.To == nil || !r.To.Put(frame) {
		return false
	}
	o.to.Sent(r)
	if r.Keep {
		o.keep(r)
	}
	return true
}

// send sends a message of these frames; m is the scratch for it, and says what else
// there is to say. EAGAIN: there is no room. Otherwise as Pick.
func (o *outPart) send(m *msg.Message, frames [][]byte) error {
	if o.kept != nil {
		if m.Frames = msg.Append(m.Frames[:0], frames); o.kept.Send(m) {
			return nil
		}
	}
	what := o.what(frames[0], m.Props)
	for {
		r, err := o.to.Pick(what)
		switch {
		case err != nil:
			return err
		case o.sendBy(r, m, frames):
			if r.Keep || o.kept != nil {
				o.keep(r)
			}
			return nil
		case r.Skip > 0 || o.by != pattern.ByFirst:
			return errno.EAGAIN // it is for this peer
		}
	}
}

// what is what Pick is asked with for a message: never nil.
func (o *outPart) what(first []byte, props *msg.Props) []byte {
	if o.by != pattern.ByFirst {
		if props == nil {
			return noFrame
		}
		if o.by == pattern.ByGroup {
			o.name = append(o.name[:0], props.Group...)
		} else {
			o.name = binary.BigEndian.AppendUint32(o.name[:0], props.RoutingID)
		}
		return o.name
	}
	if first == nil {
		return noFrame
	}
	return first
}

// sendBy sends a message by the Route that was picked for it. False: there is no room
// after all.
func (o *outPart) sendBy(r *pattern.Route, m *msg.Message, frames [][]byte) (ok bool) {
	m.Frames = msg.Append(msg.Append(m.Frames[:0], r.Prefix), frames[r.Skip:])
	switch to := r.To.(type) {
	case nil:
		ok = true
	case *pipe.End:
		if ok = to.Send(m); !ok && r.Drops {
			to.Dropped.Add(1)
			ok = true
		}
	default:
		ok = to.Send(m)
	}
	if ok {
		o.to.Sent(r)
	}
	return ok
}

// could says why a message that begins with first could not be sent; nil: it could.
func (o *outPart) could(first []byte) error {
	r, err := o.to.Pick(first)
	if err == nil && first != nil && r.To != nil && !r.Drops && !r.To.CanSend() {
		return errno.EAGAIN
	}
	return err
}

// sendPicked sends a message by a Route that pick gives.
func (h *sendHalf) sendPicked(frames [][]byte, pick func() (*pattern.Route, error)) error {
	defer h.msg.Reset()
	for {
		if r, err := pick(); err != nil || h.sendBy(r, &h.msg, frames) {
			return err
		}
	}
}

// fastSend sends a message of one frame on the fast path, for a call that has the
// bare mutex. False: it did nothing.
func (h *sendHalf) fastSend(frame []byte) bool {
	if !h.plain || h.ring != nil || !h.idle() {
		return false
	}
	if h.kept != nil {
		return h.kept.Put(frame)
	}
	return h.ask(frame)
}

// fastMany is fastSend for as many messages as can be sent so.
func (h *sendHalf) fastMany(msgs [][]byte) (n int) {
	for n < len(msgs) && h.fastSend(msgs[n]) {
		n++
		if h.only != nil {
			n += h.only.PutMany(msgs[n:])
		}
	}
	return n
}

// trySend sends a message if it need not wait for that: EAGAIN.
func (h *sendHalf) trySend(frames [][]byte, x extra) error {
	if err := h.err(); err != nil {
		return err
	}
	h.refreshLocked()
	if h.stuck() {
		return errno.EAGAIN
	}
	if h.row.Names {
		if done, err := h.addressed(frames); done {
			return err
		}
	}
	m := &h.msg
	m.Shared, m.Held, m.Props = x.shared, h.out.held, x.props
	err := h.outPart.send(m, frames)
	m.Reset()
	return err
}

// addressed does with a message whose first frame is a peer's name what is not to
// send it: it is a name and nothing else, or closes a connection of bare bytes.
func (h *sendHalf) addressed(frames [][]byte) (done bool, err error) {
	raw := h.rawLocked()
	switch {
	case len(frames) == 1:
		return true, nil
	case raw && len(frames) > 2:
		return true, errno.EINVAL
	case raw && len(frames[1]) == 0:
		return true, h.to.(pattern.Closer).Close(frames[0])
	}
	return false, nil
}

// sendRun sends messages of one frame in wire form, or as many as there is room for,
// and returns the rest.
func (h *sendHalf) sendRun(run pipe.Messages) pipe.Messages {
	if h.only != nil && h.only.SendRun(run) {
		return pipe.Messages{}
	}
	for run.N > 0 {
		_, size, header := zmtp.ParseHeader(run.Wire)
		end := header + int(size)
		one := [1][]byte{run.Wire[header:end:end]}
		if h.kept == nil || !h.kept.Put(one[0]) {
			if h.outPart.send(&h.msg, one[:]) != nil {
				break
			}
		}
		run = pipe.Messages{Wire: run.Wire[end:], N: run.N - 1}
	}
	h.msg.Reset()
	return run
}

// credit is how many messages the C face may put into its ring: so many trySend is
// sure to take, whatever happens.
func (h *sendHalf) credit() int {
	if h.kept == nil {
		r, err := h.to.Pick(nil)
		if err != nil {
			return 0
		}
		h.keep(r)
	}
	if h.kept == nil {
		return 0
	}
	return h.kept.Grant()
}

// canSend reports whether a message could be sent, whatever it begins with.
func (h *sendHalf) canSend() bool {
	return h.kept != nil && h.kept.CanSend() || h.could(nil) == nil
}

// admit fails as trySend would with a message that begins with first, and has props.
func (h *sendHalf) admit(first []byte, props *msg.Props) error {
	if err := h.err(); err != nil {
		return err
	}
	h.refreshLocked()
	if h.stuck() && !h.row.NoSend {
		return errno.EAGAIN
	}
	return h.could(h.what(first, props))
}

// CanSendTo reports whether a message to one peer of a ROUTER would find room.
// EHOSTUNREACH: there is no such peer. ENOTSUP: the socket is not a ROUTER.
func (h *halves) CanSendTo(id []byte) (bool, error) {
	if err := h.err(); err != nil {
		return false, err
	}
	if h.row.Type != opt.TypeRouter {
		return false, errno.ENOTSUP
	}
	h.lock()
	defer h.unlock()
	h.refreshLocked()
	r, err := h.to.Pick(append(noFrame, id...))
	switch {
	case err != nil:
		return false, err
	case r.To == nil:
		return false, errno.EHOSTUNREACH
	}
	return r.To.CanSend(), nil
}

// attachLocked gives the pattern a peer.
func (h *halves) attachLocked(e *pipe.End) error {
	h.outPart.forget()
	h.inPart.forget()
	if err := h.to.Attach(e); err != nil {
		return err
	}
	h.from.Attach(e)
	return nil
}

// detachLocked takes it back.
func (h *halves) detachLocked(e *pipe.End) {
	h.outPart.forget()
	h.inPart.forget()
	h.to.Detach(e)
	h.from.Detach(e)
}

// tellAnewLocked has a peer, whose connection is another one now, told what there is to
// tell at first, and nothing else. What was for the old connection is void.
func (h *halves) tellAnewLocked(e *pipe.End) {
	h.outPart.forget()
	h.to.Detach(e)
	e.DropOutput()
	_ = h.to.Attach(e) // which it has not refused before
}
