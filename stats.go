package zmq

import (
	"iter"
	"slices"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// A Peer is the other end of one connection, as far as it is known.
type Peer struct {
	Conn       uint64 // number of the connection, unique in the process
	SocketType string // as the peer announced it; empty for ZMTP 1.0 and 2.0
	RoutingID  []byte // as the peer announced it
	Mechanism  string // "NULL"
	UserID     string
	Version    string // of ZMTP, "3.1"
	Endpoint   string // that was bound or connected here
	Local      string // URIs of the two ends, "tcp://10.1.2.3:5555", as those of an Event
	Remote     string
	Address    string // the Peer-Address of libzmq: an IP, or user, group and process of ipc
	Incoming   bool   // it connected to us

	p *msg.Peer
}

// Property looks up what the peer announced: "Socket-Type", "Identity", "X-...".
func (p Peer) Property(name string) (string, bool) { return p.p.Get(name) }

// uri is how events write the address of one end of a connection.
func uri(endpoint, addr string) string {
	if endpoint == "" {
		return addr
	}
	return link.URI(endpoint, addr, &opt.Net{})
}

func peerOf(p *msg.Peer) Peer {
	if p == nil {
		return Peer{}
	}
	out := Peer{
		Conn: p.Conn, SocketType: p.SocketType, RoutingID: slices.Clone(p.RoutingID),
		Mechanism: p.Mechanism, UserID: p.UserID, Endpoint: p.Endpoint,
		Local: uri(p.Endpoint, p.Local), Remote: uri(p.Endpoint, p.Remote), Address: p.Address, Incoming: p.Incoming, p: p,
	}
	if p.Version.Major > 0 {
		out.Version = p.Version.String()
	}
	return out
}

// Counts are totals since a socket or a connection began. A message that goes
// to several peers counts once for each. Bytes are those of the wire: frames
// with their headers.
type Counts struct {
	Sent, SentBytes         uint64 // accepted for sending
	Received, ReceivedBytes uint64 // taken from peers, received by the program or not
	Dropped                 uint64 // thrown away: a peer had no room or went away, or what it said to an XPub had none
	Lost                    uint64 // packets of multicast publishers that could not be had again
}

// Stats is a snapshot of a socket.
type Stats struct {
	Counts
	Peers     int // connected, but for those that wait
	SendQueue int // messages that wait: to be handed to the operating system, or over inproc to be received. What is being written (up to 1 MiB) is beside SendHWM
	RecvQueue int // messages that wait to be received, those of peers that have gone included

	EventsDropped uint64 // for loops over Events that were too slow
	Limited       uint64 // connections that a limit has refused or ended (ErrLimit)
}

// Stats takes a snapshot. It costs a lock for each peer.
func (s *Socket) Stats() Stats {
	all := s.inner().Stats()
	n := s.inner().Events().Count()
	st := Stats{Counts: Counts(all.Totals), RecvQueue: all.RecvQueue, EventsDropped: n.Dropped, Limited: n.Limited}
	for _, p := range all.Peers {
		if p.Connected && !p.Waiting {
			st.Peers++
		}
		st.SendQueue += p.SendQueue
	}
	return st
}

// PeerInfo is a snapshot of what lies between the socket and one peer. A
// connected endpoint is there from Connect on, Connected or not.
type PeerInfo struct {
	Peer
	Counts
	Connected      bool
	Waiting        bool // for its place, which another peer has: see EventWaiting
	SendQueue      int  // messages that wait, as in Stats
	SendQueueBytes int
	RecvQueue      int // messages that wait to be received
	RecvQueueBytes int
}

// Peers iterates over a snapshot of the socket's peers, in the order in which
// they came.
func (s *Socket) Peers() iter.Seq[PeerInfo] {
	return func(yield func(PeerInfo) bool) {
		peers := s.inner().Stats().Peers
		for i := range peers {
			if !yield(peerInfo(&peers[i])) {
				return
			}
		}
	}
}

func peerInfo(p *core.PeerStats) PeerInfo {
	info := PeerInfo{
		Peer: peerOf(p.Peer), Counts: Counts(p.Totals), Connected: p.Connected, Waiting: p.Waiting,
		SendQueue: p.SendQueue, SendQueueBytes: p.SendQueueBytes,
		RecvQueue: p.RecvQueue, RecvQueueBytes: p.RecvQueueBytes,
	}
	if info.Endpoint == "" {
		info.Endpoint = p.Endpoint
	}
	return info
}
