package core

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/internal/transport"
)

const everything = 0xffff

// a bench makes sockets and closes them all.
type bench struct {
	*testing.T
	ctx *Context
}

func newBench(t *testing.T) *bench {
	b := &bench{t, NewContext()}
	t.Cleanup(func() { b.ctx.Close(context.Background()) })
	return b
}

func (b *bench) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) wants(err error, want errno.Errno) {
	b.Helper()
	if !errors.Is(err, want) {
		b.Errorf("%v; want %s", err, want.Name())
	}
}

func (b *bench) socket(typ int) *Socket {
	s, err := NewSocket(b.ctx, typ)
	b.ok(err)
	b.ok(s.Set(opt.ByName("LINGER"), 0))
	return s
}

func (b *bench) bind(s *Socket) string {
	b.Helper()
	ep, err := s.Bind("tcp://127.0.0.1:*")
	b.ok(err)
	return ep
}

func (b *bench) reader(typ int, name string) *Socket {
	b.Helper()
	s := b.socket(typ)
	if typ == opt.TypeSub {
		b.ok(s.Subscribe(nil))
	}
	b.ok(s.Connect(name))
	return s
}

// next is the next message of a monitor.
func (b *bench) next(s *Socket) [][]byte {
	b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), testutil.Patience)
	defer cancel()
	m, err := s.Recv(ctx, false)
	b.ok(err)
	return m.Frames()
}

// kind reads the next event of version 1 and wants it to be of that kind.
func (b *bench) kind(s *Socket, want link.Kind) (value uint32, endpoint string) {
	b.Helper()
	m := b.next(s)
	if len(m) != 2 || len(m[0]) != 6 || link.Kind(binary.NativeEndian.Uint16(m[0])) != want {
		b.Fatalf("the event is %q; want %#x", m, int(want))
	}
	return binary.NativeEndian.Uint32(m[0][2:]), string(m[1])
}

func (b *bench) closed(s *Socket) {
	b.Helper()
	s.StartClose()
	select {
	case <-s.Finished():
	case <-time.After(testutil.Patience):
		b.Fatal("it does not close")
	}
}

func TestMonitorRefuses(t *testing.T) {
	b := newBench(t)
	s := b.socket(opt.TypePull)
	b.ok(s.Monitor("", 0, 1, opt.TypePair)) // none to stop
	for _, c := range []struct {
		ep           string
		events       uint64
		version, typ int
		want         errno.Errno
	}{
		{"", 0x10000, 1, opt.TypePair, errno.EINVAL},
		{"inproc://m", 0x10000, 1, opt.TypePair, errno.EINVAL},
		{"inproc", everything, 1, opt.TypePair, errno.EINVAL},
		{"inproc://", everything, 1, opt.TypePair, errno.EINVAL},
		{"tcp://127.0.0.1:*", everything, 1, opt.TypePair, errno.EPROTONOSUPPORT},
		{"nothing://x", everything, 2, opt.TypePair, errno.EPROTONOSUPPORT},
		{"inproc://m", everything, 1, opt.TypePull, errno.EINVAL},
		{"inproc://m", everything, 1, 99, errno.EINVAL},
	} {
		b.wants(s.Monitor(c.ep, c.events, c.version, c.typ), c.want)
	}
	b.ok(s.Monitor("inproc://m", everything, 1, opt.TypePair))
	b.wants(b.socket(opt.TypePull).Monitor("inproc://m", everything, 1, opt.TypePair), errno.EADDRINUSE)
	b.ok(s.Monitor("inproc://m", everything, 1, opt.TypePair)) // its own name is free by then
	// The type is looked at when the monitor that was there has gone.
	b.wants(s.Monitor("inproc://n", everything, 1, opt.TypeSub), errno.EINVAL)
	b.ok(b.socket(opt.TypePull).Monitor("inproc://m", everything, 1, opt.TypePair))
	b.closed(s)
	b.wants(s.Monitor("inproc://n", everything, 1, opt.TypePair), errno.ENOTSOCK)
	s = b.socket(opt.TypePull)
	b.ctx.Shutdown()
	b.wants(s.Monitor("inproc://n", everything, 1, opt.TypePair), errno.ETERM)
}

// A monitor of every type tells the same; what happened before somebody reads
// is not lost, but for PUB.
func TestMonitorTypes(t *testing.T) {
	for typ, reader := range map[int]int{opt.TypePair: opt.TypePair, opt.TypePub: opt.TypeSub, opt.TypePush: opt.TypePull} {
		b := newBench(t)
		s := b.socket(opt.TypePull)
		b.ok(s.Monitor("inproc://m", everything, 1, typ))
		var r *Socket
		if typ == opt.TypePub {
			r = b.reader(reader, "inproc://m")
		}
		ep := b.bind(s)
		if typ != opt.TypePub {
			r = b.reader(reader, "inproc://m")
		}
		fd, name := b.kind(r, link.Listening)
		if name != ep {
			t.Errorf("endpoint %s; want %s", name, ep)
		}
		b.ok(s.Unbind(ep))
		if n, _ := b.kind(r, link.Closed); n != fd || int32(fd) < 0 {
			t.Errorf("descriptors %d and %d", fd, n)
		}
		b.closed(s)
		b.kind(r, link.MonitorStopped)
	}
}

