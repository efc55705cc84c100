// Package transport turns endpoints into connections: a table of schemes, and
// one folder below for each transport. Nothing here knows what is sent.
package transport

import (
	"context"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// A Transport turns the part of an endpoint after "scheme://" into
// connections. Its methods may be called from many goroutines at once, keep
// nothing of o after they return, and carry an errno.Errno in every error.
type Transport interface {
	// Scheme is the part of an endpoint before "://".
	Scheme() string

	// Framing names how messages look on its connections: one of the constants, or
	// a name that the engine has a framing for. A Caster, which has no
	// connections, says "".
	Framing() string

	// CheckBind and CheckConnect judge the text alone: no lookup, no socket.
	// What they accept may still fail in Listen or Dial.
	CheckBind(addr string, o *opt.Net) error
	CheckConnect(addr string, o *opt.Net) error

	// Listen opens a listener. The caller closes it.
	Listen(addr string, o *opt.Net) (Listener, error)

	// Dial makes one connection. Names are resolved anew at every call. It
	// ends early when ctx does, or with ETIMEDOUT after o.ConnectTimeout if
	// that is positive. The caller closes the connection.
	Dial(ctx context.Context, addr string, o *opt.Net) (net.Conn, error)
}

// A Wild transport can bind to a place that the system chooses, and that other
// processes of this machine reach: Wild is the address for that.
type Wild interface{ Wild() string }

// A Named transport's addresses are names that the system keeps: what is bound to
// one is called so before it listens.
type Named interface{ Named() }

// ZMTP is the framing of a connection that is a stream of bytes.
const ZMTP = "zmtp"

// A Listener accepts connections until it is closed. Accept returns a
// *Rejected for a peer that a filter turned away: the listener is well, and the
// caller goes on accepting. After Close, Accept returns an error that is
// net.ErrClosed.
type Listener interface {
	net.Listener

	// Endpoint is the whole endpoint, wildcards resolved: what a peer on this
	// machine would connect to, and what unbind takes. It stays valid after
	// Close.
	Endpoint() string
}

// Rejected is what Accept returns for a peer that a filter refused. Its
// connection is closed already.
type Rejected struct {
	Addr   net.Addr // the peer
	Reason string
}

func (r *Rejected) Error() string {
	peer := "peer"
	if s := r.Addr.String(); s != "" {
		peer += " " + s
	}
	return peer + " refused: " + r.Reason
}

func (r *Rejected) Unwrap() error   { return errno.EACCES }
func (r *Rejected) Timeout() bool   { return false }
func (r *Rejected) Temporary() bool { return true }

// Split cuts an endpoint at its "://". The error is EINVAL when that is
// missing, when either side of it is empty, or for a NUL byte anywhere.
func Split(endpoint string) (scheme, addr string, err error) {
	scheme, addr, ok := strings.Cut(endpoint, "://")
	if !ok || scheme == "" || addr == "" || strings.IndexByte(endpoint, 0) >= 0 {
		return "", "", Errorf(errno.EINVAL, "endpoint %q is not of the form transport://address", endpoint)
	}
	return scheme, addr, nil
}

var table struct {
	sync.RWMutex
	m map[string]Transport
}

// Register enters t under its scheme; a later one replaces an earlier one.
// Package transport/all is the one caller.
func Register(t Transport) {
	table.Lock()
	defer table.Unlock()
	if table.m == nil {
		table.m = make(map[string]Transport)
	}
	table.m[t.Scheme()] = t
}

// Inproc is the scheme of endpoints within a context. It makes no connections, and is
// not in the table.
const Inproc = "inproc"

// Schemes lists what is in the table, in order.
func Schemes() []string {
	table.RLock()
	defer table.RUnlock()
	return slices.Sorted(maps.Keys(table.m))
}

// Lookup finds the transport of a scheme, which is compared byte for byte.
func Lookup(scheme string) (Transport, bool) {
	table.RLock()
	defer table.RUnlock()
	t, ok := table.m[scheme]
	return t, ok
}
