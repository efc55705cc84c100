package cshim

import (
	"context"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/proxy"
)

// Proxy begins zmq_proxy_steerable; capture and control may be 0. It fails with
// EAGAIN, and says in w what to wait for: then Result has the outcome, and Stop
// ends it. ENOTSOCK: no such socket. ETERM.
func Proxy(front, back, capture, control uint64, w *Wait) int {
	var socks [4]*core.Socket
	for i, id := range []uint64{front, back, capture, control} {
		s, ok := sockets.get(id)
		if !ok && (id != 0 || i < 2) {
			return fail(errno.ENOTSOCK)
		}
		socks[i] = s.Socket
		if ok && i < 2 && s.Err() != nil {
			return code(s.Err())
		}
	}
	ctx, cancel := context.WithCancel(background)
	id, err := begin(func() error {
		defer cancel()
		return proxy.New().Run(ctx, socks[0], socks[1], socks[2], socks[3])
	}, cancel)
	if err != nil {
		cancel()
		return code(err)
	}
	return Result(id, w)
}
