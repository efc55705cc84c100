// Package pgm is the transports pgm:// and epgm://: reliable multicast (RFC 3208)
// as libzmq speaks it, over IP or inside UDP.
//
// The protocol is in pure machines that are given the time and the packets, and
// do no I/O:
//
//   - packet.go, build.go: packets as bytes, both ways;
//   - sender.go, repair.go: what a publisher sends, keeps and sends again;
//   - receiver.go, source.go, recovery.go: what a subscriber makes of the packets
//     of many publishers, and how it asks for those that are missing.
//
// publish.go and subscribe.go give them sockets (socket.go) and goroutines. Time
// is a time.Duration since the endpoint was opened.
package pgm

import (
	"context"
	"net"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// Transport is epgm, which sends packets inside UDP and which every user may
// use; with Raw it is pgm, which sends them as IP protocol 113 and needs a
// privilege (CAP_NET_RAW on Linux). It is a transport.Caster: bind and connect
// are the same.
//
// An address is [interface;]group[,group...][;send group]:port. The interface
// is a name, one of its addresses, or a network that it is in (10.0.0.0/8); left
// out or empty, the system's choice for the group. Groups are literals, IPv6
// ones with brackets or without. An interface without a group uses 239.192.0.1
// or ff08::1. A subscriber joins the groups, a publisher sends to the send
// group, or the first. The port is 1 to 65535.
//
// Errors: EINVAL for a malformed address, a group that is none, an option that
// PGM cannot work with; ENODEV for an interface that is not there; EPERM for
// pgm without the privilege; and what the system says.
type Transport struct{ Raw bool }

var _ transport.Caster = Transport{}

// Scheme is "epgm" or "pgm".
func (t Transport) Scheme() string {
	if t.Raw {
		return "pgm"
	}
	return "epgm"
}

// Framing is that of no connection.
func (Transport) Framing() string { return "" }

// CheckBind judges the text and the options.
func (t Transport) CheckBind(addr string, o *opt.Net) error {
	a, err := parseAddress(addr)
	if err != nil {
		return err
	}
	_, err = settle(o, t.Raw, a.groups[0].Is6())
	return err
}

// CheckConnect is CheckBind.
func (t Transport) CheckConnect(addr string, o *opt.Net) error { return t.CheckBind(addr, o) }

// Listen is ENOTSUP: there are no connections.
func (t Transport) Listen(string, *opt.Net) (transport.Listener, error) { return nil, t.noConns() }

// Dial is ENOTSUP: there are no connections.
func (t Transport) Dial(context.Context, string, *opt.Net) (net.Conn, error) {
	return nil, t.noConns()
}

func (t Transport) noConns() error {
	return transport.Errorf(errno.ENOTSUP, "%s makes no connections: publish or subscribe", t.Scheme())
}
