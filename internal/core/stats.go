package core

import (
	"cmp"
	"slices"

	"github.com/zeroth-mq/zmq/internal/msg"
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
	Totals
	SendQueue, SendQueueBytes int // waiting to be written
	RecvQueue, RecvQueueBytes int // received and not yet read
	order                     uint64
}

func peerStatsLocked(e *pipe.End, endpoint string, live bool) PeerStats {
	d := e.Depth()
	st := PeerStats{
		Peer: e.Peer(), Endpoint: endpoint, Connected: live,
		SendQueue: d.SendMsgs, SendQueueBytes: d.SendBytes,
		RecvQueue: d.RecvMsgs, RecvQueueBytes: d.RecvBytes, order: e.Order,
	}
	st.add(d, e.Dropped.Load())
	return st
}

// Stats takes a snapshot of all pipes, in the order in which they came, and of what
// went through the socket since it was made.
func (s *Socket) Stats() (Totals, []PeerStats) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lock()
	defer s.unlock()
	total := s.past
	list := make([]PeerStats, 0, len(s.peers)+len(s.inproc))
	add := func(e *pipe.End, name string, live bool, lost uint64) {
		st := peerStatsLocked(e, name, live)
		st.Lost = lost
		total.Sent += st.Sent
		total.SentBytes += st.SentBytes
		total.Received += st.Received
		total.ReceivedBytes += st.ReceivedBytes
		total.Dropped += st.Dropped
		total.Lost += st.Lost
		list = append(list, st)
	}
	for p := range s.peers {
		if p.end != nil {
			add(p.end, p.ep.name, p.live.Load(), p.lost.Load())
		}
	}
	for p := range s.inproc {
		add(p.end, p.name, p.joined.Load(), 0)
	}
	slices.SortFunc(list, func(a, b PeerStats) int { return cmp.Compare(a.order, b.order) })
	return total, list
}

// retireLocked keeps the counts of a pipe that goes.
func (s *Socket) retireLocked(e *pipe.End) {
	s.past.add(e.Depth(), e.Dropped.Load())
}