// The descriptor of a connection is one through all its events.
func TestMonitorDescriptors(t *testing.T) {
	b := newBench(t)
	pull, push := b.socket(opt.TypePull), b.socket(opt.TypePush)
	b.ok(pull.Monitor("inproc://pull", everything, 1, opt.TypePair))
	b.ok(push.Monitor("inproc://push", everything, 1, opt.TypePair))
	in, out := b.reader(opt.TypePair, "inproc://pull"), b.reader(opt.TypePair, "inproc://push")
	ep := b.bind(pull)
	b.kind(in, link.Listening)
	b.ok(push.Connect(ep))
	b.kind(out, link.ConnectDelayed)
	far, _ := b.kind(out, link.Connected)
	b.kind(out, link.HandshakeDone)
	near, _ := b.kind(in, link.Accepted)
	b.kind(in, link.HandshakeDone)
	b.closed(pull)
	b.kind(in, link.Closed)
	b.kind(in, link.MonitorStopped)
	if fd, _ := b.kind(out, link.Disconnected); fd != far || fd == near || int32(fd) < 0 || int32(near) < 0 {
		t.Errorf("descriptors %d, then %d; the other side's is %d", far, fd, near)
	}
}

// Nobody reads: nothing waits, not even closing, and what is too much is
// counted.
func TestMonitorUnread(t *testing.T) {
	for _, connected := range []bool{false, true} {
		b := newBench(t)
		s := b.socket(opt.TypePull)
		b.ok(s.Monitor("inproc://m", everything, 1, opt.TypePair))
		if connected {
			b.reader(opt.TypePair, "inproc://m")
		}
		const n = 5000
		for range n {
			s.events.Emit(link.Event{Kind: link.Listening, Incoming: true})
		}
		// PAIR holds as many as two high-water marks allow, and one is in
		// the monitor's hand, which may have taken the backlog once more.
		if d := s.Events().Count().Dropped; d == 0 || d > n-1024 {
			t.Errorf("%d dropped", d)
		}
		b.ok(s.Monitor("inproc://m", everything, 1, opt.TypePair))
		if d := s.Events().Count().Dropped; d < n-2000-1 || d > n+1 {
			t.Errorf("%d dropped", d)
		}
		b.closed(s)
	}
}

// Who begins to read just before the end is told everything.
func TestMonitorReadAtTheEnd(t *testing.T) {
	for range 100 {
		b := newBench(t)
		s := b.socket(opt.TypePull)
		b.ok(s.Monitor("inproc://m", everything, 1, opt.TypePair))
		b.bind(s)
		runtime.Gosched() // the monitor may wait for a reader by now
		r := b.reader(opt.TypePair, "inproc://m")
		b.ok(s.Monitor("", 0, 1, opt.TypePair))
		b.kind(r, link.Listening)
		b.kind(r, link.MonitorStopped)
		if lost, _ := b.ctx.Close(t.Context()); lost != 0 {
			t.Errorf("%d messages of monitors count as lost", lost)
		}
	}
}

// A monitor that is replaced says so, and no more.
func TestMonitorReplaced(t *testing.T) {
	b := newBench(t)
	s := b.socket(opt.TypePull)
	b.ok(s.Monitor("inproc://a", everything, 1, opt.TypePair))
	first := b.reader(opt.TypePair, "inproc://a")
	b.ok(s.Monitor("inproc://b", uint64(link.Listening), 1, opt.TypePair))
	b.kind(first, link.MonitorStopped)
	second := b.reader(opt.TypePair, "inproc://b")
	b.ok(s.Unbind(b.bind(s)))
	b.kind(second, link.Listening)
	b.ok(s.Monitor("inproc://c", uint64(link.MonitorStopped), 1, opt.TypePair))
	third := b.reader(opt.TypePair, "inproc://c")
	b.ok(s.Monitor("", 0, 1, opt.TypePair))
	b.kind(third, link.MonitorStopped)
	for _, r := range []*Socket{first, second, third} {
		if m, err := r.Recv(t.Context(), true); err != errno.EAGAIN {
			t.Errorf("it goes on: %q, %v", m.First, err)
		}
	}
}

// A version that does not exist is taken, and tells nothing.
func TestMonitorOfNoVersion(t *testing.T) {
	b := newBench(t)
	s := b.socket(opt.TypePull)
	b.ok(s.Monitor("inproc://m", everything, 3, opt.TypePair))
	r := b.reader(opt.TypePair, "inproc://m")
	b.bind(s)
	b.closed(s)
	if m, err := r.Recv(t.Context(), true); err != errno.EAGAIN {
		t.Errorf("%q, %v", m.First, err)
	}
}

