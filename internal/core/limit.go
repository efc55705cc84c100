package core

import (
	"context"
	"fmt"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// A limit says until when a call waits. Making one costs nothing but, where there
// is a timeout, a look at the clock.
type limit struct {
	ctx  context.Context
	at   time.Time       // zero: for as long as ctx allows
	also <-chan struct{} // wakes the call as an event does; nil: nothing else does
}

// forever is the timeout of a call that only its context ends.
const forever time.Duration = -1

// newLimit makes the limit of a call that waits for d from now on (negative: forever), and
// no longer than ctx.
func newLimit(ctx context.Context, d time.Duration) limit {
	l := limit{ctx: ctx}
	if d >= 0 {
		l.at = time.Now().Add(d)
	}
	return l
}

// wait waits for an event (nil: there was one already). The end of the socket, which
// is the end of ended, is none of its errors: the next try finds it. EAGAIN: the time
// is over.
func (l limit) wait(event, ended <-chan struct{}) error {
	if event == nil {
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
	case <-l.also:
	case <-over:
		return errno.EAGAIN
	case <-l.ctx.Done():
		return ctxErr(l.ctx)
	}
	return nil
}

// passed is why the call is to wait no more; nil: it may. EAGAIN: the time is over.
func (l limit) passed() error {
	if l.ctx.Err() != nil {
		return ctxErr(l.ctx)
	}
	if !l.at.IsZero() && !time.Now().Before(l.at) {
		return errno.EAGAIN
	}
	return nil
}

// An interrupter is a wait of another kind.
type interrupter interface{ Interrupt() }

// onPass has x interrupted when the limit passes, unless stop is called first.
func (l limit) onPass(x interrupter) (stop func()) {
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

// ctxErr is why ctx ended: context.Canceled or DeadlineExceeded, with the cause
// if there is another.
func ctxErr(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == err {
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}
