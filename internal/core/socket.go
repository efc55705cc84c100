package core

import (
	"cmp"
	"context"
	"sync/atomic"

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
	base
	sendHalf
	recvHalf
	*requests // nil: a type that has none

	ctx *Context
	id  uint64 // of the process's sockets, in order

	// What only some patterns are; nil where this one is not.
	hiccup  pattern.Hiccuper
	subs    pattern.Subscriber
	counter pattern.SubscriberCounter
	door    doorway

	// Under both locks.
	auth Authenticator // nil: a ZAP handler decides, if there is one
	past Totals        // of pipes that are gone

	roster   roster
	finished chan struct{}
	aborted  context.Context // ends what LINGER allows
	abort    func()
	fd       atomic.Pointer[poll.Signal] // nil: nobody has asked for one
	events   event.Hub
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
	s.row, s.vals = row, opt.Defaults(t)
	s.ending.setUp()
	s.live.bell.SetUp(true)
	s.pat = row.New(&s.vals)
	s.setUpHalves()
	s.hiccup, _ = s.pat.(pattern.Hiccuper)
	s.subs, _ = s.pat.(pattern.Subscriber)
	s.counter, _ = s.pat.(pattern.SubscriberCounter)
	s.door.Doorkeeper, _ = s.pat.(pattern.Doorkeeper)
	if err := ctx.add(s, counts); err != nil {
		return nil, err
	}
	return s, nil
}

// setUpHalves joins the halves to their base and to one another.
func (s *Socket) setUpHalves() {
	out, in := &s.sendHalf, &s.recvHalf
	out.setUp(&s.base, new(halfLock), s.pat.Writable, s.row.Lockstep || s.row.Names)
	out.outPattern.from(s.pat)
	out.recv = in
	if s.row.Lockstep {
		in.setUp(&s.base, out.halfLock, s.pat.Readable, true)
		out.twin, in.twin = &in.half, &out.half
	} else {
		in.setUp(&s.base, new(halfLock), s.pat.Readable, false)
	}
	in.inPattern.from(s.pat)
	if !s.row.Publishes && !s.row.Subscribes {
		in.inline = new(engine.InlineWrite)
	}
	if q, ok := s.pat.(pattern.Requester); ok {
		s.requests = newRequests(q, out, in)
		in.requests = s.requests
	}
}

// Row is the socket's type.
func (s *Socket) Row() *pattern.Row { return s.row }

// Context is where the socket was made.
func (s *Socket) Context() *Context { return s.ctx }

// lock takes both halves' locks.
func (s *Socket) lock() {
	s.sendHalf.acquire()
	if !s.row.Lockstep {
		s.recvHalf.acquire()
	}
}

func (s *Socket) unlock() {
	if !s.row.Lockstep {
		s.recvHalf.release()
	}
	s.sendHalf.release()
}

// refreshLocked tells the pattern which Ends can move again, in both directions.
func (s *Socket) refreshLocked() {
	s.recvHalf.refreshLocked()
	s.sendHalf.refreshLocked()
}

// Wake implements pipe.Owner for Ends that another socket may move.
func (s *Socket) Wake(e *pipe.End, ev pipe.Event) {
	if ev == pipe.Out {
		s.sendHalf.ready.add(e)
		return
	}
	s.recvHalf.ready.add(e)
	if s.counter != nil {
		s.live.bell.Ring()
	}
}

// An eager is the Owner of Ends that an engine moves, for patterns that act on
// input at once: the engine's goroutine does it.
type eager struct{ s *Socket }

func (o eager) Wake(e *pipe.End, ev pipe.Event) {
	if ev == pipe.Out {
		o.s.sendHalf.ready.add(e)
		return
	}
	o.s.lock()
	o.s.pat.Readable(e)
	o.s.unlock()
	o.s.recvHalf.ready.event()
	if o.s.counter != nil {
		o.s.live.bell.Ring()
	}
}

// Flush implements pipe.Owner: an engine wants what is held back for it.
func (s *Socket) Flush(e *pipe.End) { s.sendHalf.flushEnd(e) }

func (o eager) Flush(e *pipe.End) { o.s.Flush(e) }

func (s *Socket) owner() pipe.Owner {
	if s.row.Eager {
		return eager{s}
	}
	return s
}

// terminate makes all further calls fail with e, and wakes those that wait.
func (s *Socket) terminate(e errno.Errno) {
	s.end(e)
	s.recvHalf.ready.interrupt()
	s.watched.Raise()
}

// Ready reports whether Send and Recv would not have to wait (POLLOUT, POLLIN).
func (s *Socket) Ready() (in, out bool, err error) {
	if fd := s.fd.Load(); fd != nil {
		fd.Lower() // before looking: what happens meanwhile raises it again
	}
	s.tryRead()
	s.lock()
	defer s.unlock()
	if err := s.err(); err != nil {
		return false, false, err
	}
	s.refreshLocked()
	if s.in.open() {
		return true, !s.row.Alternates && s.canSend(), nil
	}
	return s.canRecv(), !s.stuck() && s.canSend(), nil
}

// marksLocked bounds the pipes that are made from now on.
func (s *Socket) marksLocked() pipe.Marks {
	p := &s.vals.Pipe
	return pipe.Marks{
		Send: p.SendHWM, Recv: p.RecvHWM,
		SendBytes: p.SendHWMBytes, RecvBytes: p.RecvHWMBytes,
		// What a publisher receives and a subscriber sends is subscriptions,
		// which must not push each other out.
		ConflateSend: p.Conflate && s.row.Conflates && !s.row.NoSend,
		ConflateRecv: p.Conflate && s.row.Conflates && !s.row.NoRecv,
	}
}
