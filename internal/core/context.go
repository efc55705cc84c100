// Package core is where patterns, transports and options meet: contexts and
// sockets, with everything that all faces have in common.
//
// Lock order, which everything here keeps:
//
//	context < endpoints (roster.mu) < send < receive < pipe queue < ready list
//
// A lock may be taken while those before it are held, never the other way. No
// lock is held while a goroutine is waited for. A pipe never calls into a
// socket that another socket's call may hold: it notes itself on the ready list
// and wakes one waiter.
package core

import (
	"context"
	"fmt"
	"sync"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// A Context is a name space for inproc endpoints, the set of its sockets, and
// the options that they start with. All its methods may be called at any time
// by any goroutine.
type Context struct {
	mu      sync.Mutex
	closed  bool
	sockets map[*Socket]bool      // and whether it counts
	bound   map[string]*endpoint  // inproc
	waiting map[string][]*meeting // connected before the bind

	vals    opt.CtxValues
	started bool // what the first socket finds of these two stays:
	limit   int  // MAX_SOCKETS; 0: none
	threads int  // IO_THREADS
	counted int  // sockets that count

	zap    chan struct{} // a token for each ZAP request under way
	hadZAP bool          // a ZAP handler was bound once
}

// NewContext makes an empty Context with libzmq's defaults. It holds no
// resources until it is used.
func NewContext() *Context {
	return &Context{
		sockets: make(map[*Socket]bool),
		bound:   make(map[string]*endpoint),
		waiting: make(map[string][]*meeting),
		vals:    opt.CtxDefaults(),
		zap:     make(chan struct{}, zapRequests),
	}
}

// Set changes an option; x is of the row's kind. As in libzmq, MAX_SOCKETS and
// IO_THREADS reach nothing once there was a socket, and IPV6 and BLOCKY only
// sockets that are made afterwards. EINVAL: wrong type, out of range, or
// read-only.
func (c *Context) Set(r *opt.CtxRow, x any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return r.Set(&c.vals, x)
}

// Get reads an option. EINVAL: it is write-only.
func (c *Context) Get(r *opt.CtxRow) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return r.Get(&c.vals)
}

// Limit is MAX_SOCKETS that acts at once, and takes 0 for no limit. Sockets
// that are open stay open.
func (c *Context) Limit(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.vals.MaxSockets, c.limit = n, n
}

// add makes s one of the context's sockets and gives it the options that it
// starts with. ETERM: the context was closed. EMFILE: there are MAX_SOCKETS.
func (c *Context) add(s *Socket, counts bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.started {
		c.started, c.limit, c.threads = true, c.vals.MaxSockets, c.vals.IOThreads
	}
	if err := c.fullLocked(counts); err != nil {
		return err
	}
	c.vals.Apply(&s.vals)
	c.sockets[s] = counts
	if counts {
		c.counted++
	}
	return nil
}

// full is why there can be no further socket; nil if there can.
func (c *Context) full(counts bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fullLocked(counts)
}

func (c *Context) fullLocked(counts bool) error {
	if c.closed {
		return errno.ETERM
	}
	if counts && c.limit > 0 && c.counted >= c.limit {
		return fmt.Errorf("%w: MAX_SOCKETS is %d", errno.EMFILE, c.limit)
	}
	return nil
}

// canLink reports whether anything but inproc can be used. EMTHREAD: IO_THREADS
// was 0.
func (c *Context) canLink() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.threads == 0 {
		return errno.EMTHREAD
	}
	return nil
}

func (c *Context) remove(s *Socket) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sockets[s] {
		c.counted--
	}
	delete(c.sockets, s)
}

// Len is how many sockets the context has, those included that linger.
func (c *Context) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.sockets)
}

func (c *Context) all() []*Socket {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]*Socket, 0, len(c.sockets))
	for s := range c.sockets {
		all = append(all, s)
	}
	return all
}

// Shutdown makes every call on every socket of the context fail with ETERM,
// blocked ones included, and no new socket can be made. Sockets still have to
// be closed.
func (c *Context) Shutdown() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	for _, s := range c.all() {
		s.terminate(errno.ETERM)
	}
}

// Close closes every socket, each with its own linger, and returns when all
// are gone, with the number of messages that were not delivered, and what is
// known of why. When ctx ends first it drops what is left. Calling it again
// waits as well.
func (c *Context) Close(ctx context.Context) (undelivered int, why []Trouble) {
	c.Shutdown()
	all := c.all()
	for _, s := range all {
		s.StartClose()
	}
	c.giveUp()
	for _, s := range all {
		select {
		case <-s.Finished():
		case <-ctx.Done():
			s.Abort()
			<-s.Finished()
		}
		n, reasons := s.Undelivered()
		undelivered += n
		why = append(why, reasons...)
	}
	return undelivered, why
}

// Term shuts the context down and waits until every socket was closed by its
// owner and has lingered, which is what zmq_ctx_term does. When ctx ends first
// it returns the error of that; calling it again waits again.
func (c *Context) Term(ctx context.Context) error {
	c.Shutdown()
	c.giveUp()
	for _, s := range c.all() {
		select {
		case <-s.Finished():
		case <-ctx.Done():
			return poll.CtxErr(ctx)
		}
	}
	return nil
}

// giveUp ends the wait of connecting sides for a bind: nothing will bind
// those names any more.
func (c *Context) giveUp() {
	for _, m := range c.unmet() {
		ep := m.near.peer.Load().ep
		ep.s.roster.lose(m.forget(false), ep.troubles(false)...)
	}
}

// unmet lists those that wait for a bind.
func (c *Context) unmet() []*meeting {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []*meeting
	for _, list := range c.waiting {
		all = append(all, list...)
	}
	return all
}
