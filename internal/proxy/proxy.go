// Package proxy hands messages on between two sockets (zmq_proxy):
//
//  1. Each direction that the types allow has a goroutine of its own.
//  2. It takes the locks that it needs together (core.Joint), the receiving half of one
//     socket and the sending half of the other, and moves a batch of messages from pipe
//     to pipe: what is received is queued at once, under one set of locks for the whole
//     batch.
//  3. When it stops for want of messages or of room, it waits for an event of that half,
//     as Recv and Send do.
//
// Locking: the pause lock comes before all locks of sockets. A batch runs with it held
// for reading, so that the caller that holds it for writing knows that nothing moves.
package proxy

import (
	"context"
	"fmt"
	"sync"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// A Proxy hands messages on while Run does; the other methods steer it, and may be
// called at any time.
type Proxy struct {
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup

	pausing    sync.RWMutex // the pause lock
	directions []*direction // of the last Run: from the front, and from the back unless that is the front
	running    bool
	paused     bool
	resumed    poll.Bell
}

// New makes a Proxy that does not run yet.
func New() *Proxy {
	p := new(Proxy)
	p.resumed.SetUp(true)
	return p
}

// batch bounds what a direction moves before it lets others have the sockets.
const batch = 1000

// Run hands messages on between front and back until ctx ends, a socket
// ends, or control says so, and returns why; see Proxy.serve for control.
// Copies of everything go to capture. Both may be nil, and front and back be
// one. ENOTSUP: neither direction is possible. EINVAL: it runs already.
//
// What a ROUTER cannot deliver is dropped, as it is without ROUTER_MANDATORY:
// one client that does not read must not stop the others.
func (p *Proxy) Run(ctx context.Context, front, back, capture, control *core.Socket) error {
	if !p.begin(front, back, capture) {
		return fmt.Errorf("the proxy runs already: %w", errno.EINVAL)
	}
	defer p.end()
	ctx, p.cancel = context.WithCancelCause(ctx)
	defer p.cancel(nil)
	for _, s := range []*core.Socket{front, back, capture} {
		if s != nil {
			defer context.AfterFunc(s.Over(), func() { p.cancel(s.Err()) })()
		}
	}
	able := false
	for _, d := range p.directions {
		if d.from.Row().NoRecv || d.to.Row().NoSend {
			continue
		}
		able = true
		p.wg.Go(func() { p.cancel(d.run(ctx)) }) // owned by Run, which waits
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

// begin makes the directions; false: the proxy runs already.
func (p *Proxy) begin(front, back, capture *core.Socket) bool {
	p.pausing.Lock()
	defer p.pausing.Unlock()
	if p.running {
		return false
	}
	p.running = true
	p.directions = []*direction{newDirection(p, front, back, capture)}
	if front != back {
		p.directions = append(p.directions, newDirection(p, back, front, capture))
	}
	return true
}

func (p *Proxy) end() {
	p.pausing.Lock()
	p.running = false
	p.pausing.Unlock()
}

// Pause stops all directions, or lets them go on; one that does not run yet begins so.
// When it returns nothing moves any more.
func (p *Proxy) Pause(on bool) {
	p.pausing.Lock()
	p.paused = on
	p.pausing.Unlock()
	p.resumed.Ring()
}

// A Count is what went one way.
type Count struct{ Messages, Bytes uint64 }

// Moved counts what the last Run has moved whole, from front to back and from back to
// front: what a peer has received is in it.
func (p *Proxy) Moved() (forth, back Count) {
	p.pausing.Lock()
	defer p.pausing.Unlock()
	count := func(i int) (n Count) {
		if i < len(p.directions) { // else no such direction: nothing was moved
			n = Count{p.directions[i].messages.Load(), p.directions[i].bytes.Load()}
		}
		return n
	}
	return count(0), count(1)
}

// await waits for as long as the proxy pauses.
func (p *Proxy) await(ctx context.Context) error {
	l := poll.NewLimit(ctx, poll.Forever)
	return p.resumed.Wait(func() error {
		p.pausing.RLock()
		defer p.pausing.RUnlock()
		if p.paused && ctx.Err() == nil {
			return errno.EAGAIN
		}
		return nil
	}, func(since uint64) error { return l.Wait(p.resumed.Listen(since), nil) })
}
