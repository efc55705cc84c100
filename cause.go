package zmq

import (
	"fmt"
	"strings"

	"github.com/zeroth-mq/zmq/internal/core"
)

// An EndpointError is why an endpoint of a socket has no peer: the last thing
// that went wrong there and has not come right since. It is the Cause of an
// Error or an UndeliveredError.
type EndpointError struct {
	Endpoint string    // as bound or connected; empty: the socket has none
	Kind     EventKind // of the event that told; 0: none did
	Remote   string    // of a bound endpoint: the peer
	// Err is the cause: a *Refusal, ErrProtocol, syscall.ECONNREFUSED, a
	// *net.DNSError, syscall.EPIPE where the peer closed the connection,
	// syscall.EINPROGRESS while nothing has failed yet, and so on.
	Err error
}

func (e *EndpointError) Error() string {
	text := fmt.Sprint(e.Err)
	if e.Kind == EventDisconnected {
		text = "connection lost: " + text
	}
	if e.Remote != "" {
		text = e.Remote + ": " + text
	}
	if e.Endpoint != "" {
		text = e.Endpoint + ": " + text
	}
	return text
}

func (e *EndpointError) Unwrap() error { return e.Err }

// endpointErrors are those of several endpoints.
type endpointErrors []error

// endpointsTold is how many of them the text has.
const endpointsTold = 3

func (list endpointErrors) Error() string {
	var texts []string
	for i, e := range list {
		if i == endpointsTold {
			texts = append(texts, fmt.Sprintf("and %d more endpoints", len(list)-i))
			break
		}
		texts = append(texts, e.Error())
	}
	return strings.Join(texts, "; ")
}

func (list endpointErrors) Unwrap() []error { return list }

// causes makes one error of what is known; nil: nothing is.
func causes(list []core.Trouble) error {
	var all endpointErrors
	for _, t := range list {
		e := &EndpointError{Endpoint: t.Endpoint, Kind: EventKind(t.Kind), Err: cause(t.Err)}
		if t.Incoming {
			e.Remote = t.Remote
		}
		all = append(all, e)
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return all
}

// withCause is a text, and behind it the cause, if there is one.
func withCause(text string, cause error) string {
	if cause == nil {
		return text
	}
	return text + ": " + cause.Error()
}

// both are those of two errors that are not nil.
func both(err, cause error) []error {
	if cause == nil {
		return []error{err}
	}
	return []error{err, cause}
}
