package core

import (
	"context"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pattern"
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
	o.held, o.where = nil, o.where[:0]
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
func (s *Socket) SendPart(ctx context.Context, part []byte, more, noWait bool) error {
	s.send.Mutex.Lock()
	return s.partTo(ctx, part, more, noWait, false)
}

// SendPartString is SendPart for text.
func (s *Socket) SendPartString(ctx context.Context, part string, more, noWait bool) error {
	var large []byte
	if len(part) >= msg.LargeFrame {
		large = []byte(part)
	}
	s.send.Mutex.Lock()
	if large != nil {
		return s.partTo(ctx, large, more, noWait, true)
	}
	s.text = append(s.text[:0], part...)
	return s.partTo(ctx, s.text, more, noWait, false)
}

// SendForeign is SendPart for a part that is a foreign Chunk, of msg.LargeFrame bytes
// or more: it is not copied on its way to another process. The caller keeps its
// reference.
func (s *Socket) SendForeign(ctx context.Context, c *msg.Chunk, more, noWait bool) error {
	s.send.Lock()
	err := s.partLocked(ctx, c.B, c, more, noWait, false)
	s.release(&s.send)
	return err
}

// partTo sends a part. It is called with the send half's Mutex held, and unlocks.
// owned: nobody will change the part any more.
func (s *Socket) partTo(ctx context.Context, part []byte, more, noWait, owned bool) error {
	if !more && len(s.out.ends) == 0 && s.putLocked(part) {
		s.putDone()
		return nil
	}
	s.send.enterLocked()
	err := s.partLocked(ctx, part, nil, more, noWait, owned)
	s.release(&s.send)
	return err
}

// partLocked sends a part, which is all of c unless that is nil.
func (s *Socket) partLocked(ctx context.Context, part []byte, c *msg.Chunk, more, noWait, owned bool) error {
	if s.row.Alternates && s.in.open() {
		if !s.vals.Req.Relaxed {
			return errno.EFSM // what was asked is not yet read to its end
		}
		s.dropRestLocked()
	}
	o := &s.out
	first := len(o.ends) == 0
	if more && !(len(o.ends) == 1 && s.rawLocked()) {
		if first {
			if err := s.admitHeld(ctx, part, noWait); err != nil {
				return err
			}
		}
		o.add(part, c)
		return nil
	}
	if first && c == nil {
		s.one[0] = part
		err := s.sendHeld(ctx, s.one[:], noWait, owned)
		s.one[0] = nil
		return err
	}
	o.add(part, c)
	err := s.sendHeld(ctx, o.message(), noWait, false)
	o.reset()
	return err
}

// admitHeld waits, as sendHeld does, until a message that begins with first
// could be sent.
func (s *Socket) admitHeld(ctx context.Context, first []byte, noWait bool) error {
	err := s.admitLocked(first)
	if err == errno.EAGAIN && !noWait && s.vals.Life.SendTimeout != 0 {
		err = s.sendWait(ctx, func() error { return s.admitLocked(first) })
	}
	return err
}

func (s *Socket) admitLocked(first []byte) error {
	if err := s.err(); err != nil {
		return err
	}
	s.drainSendLocked()
	if s.row.NoSend {
		return errno.ENOTSUP
	}
	if s.send.stuck() {
		return errno.EAGAIN
	}
	if a, ok := s.pat.(pattern.Admitter); ok {
		return a.Admit(first)
	}
	if !s.pat.CanSend() {
		return errno.EAGAIN
	}
	return nil
}

// A Part is one frame of a received message.
type Part struct {
	Data []byte // never nil
	More bool   // others of the message follow
	Peer *msg.Peer

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
func (s *Socket) RecvPart(ctx context.Context, noWait bool, p *Part) error {
	s.recv.Mutex.Lock()
	if !s.in.open() {
		if frame, chunk := s.nextLocked(); chunk != nil {
			s.tellMore(false)
			s.recv.Mutex.Unlock()
			*p = Part{Data: frame, Peer: chunk.Origin.Peer, chunk: chunk}
			return nil
		}
	}
	s.recv.enterLocked()
	err := s.nextPartHeld(ctx, noWait, p)
	s.release(&s.recv)
	return err
}

// RecvParts receives up to most parts, as long as there are any without waiting.
// Each goes to keep, which copies it, releases it, and says whether to go on; it
// must not call the socket. It returns how many there were; the error is for
// none.
func (s *Socket) RecvParts(ctx context.Context, most int, keep func(*Part) bool) (n int, err error) {
	s.recv.Lock()
	var p Part
	for more := true; more && n < most; {
		if err = s.nextPartHeld(ctx, true, &p); err != nil {
			break
		}
		n++
		more = keep(&p)
		if !more || p.More || s.soleIn == nil {
			continue
		}
		if e := s.soleIn.SoleIn(); e != nil {
			e.RecvMany(most-n, false, func(frame []byte, chunk *msg.Chunk) bool {
				if s.filter == nil || s.filter.Wants(frame) {
					n++
					p.Data, p.Peer = frame, chunk.Origin.Peer
					more = keep(&p)
				}
				return more
			})
		}
	}
	s.release(&s.recv)
	if n > 0 {
		return n, nil
	}
	return 0, err
}

func (s *Socket) nextPartHeld(ctx context.Context, noWait bool, p *Part) error {
	if err := s.err(); err != nil {
		return err
	}
	if s.in.open() {
		s.restPartLocked(p)
		return nil
	}
	err := s.recvHeld(ctx, noWait)
	if err == nil {
		s.firstPartLocked(p)
	}
	if len(s.asks) > 0 {
		s.repliesLocked()
	}
	return err
}

func (s *Socket) firstPartLocked(p *Part) {
	m := &s.recv.msg
	p.Data, p.Peer, p.chunk = m.Frames[0], m.Peer, m.Chunk
	if n := len(m.Frames) - 1; n > 0 {
		s.in.frames = append(s.in.frames[:0], m.Frames[1:]...)
		s.in.peer, s.in.chunk = m.Peer, m.Chunk
		if m.Chunk != nil {
			m.Chunk.Retain(n)
		}
	}
	p.More = len(m.Frames) > 1
	s.tellMore(p.More)
}

func (s *Socket) restPartLocked(p *Part) {
	i := &s.in
	p.Data, p.Peer, p.chunk = i.frames[i.at], i.peer, i.chunk
	i.frames[i.at] = nil
	i.at++
	p.More = i.open()
	if !p.More {
		i.frames, i.at, i.peer, i.chunk = i.frames[:0], 0, nil, nil
		if cap(i.frames) > msg.KeepFrames {
			i.frames = nil
		}
	}
	s.tellMore(p.More)
}

// tellMore is seldom news, and then costs nothing.
func (s *Socket) tellMore(more bool) {
	if s.more.Load() != more {
		s.more.Store(more)
	}
}

// DropRest forgets what was not yet asked for of a message that is received by its
// parts.
func (s *Socket) DropRest() {
	s.recv.Lock()
	s.dropRestLocked()
	s.release(&s.recv)
}

func (s *Socket) dropRestLocked() {
	var p Part
	for s.in.open() {
		s.restPartLocked(&p)
		p.Release()
	}
}

// RcvMore reports whether the part that was received last has others behind it.
func (s *Socket) RcvMore() bool { return s.more.Load() }
