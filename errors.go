package zmq

import (
	"context"
	"errors"
	"fmt"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
)

// The errors that calls return, to be tested with errors.Is. A context that
// ends a call makes it return the context's error instead; everything else from
// the operating system is a syscall.Errno. In brackets is the name in zmq.h.
var (
	// ErrAgain (EAGAIN): SNDTIMEO or RCVTIMEO passed; of a Router or Stream, by default
	// at once: the peer has no room. It is os.ErrDeadlineExceeded.
	ErrAgain error = eAgain
	// ErrClosed (ENOTSOCK): the socket was closed. It is net.ErrClosed.
	ErrClosed error = eClosed
	// ErrTerminated (ETERM): the socket's context was shut down. It is net.ErrClosed.
	ErrTerminated error = eTerminated
	// ErrState (EFSM): the socket cannot send, or receive, in its state: a Req or Rep
	// does one after the other.
	ErrState error = eState
	// ErrNoRoute (EHOSTUNREACH): there is no peer of that routing id (Router, Stream).
	ErrNoRoute error = eNoRoute
	// ErrUnsupported (ENOTSUP): this socket type cannot do that. It is
	// errors.ErrUnsupported.
	ErrUnsupported error = eUnsupported
	// ErrInvalid (EINVAL): an argument is not acceptable; the text says which and why.
	ErrInvalid error = eInvalid
	// ErrNoTransport (EPROTONOSUPPORT): no transport of that name. It is errors.ErrUnsupported.
	ErrNoTransport error = eNoTransport
	// ErrWrongTransport (ENOCOMPATPROTO): the transport cannot carry this socket type.
	ErrWrongTransport error = eWrongTransport
	// ErrNoEndpoint (ENOENT): nothing is bound or connected under that name. It is
	// os.ErrNotExist, as a missing directory is for an ipc path.
	ErrNoEndpoint error = eNoEndpoint
	// ErrAddressInUse (EADDRINUSE): another socket is bound there.
	ErrAddressInUse error = eAddressInUse
	// ErrTooMany (EMFILE): the context has as many sockets as it may. It is
	// syscall.EMFILE.
	ErrTooMany error = eTooMany
	// ErrProtocol (EPROTO): a peer broke the protocol (in events).
	ErrProtocol error = eProtocol
	// ErrTooBig (EMSGSIZE): a peer sent more than MaxMsgSize, MaxMessage or MaxFrames (in
	// events).
	ErrTooBig error = eTooBig
	// ErrLimit: a peer wanted more than a limit allows, of its message, of its
	// subscriptions or of connections; the text says which (in events).
	ErrLimit error = eLimit
)

// What they are.
const (
	eAgain          = errno.EAGAIN
	eClosed         = errno.ENOTSOCK
	eTerminated     = errno.ETERM
	eState          = errno.EFSM
	eNoRoute        = errno.EHOSTUNREACH
	eUnsupported    = errno.ENOTSUP
	eInvalid        = errno.EINVAL
	eNoTransport    = errno.EPROTONOSUPPORT
	eWrongTransport = errno.ENOCOMPATPROTO
	eNoEndpoint     = errno.ENOENT
	eAddressInUse   = errno.EADDRINUSE
	eTooMany        = errno.EMFILE
	eProtocol       = errno.EPROTO
	eTooBig         = errno.EMSGSIZE
)

var eLimit = errno.ErrLimit

// An Error says which call failed, and at which endpoint. Err is one of the
// errors above, a context's, or the system's. errors.Is and errors.As find it
// and the Cause.
type Error struct {
	Op       string // "bind", "send", ...
	Type     Type
	Endpoint string // for calls that have one
	Err      error
	// Cause is why a call that waited has waited in vain, as far as it is
	// known: an *EndpointError for each endpoint that has no peer. nil: each has
	// one, or the call does not wait.
	Cause error
}

func (e *Error) Error() string {
	text := fmt.Sprintf("zmq: %s %s: %v", e.Type, e.Op, e.Err)
	if e.Endpoint != "" {
		text = fmt.Sprintf("zmq: %s %s %s: %v", e.Type, e.Op, e.Endpoint, e.Err)
	}
	if hint := e.hint(); hint != "" {
		text += ": " + hint
	}
	return withCause(text, e.Cause)
}

func (e *Error) Unwrap() []error { return both(e.Err, e.Cause) }

// Timeout reports whether time ran out.
func (e *Error) Timeout() bool {
	var t interface{ Timeout() bool }
	return errors.As(e.Err, &t) && t.Timeout()
}

// An UndeliveredError says how many messages Close, Shutdown or Disconnect had
// to drop, because Linger or the context ended first. Cause is as that of
// Error, of the endpoints that had messages to send.
type UndeliveredError struct {
	Messages int
	Cause    error
}

func (e *UndeliveredError) Error() string {
	return withCause(fmt.Sprintf("zmq: closed with %d messages not delivered", e.Messages), e.Cause)
}

func (e *UndeliveredError) Unwrap() error { return e.Cause }

// undelivered is the error for n messages that were dropped; nil for none.
func undelivered(n int, why []core.Trouble) error {
	if n == 0 {
		return nil
	}
	return &UndeliveredError{n, causes(why)}
}

// wrap says what failed, once, at the edge, and why a call has waited in vain.
func (s *Socket) wrap(op, endpoint string, err error) error {
	if err == nil {
		return nil
	}
	if !s.made() && !errors.Is(err, ErrInvalid) {
		err = errNoSocket
	}
	e := &Error{Op: op, Type: s.Type(), Endpoint: endpoint, Err: err}
	if err == ErrAgain || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		e.Cause = causes(s.inner().Troubles(op == "wait"))
	}
	return e
}
