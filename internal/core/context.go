// Package core is where patterns, transports and options meet: contexts and
// sockets, with everything that all faces have in common.
//
// Lock order, which everything here keeps:
//
//	context < endpoints (Socket.mu) < send < receive < pipe queue < ready list
//
// A lock may be taken while those before it are held, never the other way. No
// lock is held while a goroutine is waited for. A pipe never calls into a
// socket that another socket's call may hold: it notes itself on the ready list
// and wakes one waiter.
package core

import (
	"context"
	"sync"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// A Context is a name space for inproc endpoints, and the set of its sockets.
// All its methods may be called at any time by any goroutine.
type Context struct {
	mu      sync.Mutex
	closed  bool
	sockets map[*Socket]struct{}
	bound   map[string]*Socket       // inproc
	waiting map[string][]*inprocPeer // connected before the bind
}

// NewContext makes an empty Context. It holds no resources until it is used.
func NewContext() *Context {
	return &Context{
		sockets: make(map[*Socket]struct{}),
		bound:   make(map[string]*Socket),
		waiting: make(map[string][]*inprocPeer),
	}
}

func (c *Context) add(s *Socket) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return errno.ETERM
	}
	c.sockets[s] = struct{}{}
	return nil
}

func (c *Context) remove(s *Socket) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.sockets, s)
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
// are gone, with the number of messages that were not delivered. When ctx ends
// first it drops what is left. Calling it again waits as well.
func (c *Context) Close(ctx context.Context) (undelivered int) {
	c.Shutdown()
	all := c.all()
	for _, s := range all {
		s.StartClose()
	}
	// Nobody will bind those names any more.
	for _, p := range c.unmet() {
		p.sock.Load().lose(p.forget(false))
	}
	for _, s := range all {
		select {
		case <-s.Finished():
		case <-ctx.Done():
			s.Abort()
			<-s.Finished()
		}
		undelivered += s.Undelivered()
	}
	return undelivered
}

// unmet lists the connecting sides that wait for a bind.
func (c *Context) unmet() []*inprocPeer {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []*inprocPeer
	for _, list := range c.waiting {
		all = append(all, list...)
	}
	return all
}
