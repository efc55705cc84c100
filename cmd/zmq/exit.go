package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/zeroth-mq/zmq"
)

// The exit codes, as --help tells them.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitTimeout     = 3
	exitInterrupted = 130
)

// A failure is an error with an exit code of its own, or a hint, or both.
type failure struct {
	err  error
	code int // 0: as err has it
	hint string
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

func usage(err error, hint string) error { return &failure{err, exitUsage, hint} }

func usagef(hint, text string) error { return usage(errors.New(text), hint) }

// exit says what went wrong, if anything did, and returns the exit code. A
// reader of our output that has gone is no failure: it has seen enough.
func (e *env) exit(err error) int {
	if err == nil || brokenPipe(err) {
		return exitOK
	}
	code := exitCode(err)
	if code == exitInterrupted && errors.Is(err, context.Canceled) {
		return code // the user pressed Ctrl-C, and knows
	}
	text := err.Error()
	if !strings.HasPrefix(text, "zmq: ") {
		text = "zmq: " + text
	}
	e.stderr.Line(text)
	if h := hint(err); h != "" {
		e.stderr.Line("hint: " + h)
	}
	return code
}

func exitCode(err error) int {
	if f := (*failure)(nil); errors.As(err, &f) && f.code != 0 {
		return f.code
	}
	switch {
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, zmq.ErrAgain), errors.Is(err, context.DeadlineExceeded):
		return exitTimeout
	case errors.Is(err, zmq.ErrInvalid), errors.Is(err, zmq.ErrNoTransport), errors.Is(err, zmq.ErrWrongTransport):
		return exitUsage
	}
	return exitFailure
}

// hint says what may help. It returns "" where the error says it all.
func hint(err error) string {
	if f := (*failure)(nil); errors.As(err, &f) && f.hint != "" {
		return f.hint
	}
	if why(err) != "" {
		return ""
	}
	var z *zmq.Error
	at := errors.As(err, &z) && z.Endpoint != ""
	switch {
	case errors.Is(err, zmq.ErrNoTransport), at && !strings.Contains(z.Endpoint, "://"):
		return "an endpoint is tcp://HOST:PORT, ipc://PATH or inproc://NAME"
	case errors.Is(err, zmq.ErrWrongTransport):
		return "this socket type does not go with that transport"
	case errors.Is(err, zmq.ErrAddressInUse):
		return "another process is bound there; take another address, or tcp://127.0.0.1:* for a free port"
	case errors.Is(err, syscall.EADDRNOTAVAIL), at && errors.Is(err, syscall.ENODEV):
		return "bind takes an address of this machine, or * for all; to reach another machine, use --connect"
	case errors.Is(err, os.ErrPermission):
		return "this address needs rights that you do not have (tcp ports below 1024 do)"
	case errors.Is(err, zmq.ErrNoRoute):
		return "no peer has that id; ids that cannot be printed are written 0x..., as they are shown"
	case errors.Is(err, zmq.ErrState):
		return "req and rep alternate between send and receive: use zmq req or zmq rep, not send and recv"
	case errors.Is(err, zmq.ErrAgain):
		return "is a peer of the right type running there? -v tells what happens"
	}
	return ""
}

// why is what a call has waited for in vain, behind a colon; empty: that is not
// known.
func why(err error) string {
	var z *zmq.Error
	var lost *zmq.UndeliveredError
	switch {
	case errors.As(err, &z) && z.Cause != nil:
		return ": " + z.Cause.Error()
	case errors.As(err, &lost) && lost.Cause != nil:
		return ": " + lost.Cause.Error()
	}
	return ""
}

// brokenPipe reports that the reader of our output has gone; that a peer has
// is another thing.
func brokenPipe(err error) bool {
	var p *fs.PathError
	return errors.As(err, &p) && errors.Is(p, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
