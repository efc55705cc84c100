package link

import (
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// castFake is both ends of a Caster.
type castFake struct {
	once   sync.Once
	closed chan struct{}
	stuck  bool // Frame waits for Close
	feed   func(transport.Sink)

	mu       sync.Mutex
	sent     []byte
	finished bool
	woken    int
}

func newCastFake() *castFake { return &castFake{closed: make(chan struct{})} }

func (f *castFake) Frame(head, body []byte, begins bool) error {
	if f.stuck {
		<-f.closed
		return net.ErrClosed
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = append(append(f.sent, head...), body...)
	return nil
}
func (f *castFake) Flush() error  { return nil }
func (f *castFake) Finish()       { f.finished = true }
func (f *castFake) Wake()         { f.mu.Lock(); f.woken++; f.mu.Unlock() }
func (f *castFake) Local() string { return "here" }
func (f *castFake) Group() string { return "group" }
func (f *castFake) Close() error {
	f.once.Do(func() { close(f.closed) })
	return nil
}

func (f *castFake) Receive(sink transport.Sink) {
	f.feed(sink)
	<-f.closed
}

func TestPublishCast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ses, f, ev := newSession(pipe.Marks{}), newCastFake(), &events{}
		ses.send("queued")
		c, err := Publish(f, settings(ev), ses)
		if err != nil {
			t.Fatal(err)
		}
		ses.send("live")
		synctest.Wait()
		if p := ses.far.Peer(); string(f.sent) != "\x07\x00queued\x05\x00live" || !ses.Live() || p != nil && p.Remote != "group" {
			t.Errorf("sent %q", f.sent)
		}
		c.Finish(true)
		ended(t, c.Done(), false)
		ses.send("last")
		ses.close()
		ended(t, c.Done(), true)
		if !strings.HasSuffix(string(f.sent), "last") || !f.finished || ses.Live() || ses.losts.Load() != 1 {
			t.Errorf("sent %q, finished %v", f.sent, f.finished)
		}
		c.Stop()
	})
}

// Stop ends a publisher that waits for its rate. What it had in hand is counted
// as queued again.
func TestStopCast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ses, f := newSession(pipe.Marks{}), newCastFake()
		f.stuck = true
		ses.send("never")
		c, err := Publish(f, settings(&events{}), ses)
		if err != nil {
			t.Fatal(err)
		}
		ended(t, c.Done(), false)
		c.Stop()
		ended(t, c.Done(), true)
		if n := ses.end.Queued(); n != 1 {
			t.Errorf("%d messages are queued", n)
		}
	})
}

func TestCastRefused(t *testing.T) {
	ses := newSession(pipe.Marks{})
	ses.refuse = errno.ENOTSOCK
	for _, start := range []func(*castFake) error{
		func(f *castFake) error { _, err := Publish(f, settings(&events{}), ses); return err },
		func(f *castFake) error { _, err := Subscribe(f, settings(&events{}), ses); return err },
	} {
		f := newCastFake()
		if err := start(f); err != errno.ENOTSOCK {
			t.Errorf("%v", err)
		}
		<-f.closed
	}
}

func TestSubscribeCast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ses, f, ev := newSession(pipe.Marks{Recv: 2}), newCastFake(), &events{}
		f.feed = func(s transport.Sink) {
			a, b := s.Stream("a"), s.Stream("b")
			a.Bytes([]byte("\x02\x00x\x03\x00c"), true)
			b.Lost(2)
			a.Lost(3)
			b.Lost(1)
			a.Bytes([]byte("\x02\x00y"), true)
			s.Flush()
			if s.Room() {
				t.Error("there is no room")
			}
			a.End()
		}
		c, err := Subscribe(f, settings(ev), ses)
		if err != nil {
			t.Fatal(err)
		}
		ses.send("\x01topic") // thrown away
		synctest.Wait()
		var m msg.Message
		for _, want := range []string{"x", "y"} {
			if !ses.end.Recv(&m) || string(m.Frames[0]) != want {
				t.Errorf("received %q, not %s", m.Frames, want)
			}
		}
		synctest.Wait()
		if f.woken == 0 || ses.end.Queued() != 0 {
			t.Errorf("woken %d times, %d subscriptions are queued", f.woken, ses.end.Queued())
		}
		lost := map[string]int{}
		for _, e := range ev.of(Lost) {
			lost[e.Remote] += e.Lost
			if e.Err == nil || e.Time.IsZero() {
				t.Errorf("%+v", e)
			}
		}
		if len(lost) != 2 || lost["a"] != 3 || lost["b"] != 3 || len(ev.of(Lost)) != 2 {
			t.Errorf("lost %v", lost)
		}
		ses.close()
		ended(t, c.Done(), true)
	})
}
