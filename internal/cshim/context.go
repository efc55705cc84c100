package cshim

import (
	"context"
	"math"
	"sync"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// a zcontext is a context and what may wait for its end.
type zcontext struct {
	*core.Context

	mu   sync.Mutex
	term uint64 // the job that waits for its sockets; 0: none

	letting letting
}

// NewContext makes a context, gives its handle, and returns 0.
func NewContext(ctx *uint64) int {
	*ctx = contexts.put(&zcontext{Context: core.NewContext()})
	return 0
}

// SetContext is zmq_ctx_set. EFAULT: no such context. EINVAL: no such option, or
// not such a value.
func SetContext(ctx uint64, option, value int) int {
	return onContext(ctx, func(c *zcontext) error {
		r := opt.CtxByID(option, opt.W)
		if r == nil {
			return errno.EINVAL
		}
		return c.Set(r, value)
	})
}

// SetContextRaw is zmq_ctx_set_ext: the value is as C lays it out.
func SetContextRaw(ctx uint64, option int, value []byte) int {
	return onContext(ctx, func(c *zcontext) error {
		r := opt.CtxByID(option, opt.W)
		if r == nil {
			return errno.EINVAL
		}
		x, err := r.Decode(value)
		if err != nil {
			return err
		}
		return c.Set(r, x)
	})
}

// GetContext is zmq_ctx_get, with the value in the place of the result: it may
// be negative.
func GetContext(ctx uint64, option int, value *int32) int {
	return onContext(ctx, func(c *zcontext) error {
		r := opt.CtxByID(option, opt.R)
		if r == nil {
			return errno.EINVAL
		}
		x, err := c.Get(r)
		*value = int32(min(r.Int(x), math.MaxInt32))
		return err
	})
}

// GetContextRaw is zmq_ctx_get_ext: it fills dst and returns the length.
func GetContextRaw(ctx uint64, option int, dst []byte) (n int) {
	rc := onContext(ctx, func(c *zcontext) error {
		r := opt.CtxByID(option, opt.R)
		if r == nil {
			return errno.EINVAL
		}
		x, err := c.Get(r)
		if err == nil {
			n, err = r.Encode(dst, x)
		}
		return err
	})
	if rc < 0 {
		return rc
	}
	return n
}

func onContext(ctx uint64, f func(*zcontext) error) int {
	c, ok := contexts.get(ctx)
	if !ok {
		return fail(errno.EFAULT)
	}
	return code(f(c))
}

// Shutdown is zmq_ctx_shutdown. EFAULT: no such context.
func Shutdown(ctx uint64) int {
	return onContext(ctx, func(c *zcontext) error { c.Shutdown(); return nil })
}

// over is a context that has ended: a call with it does not wait.
var over = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// Term is zmq_ctx_term. While sockets are open or linger it fails with EAGAIN
// and says in w what to wait for; it is then called again, whether or not
// the caller has waited. Once it returns 0 the context is gone.
func Term(ctx uint64, w *Wait) int {
	c, ok := contexts.get(ctx)
	if !ok {
		return fail(errno.EFAULT)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.term == 0 && c.Context.Term(over) == nil {
		c.letting.wait()
		contexts.take(ctx)
		return 0
	}
	if c.term == 0 {
		id, err := begin(func() error {
			defer c.letting.wait()
			return c.Context.Term(background)
		}, nil)
		if err != nil {
			return code(err)
		}
		c.term = id
	}
	rc := Result(c.term, w)
	if rc != fail(errno.EAGAIN) {
		c.term = 0
		contexts.take(ctx)
	}
	return rc
}
