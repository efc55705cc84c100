package core

import (
	"context"
	"fmt"
	"sync"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/poll"
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

// A Proxy hands messages on while Run does; the other methods steer it, and may be
// called at any time.
type Proxy struct {
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup

	gate    sync.RWMutex // comes before all locks of sockets
	lanes   []*lane      // of the last Run
	running bool
	paused  bool
	resumed poll.Bell
}

// NewProxy makes a Proxy that does not run yet.
func NewProxy() *Proxy {
	p := new(Proxy)
	p.resumed.SetUp(true)
	return p
}

// burst bounds what a lane moves before it lets others have the sockets.
const burst = 1000

// Run hands messages on between front and back until ctx ends, a socket
// ends, or control says so, and returns why; see Proxy.serve for control.
// Copies of everything go to capture. Both may be nil, and front and back be
// one. ENOTSUP: neither direction is possible. EINVAL: it runs already.
//
// What a ROUTER cannot deliver is dropped, as it is without ROUTER_MANDATORY:
// one client that does not read must not stop the others.
func (p *Proxy) Run(ctx context.Context, front, back, capture, control *Socket) error {
	if !p.begin(front, back, capture) {
		return fmt.Errorf("the proxy runs already: %w", errno.EINVAL)
	}
	defer p.end()
	ctx, p.cancel = context.WithCancelCause(ctx)
	defer p.cancel(nil)
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
		p.wg.Go(func() { p.cancel(l.run(ctx)) }) // owned by Run, which waits
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

// begin makes the lanes; false: the proxy runs already.
func (p *Proxy) begin(front, back, capture *Socket) bool {
	p.gate.Lock()
	defer p.gate.Unlock()
	if p.running {
		return false
	}
	p.running = true
	p.lanes = []*lane{newLane(p, front, back, capture)}
	if front != back {
		p.lanes = append(p.lanes, newLane(p, back, front, capture))
	}
	return true
}

func (p *Proxy) end() {
	p.gate.Lock()
	p.running = false
	p.gate.Unlock()
}

// Pause stops all lanes, or lets them go on; one that does not run yet begins so.
// When it returns nothing moves any more.
func (p *Proxy) Pause(on bool) {
	p.gate.Lock()
	p.paused = on
	p.gate.Unlock()
	p.resumed.Ring()
}

// A ProxyCount is what went one way.
type ProxyCount struct{ Messages, Bytes uint64 }

// Moved counts what the last Run has moved whole, from front to back and from back to
// front: what a peer has received is in it.
func (p *Proxy) Moved() (forth, back ProxyCount) {
	p.gate.Lock()
	defer p.gate.Unlock()
	count := func(i int) (n ProxyCount) {
		if i < len(p.lanes) { // else no such direction: nothing was moved
			n = ProxyCount{p.lanes[i].messages.Load(), p.lanes[i].bytes.Load()}
		}
		return n
	}
	return count(0), count(1)
}

// await waits for as long as the proxy pauses.
func (p *Proxy) await(ctx context.Context) error {
	l := poll.NewLimit(ctx, poll.Forever)
	return p.resumed.Wait(func() error {
		p.gate.RLock()
		defer p.gate.RUnlock()
		if p.paused && ctx.Err() == nil {
			return errno.EAGAIN
		}
		return nil
	}, func(since uint64) error { return l.Wait(p.resumed.Listen(since), nil) })
}
