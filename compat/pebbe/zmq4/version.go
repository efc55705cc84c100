package zmq4

import (
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// Version is the version of libzmq that this package behaves like.
func Version() (major, minor, patch int) { return 4, 3, 6 }

// HasIpc reports whether there are ipc:// endpoints.
func HasIpc() bool { return has("ipc") }

// HasPgm reports whether there are pgm:// and epgm:// endpoints.
func HasPgm() bool { return has("pgm") }

// HasTipc reports whether there are tipc:// endpoints.
func HasTipc() bool { return has("tipc") }

// HasNorm reports whether there are norm:// endpoints.
func HasNorm() bool { return has("norm") }

// HasCurve reports whether there is the mechanism CURVE.
func HasCurve() bool { return has("curve") }

// HasGssapi reports whether there is the mechanism GSSAPI.
func HasGssapi() bool { return has("gssapi") }

// has reports whether there is a transport or a mechanism of that name.
func has(name string) bool {
	_, ok := transport.Lookup(name)
	return ok || mech.Has(name)
}
