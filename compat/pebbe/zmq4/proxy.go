package zmq4

import (
	"context"
	"runtime"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/proxy"
)

// Proxy passes messages both ways between two sockets, a copy of each to
// capture unless that is nil, until one of them fails: ETERM, or
// ErrorSocketClosed.
func Proxy(frontend, backend, capture *Socket) error {
	return ProxySteerable(frontend, backend, capture, nil)
}

// ProxySteerable is Proxy that obeys what control, unless that is nil,
// receives: PAUSE, RESUME, STATISTICS, and TERMINATE, at which it returns nil.
// The answer to STATISTICS is eight numbers of 8 bytes in the machine's order:
// messages and bytes received and sent by the frontend, then by the backend.
func ProxySteerable(frontend, backend, capture, control *Socket) error {
	if !frontend.open() || !backend.open() || capture != nil && !capture.open() || control != nil && !control.open() {
		return ErrorSocketClosed
	}
	err := proxy.New().Run(context.Background(), inner(frontend), inner(backend), inner(capture), inner(control))
	for _, soc := range []*Socket{frontend, backend, capture, control} {
		runtime.KeepAlive(soc) // and its handle: the caller may hold it no more
	}
	return fail(err)
}

func inner(soc *Socket) *core.Socket {
	if soc == nil {
		return nil
	}
	return soc.h.s
}
