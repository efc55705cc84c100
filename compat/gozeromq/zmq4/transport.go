package zmq4

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/zeroth-mq/zmq/compat/gozeromq/zmq4/transport"
)

// An UnknownTransportError is the error of an endpoint whose transport is not
// registered.
type UnknownTransportError struct{ Name string }

func (ute UnknownTransportError) Error() string {
	return fmt.Sprintf("zmq4: unknown transport %q", ute.Name)
}

var transports = struct {
	sync.RWMutex
	byName map[string]transport.Transport
}{byName: map[string]transport.Transport{
	"inproc": inprocTransport{},
	"ipc":    transport.New("unix"),
	"tcp":    transport.New("tcp"),
	"udp":    transport.New("udp"),
}}

// RegisterTransport gives a name to a transport, which endpoints may use. A name
// that is taken is an error. Sockets are carried by transports of this package
// alone, under any name: Dial asks another for a connection, as often as it
// tries, and then says that it cannot use it.
func RegisterTransport(name string, trans transport.Transport) error {
	transports.Lock()
	defer transports.Unlock()
	if old, taken := transports.byName[name]; taken {
		return fmt.Errorf("zmq4: duplicate transport %q (%T)", name, old)
	}
	transports.byName[name] = trans
	return nil
}

// Transports is the names of the registered transports, sorted.
func Transports() []string {
	transports.RLock()
	defer transports.RUnlock()
	return slices.Sorted(maps.Keys(transports.byName))
}

// An endpoint is one that a program gave, taken apart.
type endpoint struct {
	text  string // as it was given
	trans transport.Transport
	addr  string
}

func parse(text string) (e endpoint, err error) {
	parts := strings.Split(text, "://")
	if len(parts) != 2 {
		return e, errAddress
	}
	transports.RLock()
	trans, known := transports.byName[parts[0]]
	transports.RUnlock()
	if !known {
		return e, UnknownTransportError{Name: parts[0]}
	}
	addr, err := trans.Addr(parts[1])
	return endpoint{text, trans, addr}, err
}

// is reports whether the endpoint is of a network of package net.
func (e endpoint) is(network string) bool { return e.trans == transport.New(network) }