func TestPipesStats(t *testing.T) {
	b := newBench(t)
	push, pull := b.socket(opt.TypePush), b.socket(opt.TypePull)
	b.ok(push.Set(opt.ByName("SNDHWM"), 2)) // what is written is counted off at once
	b.wants(push.PipesStats(), errno.EINVAL)
	b.ok(push.Monitor("inproc://m", everything, 2, opt.TypePair))
	b.wants(push.PipesStats(), errno.EINVAL)
	b.ok(push.Monitor("inproc://m", uint64(link.PipeStats), 2, opt.TypePair))
	r := b.reader(opt.TypePair, "inproc://m")
	b.wants(push.PipesStats(), errno.EAGAIN)
	stats := func(want uint64) (local, remote string) {
		t.Helper()
		b.ok(push.PipesStats())
		m := b.next(r)
		var n []uint64
		for _, f := range m[:len(m)-2] {
			n = append(n, binary.NativeEndian.Uint64(f))
		}
		if len(n) != 4 || n[0] != uint64(link.PipeStats) || n[1] != 2 || n[2] != want || n[3] != 0 {
			t.Errorf("the event is %v; want %d to be sent", n, want)
		}
		return string(m[len(m)-2]), string(m[len(m)-1])
	}
	// Nobody listens there: what is sent waits.
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	b.ok(err)
	ep := "tcp://" + ln.Addr().String()
	ln.Close()
	b.ok(push.Connect(ep))
	b.ok(push.Send(t.Context(), [][]byte{[]byte("one")}, false))
	b.ok(push.Send(t.Context(), [][]byte{[]byte("two"), nil}, false))
	if local, remote := stats(2); local != "" || remote != ep {
		t.Errorf("from %q to %q", local, remote)
	}
	_, err = pull.Bind(ep)
	b.ok(err)
	b.ok(push.WaitConnected(t.Context(), 1))
	b.next(pull)
	b.next(pull)
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		if push.Stats().Peers[0].SendQueue == 0 { // the writer has noted that they are sent
			break
		}
	}
	if local, remote := stats(0); len(local) < len("tcp://127.0.0.1:1") || local[:16] != "tcp://127.0.0.1:" || remote != ep {
		t.Errorf("from %q to %q", local, remote)
	}
}

// Monitors come and go while everything happens.
func TestMonitorFromManySides(t *testing.T) {
	b := newBench(t)
	s := b.socket(opt.TypeDealer)
	peer := b.socket(opt.TypeDealer)
	ep := b.bind(peer)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 20 {
				name := fmt.Sprint("inproc://m", i, "-", j)
				if err := s.Monitor(name, everything, 1+i%2, opt.TypePub); err != nil && !errors.Is(err, errno.ENOTSOCK) {
					t.Error(err)
				}
				s.PipesStats()
			}
		})
	}
	wg.Go(func() {
		for range 20 {
			s.Connect(ep)
			if a, err := s.Bind("tcp://127.0.0.1:*"); err == nil {
				s.Unbind(a)
			}
			s.Disconnect(ep)
		}
		s.StartClose()
	})
	wg.Wait()
	b.closed(s)
	if s.events.Monitors(everything) {
		t.Error("a monitor is left")
	}
}

// What libzmq has no word for is for listeners alone, and the other way round.
func TestEventScopes(t *testing.T) {
	b := newBench(t)
	s := b.socket(opt.TypePull)
	l := s.Events().Listen()
	var hooked []link.Kind
	s.Events().OnEvent(func(ev link.Event) { hooked = append(hooked, ev.Kind) })
	b.ok(s.Monitor("inproc://m", everything, 1, opt.TypePair))
	r := b.reader(opt.TypePair, "inproc://m")
	for kind, scope := range map[link.Kind]link.Scope{link.Closed: link.Framed, link.Disconnected: link.Typed} {
		s.events.Emit(link.Event{Kind: kind, Scope: scope})
	}
	s.events.Emit(link.Event{Kind: link.Accepted})
	b.kind(r, link.Closed)
	b.kind(r, link.Accepted)
	list, _, _ := l.Take()
	var typed []link.Kind
	for _, ev := range list {
		typed = append(typed, ev.Kind)
	}
	want := fmt.Sprint([]link.Kind{link.Disconnected, link.Accepted})
	if fmt.Sprint(typed) != want || fmt.Sprint(hooked) != want {
		t.Errorf("listeners got %v and the hook %v; want %v", typed, hooked, want)
	}
}

func TestStatsEvent(t *testing.T) {
	ev := statsEvent(&PeerStats{Endpoint: "inproc://x", Peer: &msg.Peer{Incoming: true, Local: "inproc://x"}}, &opt.Net{IPv6: true})
	if ev.Local != "inproc://x" || !ev.Incoming {
		t.Errorf("%+v", ev)
	}
	if fd := transport.FD("nothing"); fd != -1 {
		t.Error(fd)
	}
}
