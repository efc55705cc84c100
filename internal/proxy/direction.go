package proxy

import (
	"context"
	"sync/atomic"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// A direction is one of a Proxy's two. One goroutine runs it:
//
//	         room, and a message        moved, less than a batch
//	paused <--> moving ------------------------> moving
//	              |  ^ an event there
//	  no message, |  |
//	  or no room  v  |
//	            waiting at that half
type direction struct {
	p                 *Proxy
	joint             *core.Joint
	from, to, capture *core.Socket // capture nil: none
	router            bool         // to is a ROUTER
	asks              [2]bool      // of to and capture: it must have room before a message is received

	// What was received and found no room against expectation: where Room
	// cannot know for which peer (XPUB_NODROP, STREAM).
	held   msg.Message
	copied bool // capture has it already

	messages, bytes atomic.Uint64 // moved
}

// The sending places of a direction's joint.
const (
	there core.Place = iota
	aside            // the capture
)

func newDirection(p *Proxy, from, to, capture *core.Socket) *direction {
	d := &direction{p: p, from: from, to: to, capture: capture, router: to.Row().Names && !to.Row().Raw}
	sockets := []*core.Socket{to}
	if capture != nil {
		sockets = append(sockets, capture)
	}
	for i, s := range sockets {
		// A socket that takes turns answers only what it has received, and a
		// capture that cannot send at all says so when it is to.
		row := s.Row()
		d.asks[i] = !row.NoSend && !(row.Alternates && (s == from || s == capture))
	}
	d.joint = core.NewJoint(from, sockets...)
	return d
}

// Lock takes all that a batch needs.
func (d *direction) Lock() {
	d.p.pausing.RLock()
	d.joint.Lock()
}

// Unlock gives it back.
func (d *direction) Unlock() {
	d.joint.Unlock()
	d.p.pausing.RUnlock()
}

// nowhere is the place of a direction that has no need to wait.
const nowhere core.Place = -2

// run moves messages until ctx ends, as it does with each of the sockets.
func (d *direction) run(ctx context.Context) error {
	for {
		if err := d.p.await(ctx); err != nil {
			return err
		}
		d.Lock()
		at, err := d.batchLocked(ctx)
		for err == nil && at != nowhere {
			at, err = d.waitLocked(ctx, at)
		}
		d.Unlock()
		if err != nil {
			return err
		}
	}
}

// waitLocked waits at a place, goes on, and returns at which it stops next.
func (d *direction) waitLocked(ctx context.Context, at core.Place) (next core.Place, err error) {
	err = d.joint.Wait(ctx, at, d, func() (err error) {
		if next, err = d.batchLocked(ctx); err == nil && next == at {
			err = errno.EAGAIN
		}
		return err
	})
	return next, err
}

// batchLocked moves messages until there are none, or no room, or enough were
// moved, or the proxy pauses. It returns the place that it stops at, or nowhere.
func (d *direction) batchLocked(ctx context.Context) (at core.Place, err error) {
	moved := 0
	defer func() { d.joint.PassOn(moved > 0) }() // the event that woke it may be another's
	for at = nowhere; moved < batch && !d.p.paused; moved++ {
		if at, err = d.moveLocked(); err != nil {
			break
		}
	}
	if err == errno.EAGAIN {
		err = nil
	}
	if ctx.Err() != nil {
		err = poll.CtxErr(ctx)
	}
	return at, err
}

// moveLocked moves one message, or says at which place that fails. EAGAIN: it would
// have to wait there.
func (d *direction) moveLocked() (core.Place, error) {
	if d.asks[aside] && !d.copied {
		if err := d.joint.Room(aside); err != nil {
			return aside, err
		}
	}
	if d.asks[there] {
		if err := d.joint.Room(there); err != nil && (err != errno.EAGAIN || !d.router) {
			return there, err
		}
	}
	m := &d.held
	if len(m.Frames) == 0 {
		var err error
		if m, err = d.joint.Recv(); err != nil {
			return core.Receiving, err
		}
	}
	if err := d.sendLocked(m); err != nil {
		if m != &d.held {
			d.held.Take(m)
		}
		return there, err
	}
	m.Reset()
	return nowhere, nil
}

// sendLocked queues a message, and gives its chunk back if nothing refers to it
// any more.
func (d *direction) sendLocked(m *msg.Message) error {
	large, size := false, 0
	for _, f := range m.Frames {
		large = large || len(f) >= msg.LargeFrame
		size += len(f)
	}
	chunk := m.Chunk
	if d.capture != nil && !d.copied {
		if err := d.joint.Send(aside, m, large); err != nil && err != errno.EAGAIN {
			return err
		}
		d.copied = true
	}
	err := d.joint.Send(there, m, large)
	if err != nil && !(d.router && (err == errno.EAGAIN || err == errno.EHOSTUNREACH)) {
		return err
	}
	d.copied = false
	d.messages.Add(1) // however many frames it has, as libzmq counts
	d.bytes.Add(uint64(size))
	if chunk != nil && !large {
		chunk.Release()
	}
	return nil
}
