package zmq

import (
	"context"
	"fmt"
	"sync"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// What a Socket or a Context that was not made by New or NewContext does: a nil
// one, or a zero one. It is as good as closed.

// ended is a closed socket in a closed context.
var ended = sync.OnceValue(func() *core.Socket {
	c := core.NewContext()
	s, err := core.NewSocket(c, opt.TypePair)
	if err != nil {
		panic(err) // a PAIR in a new context
	}
	s.StartClose()
	c.Close(context.Background())
	return s
})

var (
	errNoSocket  = fmt.Errorf("the Socket is nil, or was not made by New: %w", ErrClosed)
	errNoContext = fmt.Errorf("the Context is nil, or was not made by NewContext: %w", ErrInvalid)
	errNoPoller  = fmt.Errorf("zmq: the Poller is nil: %w", ErrInvalid)
	errNoCtx     = fmt.Errorf("the ctx is nil; context.Background() is one without end: %w", ErrInvalid)
	errNoOption  = fmt.Errorf("an Option is nil: %w", ErrInvalid)
	errNoCert    = fmt.Errorf("the CurveCert is nil; did reading it fail? %w", ErrInvalid)
)

// made reports whether New has made the socket.
func (s *Socket) made() bool { return s != nil && s.s != nil }

func (s *Socket) inner() *core.Socket {
	if s == nil || s.s == nil {
		return ended()
	}
	return s.s
}

func (c *Context) inner() *core.Context {
	if c == nil || c.c == nil {
		return ended().Context()
	}
	return c.c
}

// over is why a call with ctx does not even begin; nil: it may.
func over(ctx context.Context) error {
	if ctx == nil {
		return errNoCtx
	}
	return ctx.Err()
}
