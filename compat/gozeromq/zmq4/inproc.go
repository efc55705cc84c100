package zmq4

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"

	"github.com/zeroth-mq/zmq/compat/gozeromq/zmq4/transport"
)

var errRefused = errors.New("inproc: connection refused")

// inprocTransport stands for the transport within the process. It makes no
// connections that could be used without a socket.
type inprocTransport struct{}

func (inprocTransport) Dial(context.Context, transport.Dialer, string) (net.Conn, error) {
	return nil, errRefused
}

func (inprocTransport) Listen(context.Context, string) (net.Listener, error) {
	return nil, errors.New("inproc: only sockets listen")
}

func (inprocTransport) Addr(ep string) (string, error) { return ep, nil }

type inprocAddr string

func (inprocAddr) Network() string  { return "inproc" }
func (a inprocAddr) String() string { return string(a) }

func isInproc(endpoint string) bool { return strings.HasPrefix(endpoint, "inproc://") }

// A place is an inproc address: the socket that listens there, if one does, and
// those that have dialled it. There are no events of inproc, so sockets tell one
// another.
type place struct {
	owner   *socket
	dialled map[*socket]bool
}

var places = struct {
	sync.Mutex
	byName map[string]*place
}{byName: map[string]*place{}}

func (s *socket) occupy(name string) (net.Addr, error) {
	places.Lock()
	defer places.Unlock()
	p := places.byName[name]
	if p != nil && p.owner != nil {
		return nil, fmt.Errorf("inproc: address %q already in use", name)
	}
	if _, err := s.base.Bind("inproc://" + name); err != nil {
		return nil, err
	}
	if p == nil {
		p = &place{dialled: map[*socket]bool{}}
		places.byName[name] = p
	}
	p.owner = s
	return inprocAddr(name), nil
}

// join connects the socket to a place. errRefused: nobody listens there.
func (s *socket) join(name string) error {
	s.setup.Lock()
	defer s.setup.Unlock()
	if err := s.ready(false); err != nil {
		return err
	}
	places.Lock()
	defer places.Unlock()
	p := places.byName[name]
	if p == nil || p.owner == nil || p.owner.ctx.Err() != nil {
		return errRefused
	}
	if err := compatibility(p.owner.typ, s.typ); err != nil {
		return &shakeError{err}
	}
	if err := s.base.Connect("inproc://" + name); err != nil {
		return err
	}
	p.dialled[s] = true
	return nil
}

// leave gives up the places of a socket that has closed. The sockets that had
// dialled them have lost a connection, and wait for the next that listens there.
func (s *socket) leave() {
	places.Lock()
	defer places.Unlock()
	for name, p := range places.byName {
		delete(p.dialled, s)
		if p.owner == s {
			p.owner = nil
			for other := range p.dialled {
				other.lost()
				other.rejoin(name)
			}
		}
		if p.owner == nil && len(p.dialled) == 0 {
			delete(places.byName, name)
		}
	}
}
