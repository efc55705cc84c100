package core

import (
	"context"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
)

// Messages part by part, for the faces that have SNDMORE and RCVMORE. Inside
// there are whole messages only: parts to send are collected here, parts of a
// received message given out one by one. Who uses a socket this way is its only
// user, as in libzmq.

// outbox holds the parts of a message that is being sent. Under the send lock.
type outbox struct {
	buf    []byte // the parts, one behind the other
	ends   []int  // where each ends
	frames [][]byte
	held   []*msg.Chunk // parts that are not in buf, each with a reference
	where  []int        // which parts these are
	props  *msg.Props   // of the first part
}

// add adds a part, which is all of c unless that is nil.
func (o *outbox) add(part []byte, c *msg.Chunk) {
	if c != nil {
		c.Retain(1)
		o.held, o.where = append(o.held, c), append(o.where, len(o.ends))
	} else {
		o.buf = append(o.buf, part...)
	}
	o.ends = append(o.ends, len(o.buf))
}

// message is all parts, valid until the next add.
func (o *outbox) message() [][]byte {
	o.frames = o.frames[:0]
	at := 0
	for _, end := range o.ends {
		o.frames = append(o.frames, o.buf[at:end:end])
		at = end
	}
	for i, part := range o.where {
		o.frames[part] = o.held[i].B
	}
	return o.frames
}

// keepOutbox is the size of an outbox buffer that is kept for the next message.
const keepOutbox = 64 << 10

func (o *outbox) reset() {
	o.buf, o.ends = o.buf[:0], o.ends[:0]
	if cap(o.buf) > keepOutbox {
		o.buf = nil
	}
	clear(o.frames)
	o.frames = o.frames[:0]
	for _, c := range o.held {
		c.Release()
	}
	o.held, o.where, o.props = nil, o.where[:0], nil
}

// inbox holds the parts of a received message that were not yet asked for.
// Under the receive lock.
type inbox struct {
	frames [][]byte
	at     int // the next one
	peer   *msg.Peer
	chunk  *msg.Chunk // a reference for each
}

func (i *inbox) open() bool { return i.at < len(i.frames) }

// SendPart sends one part of a message; with more, others follow. The part is
// copied. What makes the message impossible is found at its first part, as in
// libzmq (EFSM, EHOSTUNREACH, EAGAIN); nothing leaves the socket before the
// last. If that one fails the message is forgotten, all its parts.
//
// A message of bare bytes (STREAM, ROUTER_RAW) is [id][data]: its second part is
// the last, and more is ignored.
//
// It waits and fails as Send does.
func (h *sendHalf) SendPart(ctx context.Context, part []byte, props *msg.Props, more, noWait bool) error {
	h.mu.Lock()
	return h.partTo(ctx, part, more, noWait, extra{props: props})
}

// SendPartString is SendPart for text.
func (h *sendHalf) SendPartString(ctx context.Context, part string, more, noWait bool) error {
	var large []byte
	if len(part) >= msg.LargeFrame {
		large = []byte(part)
	}
	h.mu.Lock()
	if large != nil {
		return h.partTo(ctx, large, more, noWait, extra{shared: true})
	}
	h.text = append(h.text[:0], part...)
	return h.partTo(ctx, h.text, more, noWait, extra{})
}

// SendForeign is SendPart for a part that is a foreign Chunk, of msg.LargeFrame bytes
// or more: it is not copied on its way to another process. The caller keeps its
// reference.
func (h *sendHalf) SendForeign(ctx context.Context, c *msg.Chunk, props *msg.Props, more, noWait bool) error {
	h.acquire()
	err := h.partLocked(ctx, c.B, c, more, noWait, extra{props: props})
	h.release()
	return err
}

// partTo sends a part. It is called with the send half's mutex held, and unlocks.
func (h *sendHalf) partTo(ctx context.Context, part []byte, more, noWait bool, x extra) error {
	if !more && len(h.out.ends) == 0 && h.fastSend(part) {
		h.release()
		return nil
	}
	h.pull()
	err := h.partLocked(ctx, part, nil, more, noWait, x)
	h.release()
	return err
}

// partLocked sends a part, which is all of c unless that is nil.
func (h *sendHalf) partLocked(ctx context.Context, part []byte, c *msg.Chunk, more, noWait bool, x extra) error {
	if h.row.Alternates && h.recv.in.open() {
		if !h.vals.Req.Relaxed {
			return errno.EFSM // what was asked is not yet read to its end
		}
		h.recv.dropRestLocked()
	}
	o := &h.out
	first := len(o.ends) == 0
	if more && !(len(o.ends) == 1 && h.rawLocked()) {
		if first {
			if err := h.admitLocked(ctx, part, x.props, noWait); err != nil {
				return err
			}
			o.props = x.props
		}
		o.add(part, c)
		return nil
	}
	if first && c == nil {
		h.one[0] = part
		err := h.sendLocked(ctx, h.one[:], noWait, x)
		h.one[0] = nil
		return err
	}
	if o.add(part, c); first {
		o.props = x.props
	}
	err := h.sendLocked(ctx, o.message(), noWait, extra{props: o.props})
	o.reset()
	return err
}

