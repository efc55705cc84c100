package conformance

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

func TestPeer(t *testing.T) {
	eachWire(t, func(b *bed) {
		router, addr := b.bound(zmq.Router, zmq.Metadata.Of("X-side:server"))
		d := b.connected(zmq.Dealer, addr, name("d"), zmq.Metadata.Of("X-role:worker"))
		b.send(d, "x")
		m, err := router.Recv(b.ctx)
		b.ok(err)
		p := m.Peer()
		if p.SocketType != "DEALER" || string(p.RoutingID) != "d" || p.Mechanism != "NULL" || p.Version != "3.1" || p.Endpoint != addr || !p.Incoming || p.Conn == 0 || p.Address == "" {
			b.Errorf("the peer is %+v", p)
		}
		for k, v := range map[string]string{"X-role": "worker", "Socket-Type": "DEALER", "Identity": "d"} {
			if got, ok := p.Property(k); !ok || got != v {
				b.Errorf("property %s is %q, %t", k, got, ok)
			}
		}
		if _, ok := p.Property("X-none"); ok {
			b.Error("a property that nobody set")
		}
		b.send(router, "d", "y")
		m, err = d.Recv(b.ctx)
		b.ok(err)
		if p := m.Peer(); p.SocketType != "ROUTER" || p.Incoming || p.Endpoint != addr {
			b.Errorf("the peer is %+v", p)
		}
		if v, _ := m.Peer().Property("X-side"); v != "server" {
			b.Errorf("the property is %q", v)
		}
	})
}

func TestStats(t *testing.T) {
	each(t, func(b *bed) {
		pull, push := b.pair(zmq.Pull, zmq.Push)
		for range 10 {
			b.send(push, "12345678")
		}
		b.await("all is there", func() bool { return pull.Stats().Received == 10 })
		st := push.Stats()
		if st.Sent != 10 || st.SentBytes != 100 || st.Peers != 1 || st.Received != 0 || st.Dropped != 0 {
			b.Errorf("the sender's are %+v", st)
		}
		st = pull.Stats()
		if st.ReceivedBytes != 100 || st.Peers != 1 || st.RecvQueue != 10 {
			b.Errorf("the receiver's are %+v", st)
		}
		infos := slices.Collect(pull.Peers())
		if len(infos) != 1 || !infos[0].Connected || infos[0].Received != 10 || infos[0].RecvQueueBytes != 100 || infos[0].SocketType != "PUSH" {
			b.Errorf("the receiver's peers are %+v", infos)
		}
		for range 10 {
			b.recv(pull)
		}
		if st := pull.Stats(); st.RecvQueue != 0 {
			b.Errorf("%d messages still wait to be received", st.RecvQueue)
		}
		b.ok(push.Close())
		b.await("it is gone", func() bool { return pull.Stats().Peers == 0 })
		if st := pull.Stats(); st.Received != 10 || st.ReceivedBytes != 100 {
			b.Errorf("the totals have forgotten the peer: %+v", st)
		}
		b.await("it is no longer listed", func() bool { return len(slices.Collect(pull.Peers())) == 0 })
	})
}

// TestPeersUnconnected: an endpoint that nobody answers at is shown.
func TestPeersUnconnected(t *testing.T) {
	each(t, func(b *bed) {
		push := b.socket(zmq.Push)
		addr := b.free()
		b.ok(push.Connect(addr))
		b.send(push, "x")
		infos := slices.Collect(push.Peers())
		if len(infos) != 1 || infos[0].Connected || infos[0].SendQueue != 1 || infos[0].SendQueueBytes != 3 || infos[0].Endpoint != addr {
			b.Errorf("the peers are %+v", infos)
		}
		if st := push.Stats(); st.Peers != 0 || st.SendQueue != 1 {
			b.Errorf("%+v", st)
		}
	})
}

func TestEvents(t *testing.T) {
	eachWire(t, func(b *bed) {
		addr := b.free()
		push := b.socket(zmq.Push)
		events := b.events(push)
		b.ok(push.Connect(addr))
		expect := func(kinds ...zmq.EventKind) (last zmq.Event) {
			b.Helper()
			for _, k := range kinds {
				last = b.next(events)
				if last.Kind != k || last.Endpoint != addr || last.Time.IsZero() {
					b.Fatalf("event %v (%+v), want %v", last.Kind, last, k)
				}
			}
			return last
		}
		expect(zmq.EventConnectDelayed)
		if ev := expect(zmq.EventClosed); ev.Err == nil {
			b.Errorf("no cause: %+v", ev)
		}
		if ev := expect(zmq.EventConnectRetried); ev.Delay < 5*time.Millisecond {
			b.Errorf("no delay: %+v", ev)
		}
		pull := b.socket(zmq.Pull)
		theirs := b.events(pull)
		_, err := pull.Bind(addr)
		b.ok(err)
		for ev := b.next(events); ev.Kind != zmq.EventConnected; ev = b.next(events) {
			if ev.Kind == zmq.EventHandshakeDone {
				b.Fatal("a handshake before the connection")
			}
		}
		if ev := expect(zmq.EventHandshakeDone); ev.Peer.SocketType != "PULL" {
			b.Errorf("the event is %+v", ev)
		}
		for _, k := range []zmq.EventKind{zmq.EventListening, zmq.EventAccepted, zmq.EventHandshakeDone} {
			if ev := b.next(theirs); ev.Kind != k || ev.Endpoint != addr || ev.Time.IsZero() {
				b.Fatalf("event %v (%+v), want %v", ev.Kind, ev, k)
			}
		}
		b.ok(pull.Close())
		if ev := expect(zmq.EventDisconnected); ev.Err == nil || ev.Peer.SocketType != "PULL" {
			b.Errorf("the event is %+v", ev)
		}
		ev := b.next(theirs)
		if ev.Kind != zmq.EventClosed {
			b.Errorf("the event is %+v", ev)
		}
		if ev := b.next(theirs); ev.Kind != zmq.EventDisconnected {
			b.Errorf("the event is %+v", ev)
		}
	})
}

