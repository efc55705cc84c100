package link

import (
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// A Kind is what an Event tells, numbered as libzmq's monitor events.
type Kind uint32

const (
	Connected        Kind = 0x0001 // the transport has a connection, no handshake yet
	ConnectDelayed   Kind = 0x0002 // an attempt to connect has begun
	ConnectRetried   Kind = 0x0004 // it failed, the next comes after Delay
	Listening        Kind = 0x0008
	BindFailed       Kind = 0x0010
	Accepted         Kind = 0x0020
	AcceptFailed     Kind = 0x0040
	Closed           Kind = 0x0080 // a listener, or an attempt that was given up
	CloseFailed      Kind = 0x0100 // a listener left something behind
	Disconnected     Kind = 0x0200
	MonitorStopped   Kind = 0x0400
	HandshakeFailed  Kind = 0x0800
	HandshakeDone    Kind = 0x1000
	HandshakeBroken  Kind = 0x2000 // the peer broke the protocol: before traffic, or inside CURVE
	HandshakeRefused Kind = 0x4000 // authentication
	PipeStats        Kind = 0x10000

	// Not libzmq's.
	Lost     Kind = 1 << 30 // multicast packets, for good: Lost of them
	Dropped  Kind = 1 << 29 // messages, with the connection or endpoint that they waited for: Dropped of them
	Waiting  Kind = 1 << 28 // the peer is Ready, and another one has its place
	Admitted Kind = 1 << 27 // it has its place now
)

// A Scope says which listeners are told of an Event. libzmq is silent about some of what
// happens, and reports some of it twice.
type Scope uint8

const (
	Everyone Scope = iota
	Typed          // listeners only, because libzmq is silent
	Framed         // monitors only, because libzmq is not
)

// An Event is one thing that happened to an endpoint.
type Event struct {
	Kind     Kind
	Scope    Scope
	Incoming bool      // on a bound endpoint
	Endpoint string    // as bound, wildcards resolved, or as connected
	Local    string    // URIs of the two ends of the connection, as far as they
	Remote   string    // are known; Local also of a listener
	FD       int       // of what was connected, accepted, lost, opened or closed; -1: unknown
	Code     uint32    // HandshakeBroken: which rule; HandshakeRefused: the status
	Sending  int       // PipeStats: messages that wait to be sent
	Receive  int       // PipeStats: and to be received
	Lost     int       // Lost: packets
	Dropped  int       // Dropped: messages
	Peer     *msg.Peer // what is known of it; nil: nothing yet
	Err      error
	Delay    time.Duration // ConnectRetried
	Time     time.Time
}

func (s *Settings) emit(ev Event) {
	ev.Time = time.Now()
	ev.Endpoint = s.Engine.Endpoint
	ev.Incoming = s.Engine.Incoming
	s.Events(ev)
}

// URI writes the address of one end of a connection as libzmq does: behind the
// scheme of the endpoint that it belongs to; under IPV6 an IPv4 address is one
// of IPv6; a local socket without a name is its scheme alone.
func URI(endpoint, addr string, o *opt.Net) string {
	scheme, _, _ := strings.Cut(endpoint, "://")
	if scheme == transport.Inproc {
		return addr
	}
	if a, err := netip.ParseAddrPort(addr); err == nil && a.Addr().Is4() && o.IPv6 && !o.DualStack {
		host, port, _ := strings.Cut(addr, ":")
		addr = "[::ffff:" + host + "]:" + port
	}
	return scheme + "://" + strings.TrimSuffix(addr, "@")
}

func (s *Settings) uri(a net.Addr) string { return URI(s.Engine.Endpoint, a.String(), &s.Net) }
