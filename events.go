package zmq

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/zeroth-mq/zmq/internal/event"
	"github.com/zeroth-mq/zmq/internal/link"
)

// An EventKind is what happened. The values are those of libzmq's monitor.
type EventKind uint32

// The events, in the order of a connection's life.
const (
	EventListening        EventKind = 0x0008
	EventBindFailed       EventKind = 0x0010
	EventConnectDelayed   EventKind = 0x0002 // an attempt has begun
	EventConnectRetried   EventKind = 0x0004 // it failed, or the connection was lost; the next comes after Delay
	EventConnected        EventKind = 0x0001
	EventAccepted         EventKind = 0x0020
	EventAcceptFailed     EventKind = 0x0040 // a filter, a limit, or no descriptors left
	EventHandshakeDone    EventKind = 0x1000 // messages flow
	EventHandshakeFailed  EventKind = 0x0800 // the connection ended too soon
	EventProtocolError    EventKind = 0x2000 // the peer broke the protocol
	EventHandshakeRefused EventKind = 0x4000 // authentication: the peer refused us, or we the peer
	EventDisconnected     EventKind = 0x0200 // follows on every EventConnected and EventAccepted
	EventClosed           EventKind = 0x0080 // a listener, or an attempt to connect
	EventCloseFailed      EventKind = 0x0100 // a listener that left something behind

	// EventsDropped is not libzmq's: the loop was too slow, and Dropped
	// events are missing here.
	EventsDropped EventKind = 1 << 31

	// EventLost is not libzmq's either: Lost packets of a multicast publisher
	// are gone for good.
	EventLost EventKind = 1 << 30

	// EventMessagesDropped is not libzmq's: Dropped messages, which Stats counts
	// as Dropped as well, are gone with the connection or endpoint that they
	// waited for. A publisher's messages for a subscriber that leaves are not told.
	EventMessagesDropped EventKind = 1 << 29

	// EventWaiting is not libzmq's: another peer has this one's place, which is the
	// only one of a PAIR, or its routing id at a ROUTER. It stays connected and
	// waits, and what it sends waits with it, up to RCVHWM. EventAdmitted: the place
	// is free, and the peer has it.
	EventWaiting  EventKind = 1 << 28
	EventAdmitted EventKind = 1 << 27
)

var eventNames = map[EventKind]string{
	EventListening: "listening", EventBindFailed: "bind failed",
	EventConnectDelayed: "connecting", EventConnectRetried: "will connect again",
	EventConnected: "connected", EventAccepted: "accepted", EventAcceptFailed: "accept failed",
	EventHandshakeDone: "handshake done", EventHandshakeFailed: "handshake failed",
	EventProtocolError: "protocol error", EventHandshakeRefused: "handshake refused",
	EventDisconnected: "disconnected", EventClosed: "closed", EventCloseFailed: "close failed",
	EventsDropped: "events dropped", EventLost: "lost",
	EventMessagesDropped: "messages dropped", EventWaiting: "waiting", EventAdmitted: "admitted",
}

// String is a kind's name, in a few words; "EventKind(n)" for an unknown one.
func (k EventKind) String() string {
	if s, ok := eventNames[k]; ok {
		return s
	}
	return fmt.Sprintf("EventKind(%#x)", uint32(k))
}

// An Event is one thing that happened to an endpoint.
type Event struct {
	Kind     EventKind
	Time     time.Time
	Endpoint string        // as bound, wildcards resolved, or as connected
	Local    string        // URI of this end of the connection, "tcp://10.1.2.3:5555", or of the listener; empty: unknown
	Remote   string        // URI of the other end, or of where an attempt to connect goes; empty: unknown
	Peer     Peer          // what is known of it: its mechanism and ZMTP version once it greeted, all from EventHandshakeDone on
	Err      error         // the cause, where something failed or ended
	Delay    time.Duration // EventConnectRetried: until the next attempt
	Dropped  int           // EventsDropped: events. EventMessagesDropped: messages
	Lost     int           // EventLost: packets; Remote is the publisher
}

// Events tells what happens to the socket's endpoints from when the loop begins
// until ctx ends or the socket has closed. There are no events of inproc. A loop
// never holds the socket up: if it falls 1024 events behind, what happens next is
// lost to it, and EventsDropped says so. A program that must not miss what happens
// before the loop uses a Monitor.
func (s *Socket) Events(ctx context.Context) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		m := s.Monitor()
		defer m.Close()
		m.Events(ctx)(yield)
	}
}

// A Monitor collects what happens to a socket's endpoints, from when it was made
// until its Close or the socket's. Its methods may be called at any time by any
// goroutine.
type Monitor struct {
	l *event.Listener
}

// Monitor begins to collect events. They are kept for a loop over Events, 1024 of
// them.
func (s *Socket) Monitor() *Monitor { return &Monitor{s.inner().Events().Listen()} }

// Events gives what was collected, and then what happens, until ctx ends or the
// Monitor or the socket is closed. Each event goes to one loop.
func (m *Monitor) Events(ctx context.Context) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for m != nil && m.l != nil && ctx != nil {
			list, dropped, end := m.l.Take()
			for i := range list {
				if ctx.Err() != nil || !yield(eventOf(&list[i])) {
					return
				}
			}
			if dropped > 0 && ctx.Err() == nil && !yield(Event{Kind: EventsDropped, Time: time.Now(), Dropped: dropped}) {
				return
			}
			if end || ctx.Err() != nil {
				return
			}
			select {
			case <-m.l.Wake():
			case <-ctx.Done():
				return
			}
		}
	}
}

// Close ends the collecting, and loops over Events. The error is nil.
func (m *Monitor) Close() error {
	if m != nil && m.l != nil {
		m.l.Close()
	}
	return nil
}

func eventOf(ev *link.Event) Event {
	return Event{
		Kind: EventKind(ev.Kind), Time: ev.Time, Endpoint: ev.Endpoint,
		Local: ev.Local, Remote: ev.Remote, Peer: peerOf(ev.Peer), Err: cause(ev.Err), Delay: ev.Delay, Dropped: ev.Dropped, Lost: ev.Lost,
	}
}
