package core

import (
	"cmp"
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/event"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// A Socket is one socket of any type. All its methods may be called at any
// time by any goroutine.
type Socket struct {
	ctx *Context
	row *pattern.Row
	pat pattern.Pattern

	// What only some patterns are; nil where this one is not.
	hiccup  pattern.Hiccuper
	subs    pattern.Subscriber
	counter pattern.SubscriberCounter
	request pattern.Requester
	soleOut pattern.SoleSender
	soleIn  pattern.SoleReceiver
	putter  pattern.Putter
	nexter  pattern.Nexter
	filter  pattern.Filterer
	door    doorway

	send half
	recv half // its lock is send's for a lockstep type

	// Under both locks.
	vals opt.Values
	auth Authenticator // nil: a ZAP handler decides, if there is one
	past Totals        // of pipes that are gone

	// Under the send lock.
	out  outbox
	one  [1][]byte // scratch of SendPart
	text []byte    // likewise

	// Under the receive lock.
	in      inbox
	slab    [][]byte          // room for the frames of messages to come
	origins []msg.Origin      // and for their origins
	plain   *msg.Origin       // of messages from the last peer without a chunk
	asks    map[uint32]*asker // Requests under way
	asked   uint32            // the number of the last; random to begin with: see askLocked

	inline  *engine.InlineWrite              //  nil: of a type that fans out
	blocked bool                             // the last try to receive found nothing; under the receive lock
	id      uint64                           // of the process's sockets, in order
	more    atomic.Bool                      // RCVMORE
	fd      atomic.Pointer[poll.Signal]      // nil: nobody has asked for one
	lease   atomic.Pointer[engine.ReadLease] // lent to this socket; nil: none
	over    context.Context                  // ends when calls are to fail with endErr
	cut     func()                           // ends it
	endErr  atomic.Uintptr

	roster   roster
	live     liveness
	finished chan struct{}
	aborted  context.Context // ends what LINGER allows
	abort    func()

	events  event.Hub
	watched poll.Watchers
}

// sockets counts those that were made.
var sockets atomic.Uint64

// a half is what sending or receiving needs.
type half struct {
	*sync.Mutex
	msg    msg.Message // scratch
	ready  ready
	feeder *feeder // nil: none. Only the sending half has one.

	waiters int // calls that wait for an event of ready
}

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
		row:      row,
		vals:     opt.Defaults(t),
		finished: make(chan struct{}),
		id:       sockets.Add(1),
	}
	s.aborted, s.abort = context.WithCancel(context.Background())
	s.over, s.cut = context.WithCancel(context.Background())
	s.send.Mutex = new(sync.Mutex)
	s.recv.Mutex = s.send.Mutex
	if !row.Lockstep {
		s.recv.Mutex = new(sync.Mutex)
	}
	s.send.ready.setUp(row.Lockstep || row.Names)
	s.recv.ready.setUp(row.Lockstep)
	s.live.bell.setUp(true)
	s.send.ready.watch, s.recv.ready.watch = &s.watched, &s.watched
	if !row.Publishes && !row.Subscribes {
		s.inline = new(engine.InlineWrite)
	}
	s.pat = row.New(&s.vals)
	s.hiccup, _ = s.pat.(pattern.Hiccuper)
	s.subs, _ = s.pat.(pattern.Subscriber)
	s.counter, _ = s.pat.(pattern.SubscriberCounter)
	s.request, _ = s.pat.(pattern.Requester)
	s.asked = rand.Uint32()
	s.soleOut, _ = s.pat.(pattern.SoleSender)
	s.soleIn, _ = s.pat.(pattern.SoleReceiver)
	s.putter, _ = s.pat.(pattern.Putter)
	s.nexter, _ = s.pat.(pattern.Nexter)
	s.filter, _ = s.pat.(pattern.Filterer)
	s.door.Doorkeeper, _ = s.pat.(pattern.Doorkeeper)
	if err := ctx.add(s, counts); err != nil {
		return nil, err
	}
	return s, nil
}

// Row is the socket's type.
func (s *Socket) Row() *pattern.Row { return s.row }

// Context is where the socket was made.
func (s *Socket) Context() *Context { return s.ctx }

// lock takes both halves' locks.
func (s *Socket) lock() {
	s.send.Lock()
	if s.recv.Mutex != s.send.Mutex {
		s.recv.Lock()
	}
}

func (s *Socket) unlock() {
	if s.recv.Mutex != s.send.Mutex {
		s.recv.Unlock()
	}
	s.release(&s.send)
}

// Wake implements pipe.Owner for Ends that another socket may move.
func (s *Socket) Wake(e *pipe.End, ev pipe.Event) {
	if ev == pipe.Out {
		s.send.ready.add(e)
		return
	}
	s.recv.ready.add(e)
	if s.counter != nil {
		s.live.bell.ring()
	}
}

// An eager is the Owner of Ends that an engine moves, for patterns that act on
// input at once: the engine's goroutine does it.
type eager struct{ s *Socket }

func (o eager) Wake(e *pipe.End, ev pipe.Event) {
	if ev == pipe.Out {
		o.s.send.ready.add(e)
		return
	}
	o.s.lock()
	o.s.pat.Readable(e)
	o.s.unlock()
	o.s.recv.ready.event()
	if o.s.counter != nil {
		o.s.live.bell.ring()
	}
}

// Flush implements pipe.Owner: an engine wants what is held back for it. If
// somebody is sending just now, he does it when he is done: see release.
func (s *Socket) Flush(e *pipe.End) {
	if s.send.TryLock() {
		e.Flush()
		s.release(&s.send)
		return
	}
	s.send.ready.ask(e)
	s.answer()
}

func (o eager) Flush(e *pipe.End) { o.s.Flush(e) }

// release unlocks a half, and answers who asked meanwhile.
func (s *Socket) release(h *half) {
	h.Unlock()
	if h.Mutex == s.send.Mutex && s.send.ready.asked.Load() {
		s.answer()
	}
}

// answer does what was asked for, unless somebody is sending, who will.
func (s *Socket) answer() {
	for s.send.ready.asked.Load() && s.send.TryLock() {
		s.send.ready.answer()
		s.send.Unlock()
	}
}

func (s *Socket) owner() pipe.Owner {
	if s.row.Eager {
		return eager{s}
	}
	return s
}

// drainSendLocked tells the pattern which Ends have room again.
func (s *Socket) drainSendLocked() {
	if s.send.ready.some.Load() {
		for _, e := range s.send.ready.take() {
			s.pat.Writable(e)
		}
	}
	if s.row.Lockstep {
		s.drainRecvLocked()
	}
}

// drainRecvLocked tells the pattern which Ends have something to say.
func (s *Socket) drainRecvLocked() {
	if s.recv.ready.some.Load() {
		for _, e := range s.recv.ready.take() {
			s.pat.Readable(e)
		}
	}
}

// err is why calls fail; nil while the socket is open.
func (s *Socket) err() error {
	if e := s.endErr.Load(); e != 0 {
		return errno.Errno(e)
	}
	return nil
}

// terminate makes all further calls fail with e, and wakes those that wait.
func (s *Socket) terminate(e errno.Errno) {
	if s.endErr.CompareAndSwap(0, uintptr(e)) {
		s.cut()
	} else if e == errno.ENOTSOCK {
		s.endErr.Store(uintptr(e)) // closed says more than terminated
	}
	s.recv.ready.interrupt()
	s.watched.Raise()
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
