package core

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// A socket's events as messages:
//
//  1. emit gives an event to the monitor's Listener, which keeps it, or drops
//     it and counts it when eventBacklog of them wait.
//  2. The monitor's goroutine takes them and sends them on a socket of its own,
//     waiting for somebody to read them.
//  3. end closes the Listener; the goroutine sends what still finds room, and
//     MONITOR_STOPPED, and ends. Whoever calls end waits for it.
//
// Where libzmq holds up the socket until somebody reads, here nothing ever
// waits but that goroutine.

// a monitor sends the events of one socket.
type monitor struct {
	out     *Socket
	in      *Listener
	version int
	stop    context.Context // ends when nothing may wait any more
	cancel  context.CancelFunc
	done    chan struct{}
}

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
		s.setMonitor(nil)
		return nil
	}
	scheme, _, err := transport.Split(endpoint)
	if err != nil {
		return err
	}
	if scheme != "inproc" {
		return fmt.Errorf("%w: a monitor is bound to inproc, not to %q", errno.EPROTONOSUPPORT, scheme)
	}
	s.setMonitor(nil)
	if !slices.Contains([]int{opt.TypePair, opt.TypePub, opt.TypePush}, typ) {
		return fmt.Errorf("%w: a monitor is of type PAIR, PUB or PUSH", errno.EINVAL)
	}
	m, err := s.newMonitor(endpoint, events, version, typ)
	if err != nil {
		return err
	}
	s.setMonitor(m)
	return nil
}

func (s *Socket) newMonitor(endpoint string, events uint64, version, typ int) (*monitor, error) {
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
	if version != 1 && version != 2 {
		events = 0
	}
	m := &monitor{out: out, in: s.listen(link.Typed, events), version: version, done: make(chan struct{})}
	m.stop, m.cancel = context.WithCancel(context.Background())
	go m.run() // owned by s: setMonitor waits for it
	return m, nil
}

// setMonitor puts m, or nil, in the place of the monitor that was there, and
// returns when that has ended. A socket that is closed takes none.
func (s *Socket) setMonitor(m *monitor) {
	s.events.mu.Lock()
	old := m
	if m == nil || s.err() == nil {
		old, s.monitor = s.monitor, m
	}
	s.events.mu.Unlock()
	if old != nil {
		old.end()
	}
}

func (m *monitor) end() {
	m.in.Close()
	m.cancel()
	<-m.done
	m.out.StartClose()
	<-m.out.Finished()
}

func (m *monitor) run() {
	defer close(m.done)
	for {
		list, _, end := m.in.Take()
		if end {
			list = m.in.admit(list, link.Event{Kind: link.MonitorStopped})
		}
		for i := range list {
			if m.send(&list[i]) != nil {
				m.in.lose(len(list) - i)
				break
			}
		}
		if end {
			return
		}
		<-m.in.Wake()
	}
}

// send waits for room while it may.
func (m *monitor) send(ev *link.Event) error {
	frames := eventFrames(ev, m.version)
	if err := m.out.Send(m.stop, frames, m.stop.Err() != nil); m.stop.Err() == nil || err == nil {
		return err
	}
	return m.out.Send(m.stop, frames, true)
}

// PipesStats sends an event for each pipe that says how many messages wait in
// it, both ways, as zmq_socket_monitor_pipes_stats does. EINVAL: there is no
// monitor, or none that wants these events. EAGAIN: there are no pipes.
func (s *Socket) PipesStats() error {
	if err := s.err(); err != nil {
		return err
	}
	s.events.mu.Lock()
	m := s.monitor
	s.events.mu.Unlock()
	if m == nil || m.in.kinds&uint64(link.PipeStats) == 0 {
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
		s.emit(statsEvent(&peers[i], &net))
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
