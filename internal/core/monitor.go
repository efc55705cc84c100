package core

import (
	"fmt"
	"math"
	"slices"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/event"
	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// Events hands out what happens to the socket's endpoints.
func (s *Socket) Events() *event.Hub { return &s.events }

// Monitor sends the socket's events from now on as messages on a new socket of
// type typ (PAIR, PUB or PUSH), bound to an inproc endpoint of the same context,
// as zmq_socket_monitor_versioned does. events is the sum of the kinds that are
// wanted; version 1 and 2 name the form of the messages, of any other none is
// sent. The new socket counts against MAX_SOCKETS and goes with s. A monitor
// that was there is stopped first; an empty endpoint does only that. Errors:
// EINVAL for a type, an endpoint or events that cannot be; EPROTONOSUPPORT for
// another transport; EADDRINUSE, EMFILE, ETERM.
func (s *Socket) Monitor(endpoint string, events uint64, version, typ int) error {
	if err := s.err(); err != nil {
		return err
	}
	if version == 1 && events > math.MaxUint16 {
		return fmt.Errorf("%w: version 1 of the monitor has events of 16 bits", errno.EINVAL)
	}
	if endpoint == "" {
		s.events.StopMonitor()
		return nil
	}
	scheme, _, err := transport.Split(endpoint)
	if err != nil {
		return err
	}
	if scheme != "inproc" {
		return fmt.Errorf("%w: a monitor is bound to inproc, not to %q", errno.EPROTONOSUPPORT, scheme)
	}
	s.events.StopMonitor()
	if !slices.Contains([]int{opt.TypePair, opt.TypePub, opt.TypePush}, typ) {
		return fmt.Errorf("%w: a monitor is of type PAIR, PUB or PUSH", errno.EINVAL)
	}
	out, err := s.monitorSocket(endpoint, typ)
	if err != nil {
		return err
	}
	s.events.Monitor(out, events, version)
	return nil
}

// monitorSocket makes the socket that the monitor sends on.
func (s *Socket) monitorSocket(endpoint string, typ int) (*Socket, error) {
	out, err := NewSocket(s.ctx, typ)
	if err != nil {
		return nil, err
	}
	out.lock()
	out.vals.Life.Linger = 0
	out.unlock()
	if _, err := out.Bind(endpoint); err != nil {
		out.StartClose()
		<-out.Finished()
		return nil, err
	}
	return out, nil
}

// PipesStats sends an event for each pipe that says how many messages wait in
// it, both ways, as zmq_socket_monitor_pipes_stats does. EINVAL: there is no
// monitor, or none that wants these events. EAGAIN: there are no pipes.
func (s *Socket) PipesStats() error {
	if err := s.err(); err != nil {
		return err
	}
	if !s.events.Monitors(link.PipeStats) {
		return fmt.Errorf("%w: no monitor wants the event PIPES_STATS", errno.EINVAL)
	}
	peers := s.Stats().Peers
	if len(peers) == 0 {
		return errno.EAGAIN
	}
	s.lock()
	net := s.vals.Net
	s.unlock()
	for i := range peers {
		s.events.Emit(statsEvent(&peers[i], &net))
	}
	return nil
}

func statsEvent(p *PeerStats, net *opt.Net) link.Event {
	ev := link.Event{
		Kind: link.PipeStats, Scope: link.Framed, Endpoint: p.Endpoint, Peer: p.Peer,
		Sending: p.SendQueue, Receive: p.RecvQueue,
	}
	if p.Peer != nil {
		ev.Incoming = p.Peer.Incoming
		ev.Local, ev.Remote = link.URI(p.Endpoint, p.Peer.Local, net), link.URI(p.Endpoint, p.Peer.Remote, net)
	}
	return ev
}
