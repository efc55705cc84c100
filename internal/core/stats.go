package core

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/event"
	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// What can be known of a socket: its counts, its peers, and what happens to its
// endpoints, as events or as the messages of a monitor.

// Totals count what went through a socket. Bytes are those of frames with their
// headers.
type Totals struct {
	Sent, SentBytes         uint64 // accepted by Send, counted once for every peer they went to
	Received, ReceivedBytes uint64 // taken off the wire
	Dropped                 uint64 // no room at the peer they were for, or it went away
	Lost                    uint64 // multicast packets that could not be had again
}

func (t *Totals) add(x *Totals) {
	t.Sent += x.Sent
	t.SentBytes += x.SentBytes
	t.Received += x.Received
	t.ReceivedBytes += x.ReceivedBytes
	t.Dropped += x.Dropped
	t.Lost += x.Lost
}

func totals(e *pipe.End, d *pipe.Depth) Totals {
	return Totals{Sent: d.Sent, SentBytes: d.SentBytes, Received: d.Received, ReceivedBytes: d.RecvTotal, Dropped: e.Dropped.Load()}
}

// keep adds the counts of a pipe that goes.
func (t *Totals) keep(e *pipe.End) {
	d := e.Depth()
	x := totals(e, &d)
	t.add(&x)
}

// A PeerStats is a snapshot of one pipe.
type PeerStats struct {
	Peer      *msg.Peer // nil: not connected yet
	Endpoint  string
	Connected bool
	Waiting   bool // at the door
	Totals
	SendQueue, SendQueueBytes int // waiting to be written
	RecvQueue, RecvQueueBytes int // received and not yet read
	order                     uint64
}

// statsLocked is that of a peer that has a pipe.
func (p *peer) statsLocked() PeerStats {
	e, d := p.end, p.end.Depth()
	st := PeerStats{
		Peer: e.Peer(), Endpoint: p.ep.name, Connected: p.live.Load(), Waiting: e.AtDoor, Totals: totals(e, &d),
		SendQueue: d.SendMsgs, SendQueueBytes: d.SendBytes,
		RecvQueue: d.RecvMsgs, RecvQueueBytes: d.RecvBytes, order: e.Order,
	}
	st.Lost = p.lost.Load()
	return st
}

// A Stats is a snapshot of a socket.
type Stats struct {
	Totals
	Peers     []PeerStats
	RecvQueue int // waiting to be received, what peers have left that are gone included
}

// Stats takes a snapshot of all pipes, in the order in which they came, and of what
// went through the socket since it was made.
func (s *Socket) Stats() Stats {
	peers := s.roster.list()
	taken := make(map[*peer]amount) // before what was sent is counted: what is taken meanwhile still waits
	for _, p := range peers {
		if p.meeting != nil {
			if n, ok := p.meeting.taken(p); ok {
				taken[p] = n
			}
		}
	}
	s.lock()
	defer s.unlock()
	st := Stats{Totals: s.past, Peers: make([]PeerStats, 0, len(peers))}
	counts := s.from.Counts()
	st.Dropped += counts.Dropped
	for _, p := range peers {
		if p.end == nil {
			continue
		}
		ps := p.statsLocked()
		if n, ok := taken[p]; ok {
			ps.SendQueue, ps.SendQueueBytes = int(ps.Sent-n.msgs), int(ps.SentBytes-n.bytes)
		}
		st.add(&ps.Totals)
		st.RecvQueue += ps.RecvQueue
		st.Peers = append(st.Peers, ps)
	}
	slices.SortFunc(st.Peers, func(a, b PeerStats) int { return cmp.Compare(a.order, b.order) })
	if !s.row.NoRecv {
		st.RecvQueue = counts.Waiting
	}
	return st
}

// an amount is how many messages and bytes.
type amount struct{ msgs, bytes uint64 }

// taken is how much the other side has received of what p has sent, credited or not;
// false: there is no other side yet. The caller holds no locks.
func (m *meeting) taken(p *peer) (n amount, ok bool) {
	_, other := m.sides(p)
	o := other.peer.Load()
	if o == nil {
		return n, false
	}
	o.s.recvHalf.acquire()
	n.msgs, n.bytes = other.end.Taken()
	o.s.recvHalf.release()
	return n, true
}

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
	if scheme != transport.Inproc {
		return fmt.Errorf("%w: a monitor is bound to inproc, not to %q", errno.EPROTONOSUPPORT, scheme)
	}
	s.events.StopMonitor()
	if row, ok := pattern.Lookup(typ); !ok || !row.Monitors {
		return fmt.Errorf("%w: a monitor is of type %s", errno.EINVAL, pattern.Names(func(r *pattern.Row) bool { return r.Monitors }))
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
