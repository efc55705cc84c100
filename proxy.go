package zmq

import (
	"context"
	"fmt"

	"github.com/zeroth-mq/zmq/internal/core"
)

// Proxy hands messages on between two sockets, both ways as far as their types
// can, until ctx ends or one of them is closed: between Router and Dealer a
// queue, between XSub and XPub a forwarder, between Pull and Push a streamer.
// A copy of everything goes to capture, if that is not nil. Front and back may
// be one socket. What is for a Router's peer that has gone, or has no room, is
// dropped: one client that does not read must not stop the others. It returns
// why it ended, never nil.
//
// Messages go from pipe to pipe in bursts, not through Recv and Send.
func Proxy(ctx context.Context, front, back, capture *Socket) error {
	return proxy(ctx, front, back, capture, nil)
}

// ProxySteerable is a Proxy that does what is sent to the control socket, a
// Pair, Pull, Sub or Rep: PAUSE, RESUME, and TERMINATE, after which it returns
// nil. STATISTICS is answered with eight frames of eight bytes, numbers in the
// machine's order: messages and bytes that front received and sent, then the same
// of back. A Rep gets an empty answer to everything else.
func ProxySteerable(ctx context.Context, front, back, capture, control *Socket) error {
	return proxy(ctx, front, back, capture, control)
}

func proxy(ctx context.Context, front, back, capture, control *Socket) error {
	switch {
	case ctx == nil:
		return front.wrap("proxy", "", errNoCtx)
	case front == nil || back == nil:
		return fmt.Errorf("zmq: a proxy needs a front and a back, and one of them is nil: %w", ErrInvalid)
	}
	err := core.RunProxy(ctx, front.inner(), back.inner(), capture.ifAny(), control.ifAny())
	return front.wrap("proxy", "", err)
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
