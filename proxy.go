package zmq

import (
	"context"
	"fmt"
	"sync"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/proxy"
)

// Proxy hands messages on between two sockets, both ways as far as their types
// can, until ctx ends or one of them is closed: between Router and Dealer a
// queue, between XSub and XPub a forwarder, between Pull and Push a streamer.
// A copy of everything goes to capture, if that is not nil. Front and back may
// be one socket. What is for a Router's peer that has gone, or has no room, is
// dropped: one client that does not read must not stop the others. It returns
// why it ended, never nil. A SteerableProxy can also be paused.
//
// Errors: ctx's; ErrClosed, ErrTerminated; ErrUnsupported: neither way is possible;
// ErrInvalid: front or back is nil.
func Proxy(ctx context.Context, front, back, capture *Socket) error {
	return (&SteerableProxy{Front: front, Back: back, Capture: capture}).Run(ctx)
}

// A SteerableProxy is a Proxy that can be steered while it runs. Front and Back are
// what it needs; Capture and Control may be nil.
//
// Run is called once at a time; its fields must not change meanwhile. The other
// methods may be called at any time by any goroutine.
type SteerableProxy struct {
	Front, Back *Socket
	Capture     *Socket // gets a copy of everything

	// Control steers the proxy by messages, as zmq_proxy_steerable has it, which
	// can come from another process: a Pair, Pull, Sub or Rep. PAUSE and RESUME
	// are Pause and Resume; TERMINATE ends Run, which returns nil then.
	// STATISTICS is answered with eight frames of eight bytes, numbers in the
	// machine's order: messages and bytes that Front received and sent, then the
	// same of Back. A Rep gets an empty answer to everything else.
	Control *Socket

	once sync.Once
	p    *proxy.Proxy
}

func (p *SteerableProxy) inner() *proxy.Proxy {
	p.once.Do(func() { p.p = proxy.New() })
	return p.p
}

// Run does what Proxy does. ErrInvalid: Front or Back is nil, or it runs already.
func (p *SteerableProxy) Run(ctx context.Context) error {
	switch {
	case p == nil:
		return fmt.Errorf("zmq: the SteerableProxy is nil: %w", ErrInvalid)
	case p.Front == nil || p.Back == nil:
		return fmt.Errorf("zmq: a proxy needs a front and a back, and one of them is nil: %w", ErrInvalid)
	case ctx == nil:
		return p.Front.wrap("proxy", "", errNoCtx)
	}
	err := p.inner().Run(ctx, p.Front.inner(), p.Back.inner(), p.Capture.ifAny(), p.Control.ifAny())
	return p.Front.wrap("proxy", "", err)
}

// Pause holds all messages up: when it returns nothing moves any more. Before Run it
// makes the proxy begin so.
func (p *SteerableProxy) Pause() {
	if p != nil {
		p.inner().Pause(true)
	}
}

// Resume lets messages go on.
func (p *SteerableProxy) Resume() {
	if p != nil {
		p.inner().Pause(false)
	}
}

// ProxyStats is what a proxy has handed on: messages, and the bytes of their frames.
type ProxyStats struct {
	ToBack, ToBackBytes   uint64 // from Front
	ToFront, ToFrontBytes uint64 // from Back
}

// Stats takes a snapshot of what Run, or the last one, has handed on.
func (p *SteerableProxy) Stats() ProxyStats {
	if p == nil {
		return ProxyStats{}
	}
	forth, back := p.inner().Moved()
	return ProxyStats{ToBack: forth.Messages, ToBackBytes: forth.Bytes, ToFront: back.Messages, ToFrontBytes: back.Bytes}
}

// ifAny is the core's socket, or nil if there is none.
func (s *Socket) ifAny() *core.Socket {
	if s == nil {
		return nil
	}
	return s.inner()
}

// A Device is a ready-made Proxy between two endpoints, so that neither side
// has to know the other's: see Run.
type Device int

// The devices, numbered as in zmq.h.
const (
	Streamer  Device = 1 // Pull and Push: spreads work
	Forwarder Device = 2 // XSub and XPub: passes on what is published
	Queue     Device = 3 // Router and Dealer: shares requests among servers
)

// String is the name that ZeroMQ uses, "QUEUE".
func (d Device) String() string {
	switch d {
	case Streamer:
		return "STREAMER"
	case Forwarder:
		return "FORWARDER"
	case Queue:
		return "QUEUE"
	}
	return "unknown device"
}

func (d Device) sockets() (front, back Type, ok bool) {
	switch d {
	case Streamer:
		return Pull, Push, true
	case Forwarder:
		return XSub, XPub, true
	case Queue:
		return Router, Dealer, true
	}
	return 0, 0, false
}

// Run binds the device's two endpoints and hands messages on between them until
// ctx ends: clients, publishers or producers connect to front; servers,
// subscribers or workers to back. It returns why it ended, never nil. Errors:
// those of Bind, ErrInvalid for a Device that is none, and that of ctx.
func (d Device) Run(ctx context.Context, front, back string) error {
	if ctx == nil {
		return fmt.Errorf("zmq: device: %w", errNoCtx)
	}
	ft, bt, ok := d.sockets()
	if !ok {
		return fmt.Errorf("zmq: device %d: %w", int(d), ErrInvalid)
	}
	f, err := bound(ft, front)
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := bound(bt, back)
	if err != nil {
		return err
	}
	defer b.Close()
	return Proxy(ctx, f, b, nil)
}

func bound(t Type, endpoint string) (*Socket, error) {
	s, err := New(t)
	if err != nil {
		return nil, err
	}
	if _, err := s.Bind(endpoint); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}
