package zmq

import (
	"context"
	"fmt"
	"sync"

	"github.com/zeroth-mq/zmq/internal/core"
)

// A Context is a private name space for inproc endpoints, and a handle on all
// sockets made in it. Programs that need neither use New, which makes sockets
// in a context of the package.
//
// Its methods may be called at any time by any goroutine. A nil or zero Context,
// which NewContext has not made, behaves as a closed one.
type Context struct {
	c *core.Context
}

// NewContext makes a Context. It needs no closing if its sockets are closed.
func NewContext() *Context {
	c := core.NewContext()
	c.Limit(0) // where libzmq has 1023
	return &Context{c}
}

var shared = sync.OnceValue(NewContext)

// New makes a socket in this context. See the function New.
func (c *Context) New(t Type, options ...Option) (*Socket, error) {
	if c == nil || c.c == nil {
		return nil, &Error{Op: "new", Type: t, Err: errNoContext}
	}
	return newSocket(c.c, t, options)
}

// SetMaxSockets bounds how many sockets the context may have at once, those
// included that still linger; 0, the default, is no limit. Beyond it New fails
// with ErrTooMany. It acts at once; sockets that are open stay open. ErrInvalid: n
// is negative, or NewContext has not made the context.
func (c *Context) SetMaxSockets(n int) error {
	switch {
	case c == nil || c.c == nil:
		return fmt.Errorf("zmq: %w", errNoContext)
	case n < 0:
		return fmt.Errorf("zmq: a context cannot have %d sockets at most: the least is 0, no limit: %w", n, ErrInvalid)
	}
	c.c.Limit(n)
	return nil
}

// Close closes every socket of the context, each with its own Linger, and
// waits for them. Calls that are waiting on them return ErrTerminated. The
// error is an *UndeliveredError if messages had to be dropped.
func (c *Context) Close() error { return c.Shutdown(context.Background()) }

// Shutdown is Close that ends, dropping what is left, when ctx does.
func (c *Context) Shutdown(ctx context.Context) error {
	if ctx == nil {
		return fmt.Errorf("zmq: close: %w", errNoCtx)
	}
	return undelivered(c.inner().Close(ctx))
}
