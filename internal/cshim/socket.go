package cshim

import (
	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// NewSocket makes a socket. EFAULT: no such context. EINVAL: no such type.
// ETERM, EMFILE.
func NewSocket(ctx uint64, typ int, id *uint64) int {
	return onContext(ctx, func(c *zcontext) error {
		s, err := core.NewSocket(c.Context, typ)
		if err == nil {
			*id = sockets.put(socket{s, c})
		}
		return err
	})
}

// Close is zmq_close: what was sent still lingers. The socket's send ring is not used
// any more. ENOTSOCK: no such socket.
func Close(id uint64) int {
	s, ok := sockets.take(id)
	if !ok {
		return fail(errno.ENOTSOCK)
	}
	s.SetSendRing(nil) // what it holds is sent; then it is the caller's again
	s.StartClose()
	return 0
}

// on calls f with the socket. ENOTSOCK: there is none.
func on(id uint64, f func(socket) error) int {
	s, ok := sockets.get(id)
	if !ok {
		return fail(errno.ENOTSOCK)
	}
	return code(f(s))
}

// Set is zmq_setsockopt; value is nil for NULL. A socket that has ended says so
// whatever the option.
func Set(id uint64, option int, value []byte) int {
	return on(id, func(s socket) error {
		if err := s.Err(); err != nil {
			return err
		}
		r := opt.ByID(option)
		if r == nil {
			return errno.EINVAL
		}
		x, err := r.Decode(value)
		if err != nil {
			return err
		}
		return s.Socket.Set(r, x)
	})
}

// Get is zmq_getsockopt: it fills dst and returns the length.
func Get(id uint64, option int, dst []byte) (n int) {
	rc := on(id, func(s socket) error {
		if err := s.Err(); err != nil {
			return err
		}
		r := opt.ByID(option)
		if r == nil {
			return errno.EINVAL
		}
		x, err := s.Socket.Get(r)
		if err == nil {
			n, err = r.Encode(dst, x)
		}
		return err
	})
	if rc < 0 {
		return rc
	}
	return n
}

// Bind is zmq_bind.
func Bind(id uint64, endpoint string) int {
	return on(id, func(s socket) error { _, err := s.Socket.Bind(endpoint); return err })
}

// Connect is zmq_connect.
func Connect(id uint64, endpoint string) int {
	return on(id, func(s socket) error { return s.Socket.Connect(endpoint) })
}

// Leave is zmq_unbind and zmq_disconnect, which are the same.
func Leave(id uint64, endpoint string) int {
	return on(id, func(s socket) error { return s.Unbind(endpoint) })
}

// Check is 0 for a socket that can be used, or why it cannot.
func Check(id uint64) int {
	return on(id, func(s socket) error { return s.Err() })
}

// PeerState is zmq_socket_get_peer_state: the events that one peer of a ROUTER
// is ready for. ENOTSUP: not a ROUTER. EHOSTUNREACH: no such peer.
func PeerState(id uint64, peer []byte) (n int) {
	rc := on(id, func(s socket) error {
		out, err := s.CanSendTo(peer)
		if out {
			n = PollOut
		}
		return err
	})
	return rc + n
}
