package poll

import (
	"context"
	"fmt"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// A Limit says until when a call waits. Making one costs nothing but, where there
// is a timeout, a look at the clock.
type Limit struct {
	ctx  context.Context
	at   time.Time       // zero: for as long as ctx allows
	Also <-chan struct{} // wakes the call as an event does; nil: nothing else does
}

// Forever is the timeout of a call that only its context ends.
const Forever time.Duration = -1

// NewLimit makes the limit of a call that waits for d from now on (negative: forever), and
// no longer than ctx.
func NewLimit(ctx context.Context, d time.Duration) Limit {
	l := Limit{ctx: ctx}
	if d >= 0 {
		l.at = time.Now().Add(d)
	}
	return l
}

// Wait waits for an event (nil: there was one already). The end of the socket, which
// is the end of ended, is none of its errors: the next try finds it. EAGAIN: the time
// is over.
func (l Limit) Wait(event, ended <-chan struct{}) error {
	if event == nil {
		switch { // events that come without end must not hide the limit
		case l.ctx.Err() != nil:
			return CtxErr(l.ctx)
		case !l.at.IsZero() && !time.Now().Before(l.at):
			return errno.EAGAIN
		}
		return nil
	}
	var over <-chan time.Time
	if !l.at.IsZero() {
		t := time.NewTimer(time.Until(l.at))
		defer t.Stop()
		over = t.C
	}
	select {
	case <-event:
	case <-ended:
	case <-l.Also:
	case <-over:
		return errno.EAGAIN
	case <-l.ctx.Done():
		return CtxErr(l.ctx)
	}
	return nil
}

// Passed is why the call is to wait no more; nil: it may. EAGAIN: the time is over.
func (l Limit) Passed() error {
	if l.ctx.Err() != nil {
		return CtxErr(l.ctx)
	}
	if !l.at.IsZero() && !time.Now().Before(l.at) {
		return errno.EAGAIN
	}
	return nil
}

// An Interrupter is a wait of another kind.
type Interrupter interface{ Interrupt() }

// OnPass has x interrupted when the limit passes, unless stop is called first.
func (l Limit) OnPass(x Interrupter) (stop func()) {
	if l.ctx.Done() == nil && l.at.IsZero() {
		return func() {}
	}
	undo := func() bool { return true }
	if l.ctx.Done() != nil {
		undo = context.AfterFunc(l.ctx, x.Interrupt)
	}
	if l.at.IsZero() {
		return func() { undo() }
	}
	timer := time.AfterFunc(time.Until(l.at), x.Interrupt)
	return func() { undo(); timer.Stop() }
}

// CtxErr is why ctx ended: context.Canceled or DeadlineExceeded, with the cause
// if there is another.
func CtxErr(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == err {
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}