// TestEventsEnd: the loop ends with the context, with the socket, and by break.
func TestEventsEnd(t *testing.T) {
	b := lay(t, "tcp")
	s := b.socket(zmq.Pull)
	for range s.Events(b.quiet()) {
	}
	seq := s.Monitor().Events(b.ctx)
	b.bind(s)
	for range seq {
		break
	}
	seq = s.Monitor().Events(b.ctx)
	b.bind(s)
	b.ok(s.Close())
	kinds := map[zmq.EventKind]int{}
	for ev := range seq {
		kinds[ev.Kind]++
	}
	if kinds[zmq.EventListening] != 1 || kinds[zmq.EventClosed] != 2 {
		t.Errorf("the events are %v", kinds)
	}
	for range s.Events(b.ctx) {
		t.Error("an event after the end")
	}
}

// TestEventsSlow: who does not look loses events and is told how many.
func TestEventsSlow(t *testing.T) {
	b := lay(t, "tcp")
	s := b.socket(zmq.Pull)
	seq := s.Monitor().Events(b.ctx)
	const n = 800
	for range n {
		addr := b.bind(s)
		b.ok(s.Unbind(addr))
	}
	b.ok(s.Close())
	got, dropped := 0, 0
	for ev := range seq {
		if ev.Kind == zmq.EventsDropped {
			dropped += ev.Dropped
		} else {
			got++
		}
	}
	if dropped == 0 || got+dropped != 2*n || s.Stats().EventsDropped != uint64(dropped) {
		t.Errorf("%d events came and %d were dropped of %d", got, dropped, 2*n)
	}
}

func TestLogger(t *testing.T) {
	b := lay(t, "tcp")
	var mu sync.Mutex
	var out bytes.Buffer
	h := slog.NewTextHandler(writer(func(p []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return out.Write(p)
	}), &slog.HandlerOptions{Level: slog.LevelWarn})
	pull, addr := b.bound(zmq.Pull, zmq.Logger(slog.New(h)))
	c := b.dial(addr)
	c.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
	c.Close()
	b.await("it is logged", func() bool {
		mu.Lock()
		defer mu.Unlock()
		s := out.String()
		return strings.Contains(s, "level=WARN") && strings.Contains(s, addr) && strings.Contains(s, "socket=PULL")
	})
	b.ok(pull.Set(zmq.Logger(nil)))
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// TestOptions: what is set is got, by value and by text.
func TestOptions(t *testing.T) {
	b := lay(t, "tcp")
	s := b.socket(zmq.Dealer, zmq.SendHWM.Of(7), zmq.Linger.Of(-1), zmq.RoutingID.Of([]byte("me")))
	if v, err := zmq.Get(s, zmq.SendHWM); v != 7 || err != nil {
		t.Errorf("%v, %v", v, err)
	}
	if v, err := zmq.Get(s, zmq.Linger); v >= 0 || err != nil {
		t.Errorf("%v, %v", v, err)
	}
	if v, err := zmq.Get(s, zmq.RoutingID); string(v) != "me" || err != nil {
		t.Errorf("%q, %v", v, err)
	}
	for name, value := range map[string]string{"ZMQ_SNDHWM": "9", "sndhwm": "9", "rcvtimeo": "1s", "Conflate": "true"} {
		o, err := zmq.ParseOption(name, value)
		b.ok(err)
		b.ok(s.Set(o))
	}
	if v, err := zmq.Get(s, zmq.RecvTimeout); v != time.Second || err != nil {
		t.Errorf("%v, %v", v, err)
	}
	_, err := zmq.ParseOption("NO_SUCH", "1")
	b.is(err, zmq.ErrInvalid)
	_, err = zmq.ParseOption("SNDHWM", "many")
	b.is(err, zmq.ErrInvalid)
	_, err = zmq.Get(s, zmq.Opt[string]("SNDHWM"))
	b.is(err, zmq.ErrInvalid)
	_, err = zmq.Get(s, zmq.XPubVerbose)
	b.is(err, zmq.ErrInvalid)
	push := b.socket(zmq.Push)
	if v, err := zmq.Get(push, zmq.Linger); v != 5*time.Second || err != nil {
		t.Errorf("Linger is %v, %v", v, err)
	}
	if v, err := zmq.Get(b.socket(zmq.Sub), zmq.Linger); v != 0 || err != nil {
		t.Errorf("Linger of SUB is %v, %v", v, err)
	}
}
