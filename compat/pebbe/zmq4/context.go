package zmq4

import (
	"context"
	"runtime"
	"sync/atomic"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/opt"
)

const (
	MaxSocketsDflt = int(1023) // the default of SetMaxSockets
	IoThreadsDflt  = int(1)    // the default of SetIoThreads
)

// A Context is a set of sockets, and a name space for their inproc endpoints.
// Its methods may be called by any goroutine. One that nobody holds any more,
// its sockets included, is terminated by the garbage collector.
type Context struct {
	ctx    *core.Context // nil: never opened
	closed atomic.Bool
	once   atomic.Bool // SetRetryAfterEINTR(false)
}

// defaultCtx is the context of NewSocket and of this package's functions.
var defaultCtx = makeContext()

func makeContext() *Context {
	ctx := &Context{ctx: core.NewContext()}
	runtime.AddCleanup(ctx, (*core.Context).Shutdown, ctx.ctx)
	return ctx
}

// NewContext makes a Context of its own, beside the default one. The error is
// always nil.
func NewContext() (ctx *Context, err error) { return makeContext(), nil }

// Term ends the default context; see Context.Term.
func Term() error { return defaultCtx.Term() }

// Term makes every call on the context's sockets fail with ETERM, those that
// wait included, except Close. Then it waits until each socket was closed and
// has sent what SetLinger allows. Another call returns at once.
func (ctx *Context) Term() error {
	if ctx.ctx == nil || ctx.closed.Swap(true) {
		return nil
	}
	return fail(ctx.ctx.Term(context.Background()))
}

// GetRetryAfterEINTR reads what SetRetryAfterEINTR has set in the default
// context.
func GetRetryAfterEINTR() bool { return defaultCtx.GetRetryAfterEINTR() }

// SetRetryAfterEINTR is kept for programs that call it: nothing here is ever
// interrupted by a signal.
func SetRetryAfterEINTR(retry bool) { defaultCtx.SetRetryAfterEINTR(retry) }

// GetRetryAfterEINTR reads what SetRetryAfterEINTR has set; true before.
func (ctx *Context) GetRetryAfterEINTR() bool { return !ctx.once.Load() }

// SetRetryAfterEINTR is kept for programs that call it: nothing here is ever
// interrupted by a signal.
func (ctx *Context) SetRetryAfterEINTR(retry bool) { ctx.once.Store(!retry) }

func (ctx *Context) set(name string, x any) error {
	if ctx.ctx == nil || ctx.closed.Load() {
		return ErrorContextClosed
	}
	err := ctx.ctx.Set(opt.CtxByName(name), x)
	runtime.KeepAlive(ctx) // else the collector may shut it down meanwhile
	return fail(err)
}

func (ctx *Context) get(name string) (any, error) {
	if ctx.ctx == nil || ctx.closed.Load() {
		return nil, ErrorContextClosed
	}
	x, err := ctx.ctx.Get(opt.CtxByName(name))
	runtime.KeepAlive(ctx)
	return x, fail(err)
}
