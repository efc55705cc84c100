package zmq4

import (
	"fmt"
	"runtime"

	"github.com/zeroth-mq/zmq/internal/core"
)

// A Socket is used by one goroutine at a time: the parts of a message are sent
// and received by calls that follow each other. Close may be called by any. A
// Socket that nobody holds any more is closed by the garbage collector.
//
// Errors are ErrorSocketClosed after Close, else an Errno.
type Socket struct {
	h   *handle // nil: never opened
	err error   // why it could not be opened
}

// A handle is what a Socket and its copies share. The collector closes the
// socket when none of them is left. What uses s keeps the handle alive until it
// is done: a call may be the last that knows of its Socket.
type handle struct {
	s   *core.Socket
	ctx *Context
}

// with has do use the socket, and keeps the collector from closing it meanwhile.
func (soc *Socket) with(do func(*core.Socket) error) error {
	if soc.h == nil {
		return ErrorSocketClosed
	}
	err := do(soc.h.s)
	runtime.KeepAlive(soc.h)
	return fail(err)
}

// NewSocket makes a socket in the default context; see Context.NewSocket.
func NewSocket(t Type) (soc *Socket, err error) { return defaultCtx.NewSocket(t) }

// NewSocket makes a socket. Errors: ErrorContextClosed, EINVAL (no such type),
// EMFILE (SetMaxSockets). With an error comes a closed socket.
func (ctx *Context) NewSocket(t Type) (soc *Socket, err error) {
	if ctx.ctx == nil || ctx.closed.Load() {
		return &Socket{}, ErrorContextClosed
	}
	s, err := core.NewSocket(ctx.ctx, int(t))
	if err != nil {
		return &Socket{err: fail(err)}, fail(err)
	}
	h := &handle{s: s, ctx: ctx}
	runtime.AddCleanup(h, (*core.Socket).StartClose, s)
	return &Socket{h: h}, nil
}

// Close ends the socket; it does not wait. What was sent goes on being
// delivered for as long as SetLinger allows, and Context.Term waits for it.
// Closing again is harmless. The error is nil, or that with which the socket
// could not be opened.
func (soc *Socket) Close() error {
	if soc.h != nil {
		soc.h.s.StartClose()
	}
	return soc.err
}

// open reports whether the socket was opened and not yet closed.
func (soc *Socket) open() bool {
	_, err := soc.get("TYPE")
	return err != ErrorSocketClosed
}

// Context is where the socket was made. ErrorSocketClosed: it was closed.
func (soc *Socket) Context() (*Context, error) {
	if !soc.open() {
		return nil, ErrorSocketClosed
	}
	return soc.h.ctx, nil
}

// String is "Socket(TYPE,identity)", with an address in place of an empty
// identity, or "Socket(CLOSED)".
func (soc Socket) String() string {
	t, err := soc.GetType()
	if err == ErrorSocketClosed {
		return "Socket(CLOSED)"
	}
	if err != nil {
		return fmt.Sprintf("Socket(%v)", err)
	}
	if id, err := soc.GetIdentity(); err == nil && id != "" {
		return fmt.Sprintf("Socket(%v,%q)", t, id)
	}
	return fmt.Sprintf("Socket(%v,%p)", t, soc.h.s)
}

// Bind makes the socket reachable at an endpoint: "tcp://*:5555",
// "tcp://127.0.0.1:*", "ipc:///tmp/feeds", "inproc://steps". What a wildcard has
// become says GetLastEndpoint.
func (soc *Socket) Bind(endpoint string) error {
	return soc.with(func(s *core.Socket) error {
		_, err := s.Bind(endpoint)
		return err
	})
}

// Unbind ends what Bind began; endpoint is as GetLastEndpoint said then. ENOENT:
// it is not bound.
func (soc *Socket) Unbind(endpoint string) error {
	return soc.with(func(s *core.Socket) error { return s.Unbind(endpoint) })
}

// Connect makes the socket seek a peer at an endpoint. It does not wait; a peer
// that is not there yet is no error.
func (soc *Socket) Connect(endpoint string) error {
	return soc.with(func(s *core.Socket) error { return s.Connect(endpoint) })
}

// Disconnect ends what Connect began. ENOENT: it was not connected.
func (soc *Socket) Disconnect(endpoint string) error {
	return soc.with(func(s *core.Socket) error { return s.Disconnect(endpoint) })
}
