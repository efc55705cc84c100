package transport

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// An Error is an errno with a text that says what to do about it. errors.Is and
// errors.As see both the errno and the cause.
type Error struct {
	Errno errno.Errno
	Text  string // empty: the cause's own text
	Cause error  // nil: none
}

func (e *Error) Error() string {
	switch {
	case e.Text != "" && e.Cause != nil:
		return e.Text + ": " + e.Cause.Error()
	case e.Text != "":
		return e.Text
	case e.Cause != nil:
		return e.Cause.Error()
	}
	return e.Errno.Error()
}

// Unwrap puts the errno first, so that errno.Of finds it before any number in
// the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Errno}
	}
	return []error{e.Errno, e.Cause}
}

// Timeout and Temporary make it a net.Error, judged by the errno.
func (e *Error) Timeout() bool   { return e.Errno.Timeout() }
func (e *Error) Temporary() bool { return e.Errno.Temporary() }

// Errorf is an Error without a cause.
func Errorf(no errno.Errno, format string, args ...any) error {
	return &Error{Errno: no, Text: fmt.Sprintf(format, args...)}
}

// Wrap gives err an errno: its own where it has one, EHOSTUNREACH for a name
// that did not resolve, ETIMEDOUT for a passed deadline, else fallback. The package net's "dial tcp a->b:" in front is
// dropped, since the caller names the endpoint. A cancelled context's error is
// returned as it is, without an errno. Wrap(nil) is nil.
func Wrap(err error, fallback errno.Errno) error {
	var known *Error
	var lookup *net.DNSError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.As(err, &known):
		return known
	case errors.As(err, &lookup):
		// Looked at before any number inside: a name server that refused us is
		// not a peer that did.
		return &Error{Errno: errno.EHOSTUNREACH, Cause: lookup}
	}
	cause := err
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		cause = op.Err
	}
	var ne net.Error
	if no := errno.Of(native(err), 0); no != 0 {
		return &Error{Errno: no, Cause: cause}
	}
	if errors.As(err, &ne) && ne.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return &Error{Errno: errno.ETIMEDOUT, Cause: cause}
	}
	return &Error{Errno: fallback, Cause: cause}
}
