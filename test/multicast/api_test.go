package multicast

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

func socket(t *testing.T, typ zmq.Type, options ...zmq.Option) *zmq.Socket {
	t.Helper()
	s, err := zmq.New(typ, append([]zmq.Option{zmq.MulticastRate.Of(200 * zmq.MbitPerSecond), zmq.Linger.Of(0)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func limit(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), long)
	t.Cleanup(cancel)
	return ctx
}

func ok(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestWrongType(t *testing.T) {
	endpoint := loopback(t).endpoint("")
	for _, typ := range []zmq.Type{zmq.Pair, zmq.Req, zmq.Rep, zmq.Dealer, zmq.Router, zmq.Push, zmq.Pull, zmq.Stream} {
		s := socket(t, typ)
		if _, err := s.Bind(endpoint); !errors.Is(err, zmq.ErrWrongTransport) {
			t.Errorf("%v: bind: %v", typ, err)
		}
		if err := s.Connect(endpoint); !errors.Is(err, zmq.ErrWrongTransport) {
			t.Errorf("%v: connect: %v", typ, err)
		}
	}
}

func TestRefused(t *testing.T) {
	s := socket(t, zmq.Pub)
	for _, endpoint := range []string{"epgm://", "epgm://127.0.0.1", "epgm://127.0.0.1;239.1.1.1:0", "epgm://127.0.0.1;10.0.0.1:5", "pgm://x;y:5"} {
		if err := s.Connect(endpoint); !errors.Is(err, zmq.ErrInvalid) {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
	if err := s.Connect("epgm://no-such-card;239.1.1.1:5"); err == nil {
		t.Error("an interface that is not there")
	}
	for name, o := range map[string]zmq.Option{"rate": zmq.MulticastRate.Of(11 * zmq.KbitPerSecond), "hops": zmq.MulticastHops.Of(256), "tpdu": zmq.MulticastMaxTPDU.Of(80)} {
		if err := socket(t, zmq.Sub, o).Connect(loopback(t).endpoint("")); !errors.Is(err, zmq.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is sent to a group is in the clear, so a secured socket sends nothing.
func TestNotSecured(t *testing.T) {
	cert, err := zmq.NewCurveCert()
	ok(t, err)
	for _, o := range []zmq.Option{cert.AsServer(), cert.AsClient(cert.Public), zmq.PlainServer.Of(true)} {
		if err := socket(t, zmq.Pub, o).Connect(loopback(t).endpoint("")); !errors.Is(err, zmq.ErrInvalid) {
			t.Error(err)
		}
	}
}

// hear sends until the subscriber hears, so that both are known.
func hear(t *testing.T, pub, sub *zmq.Socket) {
	t.Helper()
	ctx := limit(t)
	for {
		ok(t, pub.Send(ctx, []byte("hello")))
		got, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		_, err := sub.Recv(got)
		cancel()
		if err == nil {
			break
		}
		ok(t, ctx.Err())
	}
	ok(t, pub.Send(ctx, []byte("now")))
	for {
		m, err := sub.Recv(ctx)
		ok(t, err)
		if string(m.Bytes()) == "now" {
			return
		}
	}
}

// Bind and connect are the same; XPUB hears no subscriptions, SUB filters, XSUB
// does not.
func TestPatterns(t *testing.T) {
	ctx, endpoint := limit(t), loopback(t).endpoint("")
	sub, xsub, xpub := socket(t, zmq.Sub), socket(t, zmq.XSub), socket(t, zmq.XPub)
	ok(t, sub.Subscribe("hello", "now", "a"), sub.Connect(endpoint))
	_, err := xsub.Bind(endpoint)
	ok(t, err, xpub.Connect(endpoint), xpub.WaitSubscribers(ctx, "anything", 1), xsub.Send(ctx, []byte("\x01topic")))
	hear(t, xpub, sub)
	hear(t, xpub, xsub)
	for _, topic := range []string{"b", "a1", "c", "a2"} {
		ok(t, xpub.Send(ctx, []byte(topic), []byte("body")))
	}
	var filtered, all []string
	for len(filtered) < 2 {
		m, err := sub.Recv(ctx)
		ok(t, err)
		if m.Len() == 2 {
			filtered = append(filtered, string(m.Bytes()))
		}
	}
	for len(all) < 4 {
		m, err := xsub.Recv(ctx)
		ok(t, err)
		if m.Len() == 2 {
			all = append(all, string(m.Bytes()))
		}
	}
	if fmt.Sprint(filtered, all) != "[a1 a2] [b a1 c a2]" {
		t.Errorf("received %q and %q", filtered, all)
	}
	if m, got, err := xpub.TryRecv(); got || err != nil {
		t.Errorf("the publisher received %q, %v", m, err)
	}
	if _, connected := xpub.Endpoints(); !slices.Equal(connected, []string{endpoint}) {
		t.Errorf("connected to %q", connected)
	}
	for _, s := range []*zmq.Socket{sub, xsub, xpub} {
		ok(t, s.Disconnect(endpoint))
		if err := s.Disconnect(endpoint); !errors.Is(err, zmq.ErrNoEndpoint) {
			t.Errorf("disconnected again: %v", err)
		}
	}
}

// Two publishers of one process on one address and port each serve their own
// subscribers' requests, whichever of them hears those.
func TestNeighbours(t *testing.T) {
	ctx, endpoint := limit(t), loopback(t).endpoint("")
	sub := socket(t, zmq.Sub, zmq.RecvBuffer.Of(5000), zmq.RecvHWM.Of(0))
	ok(t, sub.Subscribe(""), sub.Connect(endpoint))
	const count = 30
	want, pubs := map[byte]int{}, map[byte]*zmq.Socket{}
	for _, name := range []byte("ab") {
		pub := socket(t, zmq.Pub, zmq.SendHWM.Of(0))
		ok(t, pub.Connect(endpoint))
		hear(t, pub, sub) // which reads: nothing else may be on its way
		pubs[name], want[name] = pub, 0
	}
	for name, pub := range pubs {
		for i := range count {
			ok(t, pub.Send(ctx, bytes.Repeat([]byte{name}, 20_000), []byte{byte(i)}))
		}
	}
	for want['a'] < count || want['b'] < count {
		m, err := sub.Recv(ctx)
		ok(t, err)
		if m.Len() != 2 {
			continue // a hello
		}
		name := m.Bytes()[0]
		if int(m.Frame(1)[0]) != want[name] || len(m.Bytes()) != 20_000 {
			t.Fatalf("message %d of %c, not %d", m.Frame(1)[0], name, want[name])
		}
		want[name]++
	}
	if lost := sub.Stats().Lost; lost != 0 {
		t.Errorf("%d packets lost", lost)
	}
}

// What cannot be had again is told, and the rest are whole messages.
func TestLossIsTold(t *testing.T) {
	ctx, endpoint := limit(t), loopback(t).endpoint("")
	small := zmq.MulticastRecoveryInterval.Of(time.Millisecond)
	sub := socket(t, zmq.Sub, zmq.RecvBuffer.Of(5000), zmq.RecvHWM.Of(0), small, zmq.MulticastRate.Of(1000*zmq.MbitPerSecond))
	pub := socket(t, zmq.Pub, zmq.SendHWM.Of(0), small, zmq.MulticastRate.Of(1000*zmq.MbitPerSecond))
	events := make(chan zmq.Event, 1)
	done := make(chan struct{})
	evCtx, stop := context.WithCancel(ctx)
	told := sub.Monitor().Events(evCtx)
	go func() { // ended by stop, and waited for
		defer close(done)
		for ev := range told {
			if ev.Kind == zmq.EventLost {
				select {
				case events <- ev:
				default:
				}
			}
		}
	}()
	ok(t, sub.Subscribe(""), sub.Connect(endpoint), pub.Connect(endpoint))
	hear(t, pub, sub)
	next, i := 0, 0
	for ; sub.Stats().Lost == 0; i++ {
		ok(t, pub.Send(ctx, body("m", i, 0, 100_000), body("m", i, 1, 10)), ctx.Err())
	}
	last := i
	ok(t, pub.Send(ctx, body("m", last, 0, 10), body("m", last, 1, 10)))
	for next <= last {
		var i int
		got, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
		m, err := sub.Recv(got)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			last++ // the last one was lost, too
			ok(t, pub.Send(ctx, body("m", last, 0, 10), body("m", last, 1, 10)), ctx.Err())
			continue
		}
		ok(t, err)
		if _, err := fmt.Sscanf(string(m.Bytes()), "m %d 0 ", &i); err != nil || i < next || m.Len() != 2 ||
			!bytes.Equal(m.Bytes(), body("m", i, 0, len(m.Bytes()))) || !bytes.Equal(m.Frame(1), body("m", i, 1, 10)) {
			t.Fatalf("%d frames, %.20q, behind %d", m.Len(), m.Bytes(), next-1)
		}
		next = i + 1
	}
	ev := <-events
	stop()
	<-done
	if ev.Lost == 0 || ev.Remote == "" || ev.Err == nil || ev.Endpoint != endpoint {
		t.Errorf("%+v", ev)
	}
	if st := sub.Stats(); st.Lost == 0 {
		t.Errorf("%+v", st)
	}
}

// A subscriber that does not receive holds nothing up, itself least of all.
func TestSlowSubscriber(t *testing.T) {
	ctx, endpoint := limit(t), loopback(t).endpoint("")
	slow := socket(t, zmq.Sub, zmq.RecvHWM.Of(10))
	fast, pub := socket(t, zmq.Sub, zmq.RecvHWM.Of(0)), socket(t, zmq.Pub, zmq.SendHWM.Of(0))
	ok(t, slow.Subscribe(""), slow.Connect(endpoint), fast.Subscribe(""), fast.Connect(endpoint), pub.Connect(endpoint))
	hear(t, pub, slow)
	hear(t, pub, fast)
	const count = 1000
	for i := range count {
		ok(t, pub.Send(ctx, body("m", i, 0, 1000)))
	}
	for _, s := range []*zmq.Socket{fast, slow} {
		for next := 0; next < count; {
			m, err := s.Recv(ctx)
			ok(t, err)
			if len(m.Bytes()) != 1000 {
				continue // a hello
			}
			if !bytes.Equal(m.Bytes(), body("m", next, 0, 1000)) {
				t.Fatalf("%.10q, not message %d", m.Bytes(), next)
			}
			next++
		}
	}
}

// A publisher that closes with time to linger sends everything at its rate.
func TestLinger(t *testing.T) {
	ctx, endpoint := limit(t), loopback(t).endpoint("")
	sub := socket(t, zmq.Sub, zmq.RecvHWM.Of(0))
	pub := socket(t, zmq.Pub, zmq.SendHWM.Of(0), zmq.MulticastRate.Of(50*zmq.MbitPerSecond), zmq.Linger.Of(long))
	ok(t, sub.Subscribe(""), sub.Connect(endpoint), pub.Connect(endpoint))
	hear(t, pub, sub)
	const count = 100
	for i := range count {
		ok(t, pub.Send(ctx, body("m", i, 0, 10_000)))
	}
	ok(t, pub.Close())
	for i := range count {
		m, err := sub.Recv(ctx)
		ok(t, err)
		if !bytes.Equal(m.Bytes(), body("m", i, 0, 10_000)) {
			t.Fatalf("%.10q, not message %d", m.Bytes(), i)
		}
	}
}
