package core

import (
	"context"
	"sync"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// A proxy hands messages on between two sockets:
//
//  1. Each direction that the types allow is a lane, with a goroutine of its
//     own.
//  2. A lane takes the locks that it needs together, the receiving half of one
//     socket and the sending half of the other, and moves a burst of messages
//     from pipe to pipe: what is received is queued at once, under one pair of
//     locks for the whole burst.
//  3. When it stops for want of messages or of room, it waits for an event of
//     that half, as Recv and Send do.
//
// Locking: a lane's locks are taken in one order for all sockets: sending
// halves, sockets with one lock for both halves, receiving halves, each by the
// age of the socket. A burst runs with the gate held for reading, so that who
// holds it for writing knows that nothing moves.

// A Proxy is one that runs.
type Proxy struct {
	lanes  []*lane
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup

	gate    sync.RWMutex // comes before all locks of sockets
	paused  bool
	resumed bell
}

// burst bounds what a lane moves before it lets others have the sockets.
const burst = 1000

// RunProxy hands messages on between front and back until ctx ends, a socket
// ends, or control says so, and returns why; see Proxy.serve for control.
// Copies of everything go to capture. Both may be nil, and front and back be
// one. ENOTSUP: neither direction is possible.
//
// What a ROUTER cannot deliver is dropped, as it is without ROUTER_MANDATORY:
// one client that does not read must not stop the others.
func RunProxy(ctx context.Context, front, back, capture, control *Socket) error {
	p := new(Proxy)
	p.resumed.setUp(true)
	ctx, p.cancel = context.WithCancelCause(ctx)
	defer p.cancel(nil)
	forth := newLane(p, front, back, capture)
	p.lanes = append(p.lanes, forth)
	if front != back {
		p.lanes = append(p.lanes, newLane(p, back, front, capture))
	}
	for _, s := range []*Socket{front, back, capture} {
		if s != nil {
			defer context.AfterFunc(s.over, func() { p.cancel(s.err()) })()
		}
	}
	able := false
	for _, l := range p.lanes {
		if l.from.row.NoRecv || l.to.row.NoSend {
			continue
		}
		able = true
		p.wg.Go(func() { p.cancel(l.run(ctx)) }) // owned by RunProxy, which waits
	}
	if !able {
		return errno.ENOTSUP
	}
	if control != nil {
		p.wg.Go(func() { p.cancel(p.serve(ctx, control)) }) // likewise
	}
	p.wg.Wait()
	if err := context.Cause(ctx); err != errTerminate {
		return err
	}
	return nil
}

// pause stops all lanes, or lets them go on. When it returns nothing moves any
// more.
func (p *Proxy) pause(on bool) {
	p.gate.Lock()
	p.paused = on
	p.gate.Unlock()
	p.resumed.ring()
}

// await waits for as long as the proxy pauses.
func (p *Proxy) await(ctx context.Context) error {
	l := newLimit(ctx, forever)
	return p.resumed.wait(func() error {
		p.gate.RLock()
		defer p.gate.RUnlock()
		if p.paused && ctx.Err() == nil {
			return errno.EAGAIN
		}
		return nil
	}, func(since uint64) error { return l.wait(p.resumed.listen(since), nil) })
}
