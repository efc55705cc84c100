package core

import (
	"cmp"
	"slices"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

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
	if d, ok := s.pat.(pattern.Dropper); ok {
		st.Dropped += d.DroppedCount()
	}
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
	if w, ok := s.pat.(pattern.Waiter); ok {
		st.RecvQueue = w.Waiting()
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
