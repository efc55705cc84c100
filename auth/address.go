package auth

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// AllowFrom admits peers that connect from one of the networks: "10.0.0.0/8",
// "2001:db8::/32", an address, or "ipc" for processes of this machine that come
// over ipc. Nothing else is checked. ErrInvalid: text that is no network.
func AllowFrom(networks ...string) (zmq.Authenticator, error) {
	return from(networks, true)
}

// DenyFrom admits peers that do not connect from one of the networks, which are
// written as for AllowFrom. A peer without an address is refused.
func DenyFrom(networks ...string) (zmq.Authenticator, error) {
	return from(networks, false)
}

// addresses are networks, and perhaps ipc.
type addresses struct {
	list  []netip.Prefix
	ipc   bool
	allow bool // those that are in it
}

func from(networks []string, allow bool) (zmq.Authenticator, error) {
	a := &addresses{allow: allow}
	for _, text := range networks {
		if text == "ipc" {
			a.ipc = true
			continue
		}
		p, err := opt.ParseNetwork(text)
		if err != nil {
			return nil, fmt.Errorf("auth: %q is not an address, a network such as 10.0.0.0/8 or ipc: %w", text, zmq.ErrInvalid)
		}
		a.list = append(a.list, p)
	}
	return a, nil
}

func (a *addresses) Authenticate(_ context.Context, r zmq.AuthRequest) (zmq.Identity, error) {
	in, ok := a.has(r.Address)
	switch {
	case !ok:
		return zmq.Identity{}, zmq.Refuse("the peer's address %q is none that can be looked up", r.Address)
	case in != a.allow && a.allow:
		return zmq.Identity{}, zmq.Refuse("address %s is not among those allowed", r.Address)
	case in != a.allow:
		return zmq.Identity{}, zmq.Refuse("address %s is among those denied", r.Address)
	}
	return zmq.Identity{}, nil
}

// has looks a Peer-Address up; ok is false for what is neither an IP nor a
// process of this machine.
func (a *addresses) has(address string) (in, ok bool) {
	if name, _, _ := strings.Cut(address, ":"); name == "localhost" {
		return a.ipc, true
	}
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return false, false
	}
	return opt.InNetworks(a.list, ip), true
}