// admitLocked waits, as sendLocked does, until a message that begins with first
// could be sent.
func (h *sendHalf) admitLocked(ctx context.Context, first []byte, props *msg.Props, noWait bool) error {
	err := h.admit(first, props)
	if err == errno.EAGAIN && !noWait && h.vals.Life.SendTimeout != 0 {
		err = h.waitRoomLocked(ctx, func() error { return h.admit(first, props) })
	}
	return err
}

// A Part is one frame of a received message.
type Part struct {
	Data []byte // never nil
	More bool   // others of the message follow
	Peer *msg.Peer
	// Props is what the message has beside its parts, of the first one; nil: nothing.
	Props *msg.Props

	chunk *msg.Chunk
}

// Release gives the part's memory back, which must not be used any more. It is
// called once or never.
func (p *Part) Release() {
	if p.chunk != nil {
		p.chunk.Release()
		p.chunk = nil
	}
}

// RecvPart receives the next part, of the message that the last one was of or
// of the next. It waits and fails as Recv does.
func (h *recvHalf) RecvPart(ctx context.Context, noWait bool, p *Part) error {
	h.mu.Lock()
	if !h.in.open() {
		if frame, chunk := h.fastRecv(); chunk != nil {
			h.tellMore(false)
			h.release()
			*p = Part{Data: frame, Peer: chunk.Origin.Peer, chunk: chunk}
			return nil
		}
	}
	h.pull()
	err := h.nextPartLocked(ctx, noWait, p)
	h.release()
	return err
}

// RecvParts receives up to most parts, as long as there are any without waiting.
// Each goes to keep, which copies it, releases it, and says whether to go on; it
// must not call the socket. It returns how many there were; the error is for
// none.
func (h *recvHalf) RecvParts(ctx context.Context, most int, keep func(*Part) bool) (n int, err error) {
	h.acquire()
	var p Part
	for more := true; more && n < most; {
		if err = h.nextPartLocked(ctx, true, &p); err != nil {
			break
		}
		n++
		if more = keep(&p); more && !p.More {
			h.recvRun(most-n, func(frame []byte, chunk *msg.Chunk) bool {
				n++
				p.Data, p.Peer = frame, chunk.Origin.Peer
				more = keep(&p)
				return more
			})
		}
	}
	h.release()
	if n > 0 {
		err = nil
	}
	return n, err
}

func (h *recvHalf) nextPartLocked(ctx context.Context, noWait bool, p *Part) error {
	if err := h.err(); err != nil {
		return err
	}
	if h.in.open() {
		h.restPartLocked(p)
		return nil
	}
	err := h.recvLocked(ctx, noWait)
	if err == nil {
		h.firstPartLocked(p)
	}
	h.requests.answerLocked()
	return err
}

func (h *recvHalf) firstPartLocked(p *Part) {
	m := &h.msg
	p.Data, p.Peer, p.Props, p.chunk = m.Frames[0], m.Peer, m.Props, m.Chunk
	if n := len(m.Frames) - 1; n > 0 {
		h.in.frames = append(h.in.frames[:0], m.Frames[1:]...)
		h.in.peer, h.in.chunk = m.Peer, m.Chunk
		if m.Chunk != nil {
			m.Chunk.Retain(n)
		}
	}
	p.More = len(m.Frames) > 1
	h.tellMore(p.More)
}

func (h *recvHalf) restPartLocked(p *Part) {
	i := &h.in
	p.Data, p.Peer, p.Props, p.chunk = i.frames[i.at], i.peer, nil, i.chunk
	i.frames[i.at] = nil
	i.at++
	p.More = i.open()
	if !p.More {
		i.frames, i.at, i.peer, i.chunk = i.frames[:0], 0, nil, nil
		if cap(i.frames) > msg.KeepFrames {
			i.frames = nil
		}
	}
	h.tellMore(p.More)
}

// tellMore is seldom news, and then costs nothing.
func (h *recvHalf) tellMore(more bool) {
	if h.more.Load() != more {
		h.more.Store(more)
	}
}

// DropRest forgets what was not yet asked for of a message that is received by its
// parts.
func (h *recvHalf) DropRest() {
	h.acquire()
	h.dropRestLocked()
	h.release()
}

func (h *recvHalf) dropRestLocked() {
	var p Part
	for h.in.open() {
		h.restPartLocked(&p)
		p.Release()
	}
}

// RcvMore reports whether the part that was received last has others behind it.
func (h *recvHalf) RcvMore() bool { return h.more.Load() }
