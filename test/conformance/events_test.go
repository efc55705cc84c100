package conformance

import (
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// TestEventDetails: every event says where, between whom, and why.
func TestEventDetails(t *testing.T) {
	eachWire(t, func(b *bed) {
		push, pull := b.socket(zmq.Push, zmq.RoutingID.Of([]byte("p"))), b.socket(zmq.Pull)
		out, in := b.events(push), b.events(pull)
		addr := b.bind(pull)
		b.ok(push.Connect(addr))
		expect := func(from <-chan zmq.Event, kind zmq.EventKind) zmq.Event {
			b.Helper()
			ev := b.next(from)
			if ev.Kind != kind || ev.Endpoint != addr || ev.Time.IsZero() || ev.Dropped != 0 {
				b.Fatalf("the event is %v: %+v; want %v", ev.Kind, ev, kind)
			}
			return ev
		}
		if ev := expect(in, zmq.EventListening); ev.Local != addr || ev.Remote != "" {
			b.Errorf("%+v", ev)
		}
		if ev := expect(out, zmq.EventConnectDelayed); ev.Remote != addr || ev.Local != "" {
			b.Errorf("%+v", ev)
		}
		ours, theirs := expect(out, zmq.EventConnected), expect(in, zmq.EventAccepted)
		if ours.Remote != addr || theirs.Local != addr || ours.Local != theirs.Remote || !strings.HasPrefix(ours.Local, b.scheme+"://") {
			b.Errorf("between %s and %s; the other side says %s and %s", ours.Local, ours.Remote, theirs.Local, theirs.Remote)
		}
		done := expect(in, zmq.EventHandshakeDone)
		if p := done.Peer; p.Mechanism != "NULL" || p.Version != "3.1" || p.SocketType != "PUSH" || !p.Incoming || p.Conn == 0 {
			b.Errorf("the peer is %+v", p)
		}
		expect(out, zmq.EventHandshakeDone)
		b.ok(push.Disconnect(addr))
		lost := expect(in, zmq.EventDisconnected)
		if lost.Local != theirs.Local || lost.Remote != theirs.Remote || lost.Peer.Conn != done.Peer.Conn || !errors.Is(lost.Err, syscall.EPIPE) {
			b.Errorf("%+v", lost)
		}
		// libzmq's monitor is silent about what its user did; this is not.
		if ev := expect(out, zmq.EventDisconnected); !errors.Is(ev.Err, zmq.ErrClosed) {
			b.Errorf("%+v", ev)
		}
		b.ok(pull.Unbind(addr))
		if ev := expect(in, zmq.EventClosed); ev.Local != addr {
			b.Errorf("%+v", ev)
		}
	})
}

// TestEventsOfFailures: what is known of a peer is told when its handshake
// fails, and so is the cause.
func TestEventsOfFailures(t *testing.T) {
	b := lay(t, "tcp")
	pull, addr := b.bound(zmq.Pull, zmq.HandshakeInterval.Of(50*time.Millisecond))
	events := b.events(pull)
	c := b.dial(addr)
	c.Write(testutil.Greeting()) // and no more
	b.next(events)               // accepted
	for _, kind := range []zmq.EventKind{zmq.EventHandshakeFailed, zmq.EventDisconnected} {
		ev := b.next(events)
		if ev.Kind != kind || ev.Peer.Version != "3.1" || ev.Peer.Address != "127.0.0.1" || !errors.Is(ev.Err, syscall.ETIMEDOUT) || ev.Remote != "tcp://"+c.LocalAddr().String() {
			t.Errorf("%v: %+v", ev.Kind, ev)
		}
	}
	_, err := b.socket(zmq.Pull).Bind(addr)
	b.is(err, zmq.ErrAddressInUse)
	other := b.socket(zmq.Pull)
	events = b.events(other)
	for _, ep := range []string{addr, "tcp://127.0.0.1"} {
		_, err := other.Bind(ep)
		if ev := b.next(events); ev.Kind != zmq.EventBindFailed || ev.Endpoint != ep || ev.Local != "" || !errors.Is(err, ev.Err) {
			t.Errorf("%v: %+v after %v", ev.Kind, ev, err)
		}
	}
}

// TestEventKinds: every kind has a name, and an unknown one is no accident.
func TestEventKinds(t *testing.T) {
	seen := map[string]bool{}
	for bit := range 32 {
		name := zmq.EventKind(1 << bit).String()
		if name == "" || seen[name] {
			t.Errorf("%#x is named %q", 1<<bit, name)
		}
		seen[name] = true
	}
	if zmq.EventsDropped.String() != "events dropped" || zmq.EventKind(3).String() != "EventKind(0x3)" {
		t.Error(zmq.EventsDropped, zmq.EventKind(3))
	}
}
