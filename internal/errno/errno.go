// Package errno holds every error that ZeroMQ defines, once: its number, its
// name, its text and the standard library's sentinel that it stands for. All
// faces return these values, so errors.Is works across them.
package errno

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
)

// An Errno is a ZeroMQ error number: the platform's own number where POSIX has
// one, else one of the numbers that zmq.h adds. It is comparable, and errors.Is
// also matches it against the platform's syscall.Errno of the same number and
// against the sentinel in its row.
type Errno uintptr

const hausnumero = 156384712

// The closed set. Each constant says what it means to a caller of a socket.
const (
	EAGAIN          = Errno(syscall.EAGAIN)          // would block, or the timeout passed
	EINVAL          = Errno(syscall.EINVAL)          // an argument is not acceptable
	EPROTONOSUPPORT = Errno(syscall.EPROTONOSUPPORT) // unknown transport
	ENOTSUP         = Errno(syscall.ENOTSUP)         // the socket type cannot do this
	ENOBUFS         = Errno(syscall.ENOBUFS)
	ENETDOWN        = Errno(syscall.ENETDOWN)
	EADDRINUSE      = Errno(syscall.EADDRINUSE)
	EADDRNOTAVAIL   = Errno(syscall.EADDRNOTAVAIL)
	ECONNREFUSED    = Errno(syscall.ECONNREFUSED)
	EINPROGRESS     = Errno(syscall.EINPROGRESS)
	ENOTSOCK        = Errno(syscall.ENOTSOCK) // the socket is closed
	EMSGSIZE        = Errno(syscall.EMSGSIZE) // larger than MAXMSGSIZE
	EAFNOSUPPORT    = Errno(syscall.EAFNOSUPPORT)
	ENETUNREACH     = Errno(syscall.ENETUNREACH)
	ECONNABORTED    = Errno(syscall.ECONNABORTED)
	ECONNRESET      = Errno(syscall.ECONNRESET)
	ENOTCONN        = Errno(syscall.ENOTCONN)
	ETIMEDOUT       = Errno(syscall.ETIMEDOUT)
	EHOSTUNREACH    = Errno(syscall.EHOSTUNREACH) // no such peer
	ENETRESET       = Errno(syscall.ENETRESET)
	ENOENT          = Errno(syscall.ENOENT) // no such endpoint
	EINTR           = Errno(syscall.EINTR)
	EBADF           = Errno(syscall.EBADF)
	ENOMEM          = Errno(syscall.ENOMEM)
	EFAULT          = Errno(syscall.EFAULT) // an invalid handle or pointer
	ENODEV          = Errno(syscall.ENODEV) // no such interface or local host name
	EMFILE          = Errno(syscall.EMFILE) // too many sockets or descriptors
	EPIPE           = Errno(syscall.EPIPE)
	ENAMETOOLONG    = Errno(syscall.ENAMETOOLONG)
	EPROTO          = Errno(syscall.EPROTO) // the peer broke the protocol
	EACCES          = Errno(syscall.EACCES)
	EPERM           = Errno(syscall.EPERM)

	EFSM           = Errno(hausnumero + 51) // not possible in the socket's current state
	ENOCOMPATPROTO = Errno(hausnumero + 52) // the transport cannot carry this socket type
	ETERM          = Errno(hausnumero + 53) // the context was terminated
	EMTHREAD       = Errno(hausnumero + 54) // the context has no I/O threads
)

type row struct {
	no   Errno
	name string
	text string // empty: the platform's own text
	is   error  // the standard library's sentinel, if one means the same
}

var rows = []row{
	{EAGAIN, "EAGAIN", "", os.ErrDeadlineExceeded},
	{EINVAL, "EINVAL", "", nil},
	{EPROTONOSUPPORT, "EPROTONOSUPPORT", "", errors.ErrUnsupported},
	{ENOTSUP, "ENOTSUP", "", errors.ErrUnsupported},
	{ENOBUFS, "ENOBUFS", "", nil},
	{ENETDOWN, "ENETDOWN", "", nil},
	{EADDRINUSE, "EADDRINUSE", "", nil},
	{EADDRNOTAVAIL, "EADDRNOTAVAIL", "", nil},
	{ECONNREFUSED, "ECONNREFUSED", "", nil},
	{EINPROGRESS, "EINPROGRESS", "", nil},
	{ENOTSOCK, "ENOTSOCK", "socket is closed", net.ErrClosed},
	{EMSGSIZE, "EMSGSIZE", "", nil},
	{EAFNOSUPPORT, "EAFNOSUPPORT", "", nil},
	{ENETUNREACH, "ENETUNREACH", "", nil},
	{ECONNABORTED, "ECONNABORTED", "", nil},
	{ECONNRESET, "ECONNRESET", "", nil},
	{ENOTCONN, "ENOTCONN", "", nil},
	{ETIMEDOUT, "ETIMEDOUT", "", context.DeadlineExceeded},
	{EHOSTUNREACH, "EHOSTUNREACH", "no such peer", nil},
	{ENETRESET, "ENETRESET", "", nil},
	{ENOENT, "ENOENT", "", os.ErrNotExist},
	{EINTR, "EINTR", "", nil},
	{EBADF, "EBADF", "", nil},
	{ENOMEM, "ENOMEM", "", nil},
	{EFAULT, "EFAULT", "", nil},
	{ENODEV, "ENODEV", "", nil},
	{EMFILE, "EMFILE", "", nil},
	{EPIPE, "EPIPE", "", nil},
	{ENAMETOOLONG, "ENAMETOOLONG", "", nil},
	{EPROTO, "EPROTO", "the peer broke the protocol", nil},
	{EACCES, "EACCES", "", os.ErrPermission},
	{EPERM, "EPERM", "", os.ErrPermission},
	{EFSM, "EFSM", "operation cannot be done in this state of the socket", nil},
	{ENOCOMPATPROTO, "ENOCOMPATPROTO", "this socket type does not work over that transport", nil},
	{ETERM, "ETERM", "context was terminated", net.ErrClosed},
	{EMTHREAD, "EMTHREAD", "context has no I/O thread", nil},
}

func (e Errno) row() *row {
	for i := range rows {
		if rows[i].no == e {
			return &rows[i]
		}
	}
	return nil
}

// Error is the text of zmq_strerror in our words.
func (e Errno) Error() string {
	if r := e.row(); r != nil && r.text != "" {
		return r.text
	}
	return syscall.Errno(e).Error()
}

// Name is the C name, "EAGAIN"; empty for a number that is not in the set.
func (e Errno) Name() string {
	if r := e.row(); r != nil {
		return r.name
	}
	return ""
}

// Is reports whether target is the same error in the standard library's terms.
func (e Errno) Is(target error) bool {
	if t, ok := target.(syscall.Errno); ok {
		return uintptr(t) == uintptr(e)
	}
	r := e.row()
	return r != nil && r.is != nil && r.is == target
}

// Timeout reports whether the error says that time ran out (net.Error).
func (e Errno) Timeout() bool { return e == EAGAIN || e == ETIMEDOUT }

// Temporary reports whether trying again may work.
func (e Errno) Temporary() bool { return e == EAGAIN || e == EINTR || e == EMFILE || e == ENOBUFS }

// Of finds the Errno in an error's chain: an Errno itself, or the platform's
// number inside a net.OpError. It returns fallback where there is neither.
func Of(err error, fallback Errno) Errno {
	var e Errno
	if errors.As(err, &e) {
		return e
	}
	var s syscall.Errno
	if errors.As(err, &s) {
		return Errno(s)
	}
	return fallback
}
