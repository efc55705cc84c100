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

func (t *Totals) add(d pipe.Depth, dropped uint64) {
	t.Sent += d.Sent
	t.SentBytes += d.SentBytes
	t.Received += d.Received
	t.ReceivedBytes += d.RecvTotal
	t.Dropped += dropped
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

func peerStatsLocked(e *pipe.End, endpoint string, live bool) PeerStats {
	d := e.Depth()
	st := PeerStats{
		Peer: e.Peer(), Endpoint: endpoint, Connected: live, Waiting: e.AtDoor,
		SendQueue: d.SendMsgs, SendQueueBytes: d.SendBytes,
		RecvQueue: d.RecvMsgs, RecvQueueBytes: d.RecvBytes, order: e.Order,
	}
	st.add(d, e.Dropped.Load())
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
	taken := make(map[*inprocPeer]amount) // before what was sent is counted: what is taken meanwhile still waits
	for _, p := range s.inprocPeers() {
		if n, ok := p.other.taken(); ok {
			taken[p] = n
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lock()
	defer s.unlock()
	st := Stats{Totals: s.past, Peers: make([]PeerStats, 0, len(s.peers)+len(s.inproc))}
	if d, ok := s.pat.(pattern.Dropper); ok {
		st.Dropped += d.DroppedCount()
	}
	add := func(p PeerStats) {
		st.Sent += p.Sent
		st.SentBytes += p.SentBytes
		st.Received += p.Received
		st.ReceivedBytes += p.ReceivedBytes
		st.Dropped += p.Dropped
		st.Lost += p.Lost
		st.RecvQueue += p.RecvQueue
		st.Peers = append(st.Peers, p)
	}
	for p := range s.peers {
		if p.end != nil {
			ps := peerStatsLocked(p.end, p.ep.name, p.live.Load())
			ps.Lost = p.lost.Load()
			add(ps)
		}
	}
	for p := range s.inproc {
		ps := peerStatsLocked(p.end, p.name, p.joined.Load())
		if n, ok := taken[p]; ok {
			ps.SendQueue, ps.SendQueueBytes = int(ps.Sent-n.msgs), int(ps.SentBytes-n.bytes)
		}
		add(ps)
	}
	slices.SortFunc(st.Peers, func(a, b PeerStats) int { return cmp.Compare(a.order, b.order) })
	if w, ok := s.pat.(pattern.Waiter); ok {
		st.RecvQueue = w.Waiting()
	}
	return st
}

// an amount is how many messages and bytes.
type amount struct{ msgs, bytes uint64 }

// taken is how much the side has received, credited or not; false: it has no socket
// yet. The caller holds no locks.
func (p *inprocPeer) taken() (n amount, ok bool) {
	s := p.sock.Load()
	if s == nil {
		return n, false
	}
	s.recv.Lock()
	n.msgs, n.bytes = p.end.Taken()
	s.release(&s.recv)
	return n, true
}

// retireLocked keeps the counts of a pipe that goes.
func (s *Socket) retireLocked(e *pipe.End) {
	s.past.add(e.Depth(), e.Dropped.Load())
}
