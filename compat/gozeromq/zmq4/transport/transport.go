// Package transport has the interface of a transport, and transports that are
// made of package net.
package transport

import (
	"context"
	"fmt"
	"net"
)

// A Dialer makes connections, as a net.Dialer does.
type Dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// A Transport makes connections to addresses, and listens on them.
type Transport interface {
	// Dial connects to an address that Addr has returned.
	Dial(ctx context.Context, dialer Dialer, addr string) (net.Conn, error)
	// Listen listens on an address that Addr has returned.
	Listen(ctx context.Context, addr string) (net.Listener, error)
	// Addr turns what follows "://" in an endpoint into an address.
	Addr(ep string) (addr string, err error)
}

// New is the transport over a network of package net: "tcp", "udp" or "unix".
// With any other, Addr returns an error.
func New(network string) Transport { return netTransport{network} }

type netTransport struct{ network string }

func (t netTransport) Dial(ctx context.Context, dialer Dialer, addr string) (net.Conn, error) {
	return dialer.DialContext(ctx, t.network, addr)
}

func (t netTransport) Listen(ctx context.Context, addr string) (net.Listener, error) {
	var c net.ListenConfig
	return c.Listen(ctx, t.network, addr)
}

// Addr has the host be 0.0.0.0 if there is none, or a star, and the port 0.
func (t netTransport) Addr(ep string) (string, error) {
	switch t.network {
	case "unix":
		return ep, nil
	case "tcp", "udp":
	default:
		return "", fmt.Errorf("zmq4: unknown protocol %q", t.network)
	}
	host, port, err := net.SplitHostPort(ep)
	if err != nil {
		return "", err
	}
	if host == "" || host == "*" {
		host = "0.0.0.0"
	}
	if port == "" || port == "*" {
		port = "0"
	}
	return net.JoinHostPort(host, port), nil
}
