package zmq

import (
	"errors"
	"fmt"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// The errors that calls return, to be tested with errors.Is. A context that
// ends a call makes it return the context's error instead; everything else from
// the operating system is a syscall.Errno.
var (
	// ErrAgain: SNDTIMEO or RCVTIMEO passed; of a Router or Stream, by default
	// at once: the peer has no room. It is os.ErrDeadlineExceeded.
	ErrAgain error = errno.EAGAIN
	// ErrClosed: the socket was closed. It is net.ErrClosed.
	ErrClosed error = errno.ENOTSOCK
	// ErrTerminated: the socket's context was shut down. It is net.ErrClosed.
	ErrTerminated error = errno.ETERM
	// ErrState: not this socket's turn to send, or to receive (Req, Rep).
	ErrState error = errno.EFSM
	// ErrNoRoute: there is no peer of that routing id (Router, Stream).
	ErrNoRoute error = errno.EHOSTUNREACH
	// ErrUnsupported: this socket type cannot do that. It is
	// errors.ErrUnsupported.
	ErrUnsupported error = errno.ENOTSUP
	// ErrInvalid: an argument is not acceptable; the text says which and why.
	ErrInvalid error = errno.EINVAL
	// ErrNoTransport: no transport of that name. It is errors.ErrUnsupported.
	ErrNoTransport error = errno.EPROTONOSUPPORT
	// ErrWrongTransport: the transport cannot carry this socket type.
	ErrWrongTransport error = errno.ENOCOMPATPROTO
	// ErrNoEndpoint: nothing is bound or connected under that name. It is
	// os.ErrNotExist, as a missing directory is for an ipc path.
	ErrNoEndpoint error = errno.ENOENT
	// ErrAddressInUse: another socket is bound there.
	ErrAddressInUse error = errno.EADDRINUSE
	// ErrTooMany: the context has as many sockets as it may. It is
	// syscall.EMFILE.
	ErrTooMany error = errno.EMFILE
	// ErrProtocol: a peer broke the protocol (in events).
	ErrProtocol error = errno.EPROTO
	// ErrTooBig: a peer sent more than MaxMsgSize, MaxMessage or MaxFrames (in
	// events).
	ErrTooBig error = errno.EMSGSIZE
	// ErrLimit: a peer wanted more than a limit allows, of its message, of its
	// subscriptions or of connections; the text says which (in events).
	ErrLimit error = errno.ErrLimit
)

// An Error says which call failed, and at which endpoint. Err is one of the
// errors above, a context's, or the system's.
type Error struct {
	Op       string // "bind", "send", ...
	Type     Type
	Endpoint string // for calls that have one
	Err      error
}

func (e *Error) Error() string {
	if e.Endpoint == "" {
		return fmt.Sprintf("zmq: %s %s: %v", e.Type, e.Op, e.Err)
	}
	return fmt.Sprintf("zmq: %s %s %s: %v", e.Type, e.Op, e.Endpoint, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Timeout reports whether time ran out.
func (e *Error) Timeout() bool {
	var t interface{ Timeout() bool }
	return errors.As(e.Err, &t) && t.Timeout()
}

// An UndeliveredError says how many messages Close, Shutdown or Disconnect had
// to drop, because Linger or the context ended first.
type UndeliveredError struct{ Messages int }

func (e *UndeliveredError) Error() string {
	return fmt.Sprintf("zmq: closed with %d messages not delivered", e.Messages)
}

// wrap says what failed, once, at the edge.
func (s *Socket) wrap(op, endpoint string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Op: op, Type: s.Type(), Endpoint: endpoint, Err: err}
}
