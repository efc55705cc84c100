package zmq

import (
	"context"
	"iter"
	"log/slog"
	"time"

	"github.com/zeroth-mq/zmq/internal/link"
)

// An EventKind is what happened. The values are those of libzmq's monitor.
type EventKind uint32

// The events, in the order of a connection's life.
const (
	EventListening        EventKind = EventKind(link.Listening)
	EventBindFailed       EventKind = EventKind(link.BindFailed)
	EventConnectDelayed   EventKind = EventKind(link.ConnectDelayed) // an attempt has begun
	EventConnectRetried   EventKind = EventKind(link.ConnectRetried) // it failed; the next comes after Delay
	EventConnected        EventKind = EventKind(link.Connected)
	EventAccepted         EventKind = EventKind(link.Accepted)
	EventAcceptFailed     EventKind = EventKind(link.AcceptFailed)
	EventHandshakeDone    EventKind = EventKind(link.HandshakeDone) // messages flow
	EventHandshakeFailed  EventKind = EventKind(link.HandshakeFailed)
	EventProtocolError    EventKind = EventKind(link.HandshakeBroken)  // the handshake failed by the peer's fault
	EventHandshakeRefused EventKind = EventKind(link.HandshakeRefused) // authentication: the peer refused us, or we the peer
	EventDisconnected     EventKind = EventKind(link.Disconnected)
	EventClosed           EventKind = EventKind(link.Closed) // a listener, or an attempt to connect
)

var eventNames = map[EventKind]string{
	EventListening: "listening", EventBindFailed: "bind failed",
	EventConnectDelayed: "connecting", EventConnectRetried: "will connect again",
	EventConnected: "connected", EventAccepted: "accepted", EventAcceptFailed: "accept failed",
	EventHandshakeDone: "handshake done", EventHandshakeFailed: "handshake failed",
	EventProtocolError: "protocol error", EventHandshakeRefused: "handshake refused", EventDisconnected: "disconnected", EventClosed: "closed",
}

func (k EventKind) String() string { return eventNames[k] }

// An Event is one thing that happened to an endpoint.
type Event struct {
	Kind     EventKind
	Time     time.Time
	Endpoint string        // as bound or connected
	Local    string        // addresses, where there is a connection
	Remote   string        //
	Peer     Peer          // from EventHandshakeDone on
	Err      error         // the cause, where something failed or ended
	Delay    time.Duration // EventConnectRetried
	Dropped  int           // events lost before this one: the loop was too slow
}

// Events tells what happens to the socket's endpoints from now on, until ctx
// ends or the socket has closed. It never holds the socket up: a loop that is
// too slow loses events, and is told how many.
func (s *Socket) Events(ctx context.Context) iter.Seq[Event] {
	l := s.s.Listen()
	return func(yield func(Event) bool) {
		defer l.Close()
		for {
			list, dropped, end := l.Take()
			for _, ev := range list {
				e := eventOf(ev)
				e.Dropped, dropped = dropped, 0
				if !yield(e) {
					return
				}
			}
			if end {
				return
			}
			select {
			case <-l.Wake():
			case <-ctx.Done():
				return
			}
		}
	}
}

func eventOf(ev link.Event) Event {
	return Event{
		Kind: EventKind(ev.Kind), Time: ev.Time, Endpoint: ev.Endpoint,
		Local: ev.Local, Remote: ev.Remote, Peer: peerOf(ev.Peer), Err: cause(ev.Err), Delay: ev.Delay,
	}
}

// logger is the Option of Logger.
type logger struct{ l *slog.Logger }

func (o logger) apply(s *Socket) error {
	if o.l == nil {
		s.s.OnEvent(nil)
		return nil
	}
	l := o.l.With("socket", s.Type().String())
	s.s.OnEvent(func(ev link.Event) {
		level := slog.LevelDebug
		switch ev.Kind {
		case link.HandshakeFailed, link.HandshakeBroken, link.HandshakeRefused, link.AcceptFailed, link.BindFailed:
			level = slog.LevelWarn
		}
		if !l.Enabled(context.Background(), level) {
			return
		}
		attrs := []slog.Attr{slog.String("endpoint", ev.Endpoint)}
		if ev.Remote != "" {
			attrs = append(attrs, slog.String("remote", ev.Remote))
		}
		if ev.Err != nil {
			attrs = append(attrs, slog.Any("error", ev.Err))
		}
		if ev.Delay > 0 {
			attrs = append(attrs, slog.Duration("delay", ev.Delay))
		}
		l.LogAttrs(context.Background(), level, EventKind(ev.Kind).String(), attrs...)
	})
	return nil
}
