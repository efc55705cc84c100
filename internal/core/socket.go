package core

import (
	"cmp"
	"context"
	"sync/atomic"
	"time"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/event"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// A Socket is one socket of any type. All its methods may be called at any
// time by any goroutine.
type Socket struct {
	halves

	ctx *Context
	id  uint64 // of the process's sockets, in order

	// What only some patterns are; nil where this one is not.
	subs pattern.Subscriber
	door doorway

	// Under both locks.
	auth Authenticator // nil: a ZAP handler decides, if there is one
	past Totals        // of pipes that are gone

	roster   roster
	finished chan struct{}
	aborted  context.Context // ends what LINGER allows
	abort    func()
	events   event.Hub
}

// halves are the two halves of a socket, joined on their base. What concerns both
// is done under both locks.
type halves struct {
	base
	sendHalf
	recvHalf
	*requests // nil: a type that has none

	publisher pattern.Publisher           // nil: the pattern is none
	fd        atomic.Pointer[poll.Signal] // nil: no call has asked for one
}

// sockets counts those that were made.
var sockets atomic.Uint64

// NewSocket makes a socket of the given type number. ETERM: the context was
// closed. EMFILE: it has MAX_SOCKETS already. EINVAL: there is no such type.
func NewSocket(ctx *Context, t int) (*Socket, error) { return newSocket(ctx, t, true) }

// NewInternal is NewSocket for a socket that serves another one, and does not
// count against MAX_SOCKETS.
func NewInternal(ctx *Context, t int) (*Socket, error) { return newSocket(ctx, t, false) }

func newSocket(ctx *Context, t int, counts bool) (*Socket, error) {
	row, ok := pattern.Lookup(t)
	if !ok {
		return nil, cmp.Or(ctx.full(counts), error(errno.EINVAL))
	}
	s := &Socket{
		ctx:      ctx,
		finished: make(chan struct{}),
		id:       sockets.Add(1),
	}
	s.aborted, s.abort = context.WithCancel(context.Background())
	s.halves.setUp(row)
	s.subs, _ = s.to.(pattern.Subscriber)
	s.door.Doorkeeper, _ = s.to.(pattern.Doorkeeper)
	if err := ctx.add(s, counts); err != nil {
		return nil, err
	}
	return s, nil
}

// setUp makes the halves of a socket of that type.
func (h *halves) setUp(row *pattern.Row) {
	h.row, h.vals = row, opt.Defaults(row.Type)
	h.ending.setUp()
	h.live.bell.SetUp(true)
	to, from := row.New(&h.vals)
	h.publisher, _ = to.(pattern.Publisher)
	out, in := &h.sendHalf, &h.recvHalf
	out.outPart.init(row, to)
	in.inPart.init(row, from)
	out.setUp(&h.base, new(halfLock), out.writable, row.Lockstep || row.Names)
	out.recv = in
	if row.Lockstep {
		in.setUp(&h.base, out.halfLock, in.readable, true)
		out.twin, in.twin = &in.half, &out.half
	} else {
		in.setUp(&h.base, new(halfLock), in.readable, false)
	}
	if !row.Publishes && !row.Subscribes {
		in.inline = new(engine.InlineWrite)
	}
	if q, ok := to.(pattern.Requester); ok {
		h.requests = newRequests(q, out, in)
		in.requests = h.requests
	}
}

// Row is the socket's type.
func (b *base) Row() *pattern.Row { return b.row }

// Context is where the socket was made.
func (s *Socket) Context() *Context { return s.ctx }

// lock takes both halves' locks.
func (h *halves) lock() {
	h.sendHalf.acquire()
	if !h.row.Lockstep {
		h.recvHalf.acquire()
	}
}

func (h *halves) unlock() {
	if !h.row.Lockstep {
		h.recvHalf.release()
	}
	h.sendHalf.release()
}

// refreshLocked tells the pattern which Ends can move again, in both directions.
func (h *halves) refreshLocked() {
	h.recvHalf.refreshLocked()
	h.sendHalf.refreshLocked()
}

// Wake implements pipe.Owner for Ends that another socket may move.
func (h *halves) Wake(e *pipe.End, ev pipe.Event) {
	if ev == pipe.Out {
		h.sendHalf.ready.add(e)
		return
	}
	h.recvHalf.ready.add(e)
	if h.publisher != nil {
		h.live.bell.Ring()
	}
}

// An eager is the Owner of Ends that an engine moves, for patterns that act on
// input at once: the engine's goroutine does it.
type eager struct{ *halves }

func (o eager) Wake(e *pipe.End, ev pipe.Event) {
	if ev == pipe.Out {
		o.sendHalf.ready.add(e)
		return
	}
	o.lock()
	o.readable(e)
	o.unlock()
	o.recvHalf.ready.event()
	if o.publisher != nil {
		o.live.bell.Ring()
	}
}

// Flush implements pipe.Owner: an engine wants what is held back for it.
func (h *halves) Flush(e *pipe.End) { h.sendHalf.flushEnd(e) }

func (h *halves) owner() pipe.Owner {
	if h.row.Eager {
		return eager{h}
	}
	return h
}

// terminate makes all further calls fail with e, and wakes those that wait.
func (h *halves) terminate(e errno.Errno) {
	h.end(e)
	h.recvHalf.ready.interrupt()
	h.watched.Raise()
}

// Ready reports whether Send and Recv would not have to wait (POLLOUT, POLLIN).
func (h *halves) Ready() (in, out bool, err error) {
	if fd := h.fd.Load(); fd != nil {
		fd.Lower() // before looking: what happens meanwhile raises it again
	}
	h.tryRead()
	h.lock()
	defer h.unlock()
	if err := h.err(); err != nil {
		return false, false, err
	}
	h.refreshLocked()
	if h.in.open() {
		return true, !h.row.Alternates && h.canSend(), nil
	}
	return h.canRecv(), !h.stuck() && h.canSend(), nil
}

// marksLocked bounds the pipes that are made from now on.
func (b *base) marksLocked() pipe.Marks {
	p := &b.vals.Pipe
	return pipe.Marks{
		Send: p.SendHWM, Recv: p.RecvHWM,
		SendBytes: p.SendHWMBytes, RecvBytes: p.RecvHWMBytes,
		// What a publisher receives and a subscriber sends is subscriptions,
		// which must not push each other out.
		ConflateSend: p.Conflate && b.row.Conflates && !b.row.NoSend,
		ConflateRecv: p.Conflate && b.row.Conflates && !b.row.NoRecv,
	}
}

// Topics is to which topics the peers of a PUB or XPUB are subscribed, each once, in
// byte order; nil for other types.
func (h *halves) Topics() []string {
	if h.publisher == nil {
		return nil
	}
	h.lock()
	defer h.unlock()
	h.refreshLocked()
	return h.publisher.TopicList()
}

// Closing:
//
//  1. StartClose makes all calls fail, frees the bound addresses, drops what was
//     received, and tells every pipe that nothing more will be sent.
//  2. Writers drain their pipes and end their connections; endpoints with
//     nothing to send end at once. One goroutine waits for them, for LINGER.
//  3. When that passes, or at Abort, what is left is cut off and counted.
//  4. Finished is closed when no goroutine of the socket is left.

// StartClose begins to close the socket; it does not wait. Doing it again is
// harmless.
func (s *Socket) StartClose() {
	eps, first := s.roster.close()
	if !first {
		return
	}
	s.terminate(errno.ENOTSOCK)
	s.lock()
	s.out.reset() // a message that has no last part yet
	s.requests.cancelLocked()
	s.unlock()
	for _, ep := range eps {
		ep.link.Finish(false)
	}
	for _, p := range s.roster.list() {
		p.Retire()
	}
	linger := s.linger()
	// Owned by the caller that closes the socket: Finished says when it has ended.
	go func() {
		s.finish(eps, linger)
		s.roster.leaving.Wait()
		s.events.StopMonitor()
		s.ctx.remove(s)
		s.events.Close()
		s.closeFD()
		close(s.finished)
	}()
}

// Finished is closed when the socket is gone, messages and goroutines and all.
func (s *Socket) Finished() <-chan struct{} { return s.finished }

// Abort cuts short what LINGER allows.
func (s *Socket) Abort() { s.abort() }

// Undelivered is the number of messages that were accepted for sending and
// dropped when the socket or an endpoint closed, and what is known of why. It is
// final once Finished.
func (s *Socket) Undelivered() (n int, why []Trouble) {
	r := &s.roster
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lost.n, r.lost.why
}

func (h *halves) linger() time.Duration {
	h.lock()
	defer h.unlock()
	return h.vals.Life.Linger
}

// finish waits until the endpoints have ended, for as long as linger allows,
// then ends them. Each peer counts what it was not sent: see drop.
func (s *Socket) finish(eps []*endpoint, linger time.Duration) {
	l := poll.NewLimit(s.aborted, linger)
	over := linger == 0
	for _, ep := range eps {
		if !over {
			over = l.Wait(ep.link.Done(), nil) != nil
		}
		before, _ := s.Undelivered()
		why := ep.troubles(false) // cutting it off is none
		if over {
			ep.link.Stop()
			<-ep.link.Done()
		}
		if ep.peer != nil {
			ep.peer.drop()
			s.roster.forget(ep.peer)
		}
		s.roster.explain(before, why)
	}
}
