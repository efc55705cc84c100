package zmq4

import (
	"errors"
	"strings"
	"syscall"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// An Errno is an error number of ZeroMQ or of the system. Compare errors with
// one: err == zmq4.ETERM, or by AsErrno.
type Errno uintptr

// Numbers of the system. There are others, such as syscall.EAGAIN, which is
// what a call returns that would have to wait: zmq4.Errno(syscall.EAGAIN).
const (
	EADDRINUSE      = Errno(errno.EADDRINUSE)
	EADDRNOTAVAIL   = Errno(errno.EADDRNOTAVAIL)
	EAFNOSUPPORT    = Errno(errno.EAFNOSUPPORT)
	ECONNABORTED    = Errno(errno.ECONNABORTED)
	ECONNREFUSED    = Errno(errno.ECONNREFUSED)
	ECONNRESET      = Errno(errno.ECONNRESET)
	EHOSTUNREACH    = Errno(errno.EHOSTUNREACH)
	EINPROGRESS     = Errno(errno.EINPROGRESS)
	EMSGSIZE        = Errno(errno.EMSGSIZE)
	ENETDOWN        = Errno(errno.ENETDOWN)
	ENETRESET       = Errno(errno.ENETRESET)
	ENETUNREACH     = Errno(errno.ENETUNREACH)
	ENOBUFS         = Errno(errno.ENOBUFS)
	ENOTCONN        = Errno(errno.ENOTCONN)
	ENOTSOCK        = Errno(errno.ENOTSOCK)
	ENOTSUP         = Errno(errno.ENOTSUP)
	EPROTONOSUPPORT = Errno(errno.EPROTONOSUPPORT)
	ETIMEDOUT       = Errno(errno.ETIMEDOUT)
)

// Numbers of ZeroMQ.
const (
	EFSM           = Errno(errno.EFSM)           // not possible in the socket's present state
	ENOCOMPATPROTO = Errno(errno.ENOCOMPATPROTO) // the transport cannot carry this type of socket
	ETERM          = Errno(errno.ETERM)          // the context was terminated
	EMTHREAD       = Errno(errno.EMTHREAD)       // the context has no I/O thread
)

//lint:file-ignore ST1005 programs may compare the texts with those of pebbe/zmq4

// Errors that are no numbers. Those that name a version of ZeroMQ are here so
// that programs that look for them compile; nothing returns them.
var (
	ErrorContextClosed         = errors.New("Context is closed")
	ErrorSocketClosed          = errors.New("Socket is closed")
	ErrorMoreExpected          = errors.New("More expected")
	ErrorNotImplemented405     = errors.New("Not implemented, requires 0MQ version 4.0.5")
	ErrorNotImplemented41      = errors.New("Not implemented, requires 0MQ version 4.1")
	ErrorNotImplemented42      = errors.New("Not implemented, requires 0MQ version 4.2")
	ErrorNotImplementedWindows = errors.New("Not implemented on Windows")
	ErrorNoSocket              = errors.New("No such socket")
)

// firstOwn is the least number that is ZeroMQ's own.
const firstOwn = 156384712

// strerror is libzmq's text where it has one of its own.
var strerror = map[Errno]string{
	0:              "Success",
	EFSM:           "Operation cannot be accomplished in current state",
	ENOCOMPATPROTO: "The protocol is not compatible with the socket type",
	ETERM:          "Context was terminated",
	EMTHREAD:       "No thread available",
	EHOSTUNREACH:   "Host unreachable",
}

// Error is libzmq's text for its own numbers and Go's for the system's.
func (errno Errno) Error() string {
	if errno >= firstOwn {
		return Error(int(errno))
	}
	return syscall.Errno(errno).Error()
}

// Error is the text of zmq_strerror.
func Error(e int) string {
	if text, ok := strerror[Errno(e)]; ok {
		return text
	}
	text := syscall.Errno(e).Error()
	if n, ok := strings.CutPrefix(text, "errno "); ok {
		return "Unknown error " + n
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// AsErrno is the number of an error that is one, an Errno or a syscall.Errno;
// else 0.
func AsErrno(err error) Errno {
	switch e := err.(type) {
	case Errno:
		return e
	case syscall.Errno:
		return Errno(e)
	}
	return 0
}

// fail brings an error of core into the form that this package promises.
func fail(err error) error {
	if err == nil {
		return nil
	}
	e, ok := err.(errno.Errno)
	if !ok {
		e = errno.Of(err, errno.EINVAL)
	}
	if e == errno.ENOTSOCK {
		return ErrorSocketClosed
	}
	return Errno(e)
}
