package link

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/internal/transport"
)

func TestMain(m *testing.M) { testutil.Main(m) }

// session is a Session with a pipe that outlives its connections. It is the
// Owner of its End, and has a send lock, as a socket has.
type session struct {
	end, far *pipe.End
	port     *engine.Handle
	refuse   error

	mu    sync.Mutex
	asked atomic.Bool

	live, idle   atomic.Bool
	ended        atomic.Bool
	ready, losts atomic.Int32
	lost         atomic.Value // of cause
}

type cause struct{ error }

func newSession(m pipe.Marks) *session {
	s := &session{port: engine.NewHandle(nil)}
	s.end, s.far = pipe.New(s, s.port, m, true)
	return s
}

func (s *session) Wake(*pipe.End, pipe.Event) {}

func (s *session) Flush(*pipe.End) {
	s.asked.Store(true)
	s.answer()
}

func (s *session) answer() {
	for s.asked.Load() && s.mu.TryLock() {
		s.asked.Store(false)
		s.end.Flush()
		s.mu.Unlock()
	}
}

// with calls f with the send lock held.
func (s *session) with(f func()) {
	s.mu.Lock()
	f()
	s.mu.Unlock()
	s.answer()
}

func (s *session) Ready(*msg.Peer) (*pipe.End, *engine.Handle, error) {
	if s.refuse != nil {
		return nil, nil, s.refuse
	}
	s.ready.Add(1)
	s.live.Store(true)
	return s.far, s.port, nil
}

func (s *session) Lost(err error) {
	s.live.Store(false)
	s.losts.Add(1)
	s.lost.Store(cause{err})
}

func (s *session) Waiting(func(error)) {}

func (s *session) Retire() {}

func (s *session) Ended() { s.ended.Store(true) }

func (s *session) Live() bool { return s.live.Load() }
func (s *session) Idle() (idle bool) {
	s.with(func() { idle = s.idle.Load() && s.end.Queued() == 0 })
	return idle
}

// close is what the socket does that closes.
func (s *session) close() {
	s.idle.Store(true)
	s.with(func() {
		s.end.DropInput()
		s.end.CloseIn()
		s.end.CloseOut()
	})
}

func (s *session) send(body string) {
	s.with(func() { s.end.Send(&msg.Message{Frames: [][]byte{[]byte(body)}}) })
}

// events collects what is told.
type events struct {
	mu   sync.Mutex
	list []Event
}

func (e *events) add(ev Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, ev)
}

// of gives the events of one kind.
func (e *events) of(k Kind) []Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []Event
	for _, ev := range e.list {
		if ev.Kind == k {
			list = append(list, ev)
		}
	}
	return list
}

// want checks how many there are of some kinds, given as pairs.
func (e *events) want(t *testing.T, pairs ...int) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if n := len(e.of(Kind(pairs[i]))); n != pairs[i+1] {
			t.Errorf("%d events %#x; want %d", n, pairs[i], pairs[i+1])
		}
	}
}

func settings(ev *events) Settings {
	return Settings{
		Engine: engine.Config{
			SocketType: "DEALER", Peers: []string{"DEALER"}, Endpoint: "fake://here",
			Wire: opt.Wire{MaxMsgSize: -1},
		},
		Life:   opt.Life{ReconnectIvl: 100 * time.Millisecond, ReconnectIvlMax: time.Second},
		Events: ev.add,
	}
}

// fake is a Transport whose Dial is a function.
type fake struct {
	dials atomic.Int32
	dial  func(ctx context.Context, n int) (net.Conn, error)
}

func (f *fake) Framing() string                     { return transport.ZMTP }
func (f *fake) Scheme() string                      { return "fake" }
func (f *fake) CheckBind(string, *opt.Net) error    { return nil }
func (f *fake) CheckConnect(string, *opt.Net) error { return nil }
func (f *fake) Listen(string, *opt.Net) (transport.Listener, error) {
	return nil, errno.ENOTSUP
}

func (f *fake) Dial(ctx context.Context, _ string, _ *opt.Net) (net.Conn, error) {
	transport.LooksUp(ctx)
	return f.dial(ctx, int(f.dials.Add(1)))
}

// a peer is the far side of a connection that the tests make.
type peer struct {
	conn net.Conn
	done chan struct{}

	mu  sync.Mutex
	got []byte
}

// newPeer gives our side of a connection, and the peer at the other. It reads
// until the connection ends.
func newPeer() (net.Conn, *peer) {
	near, far := net.Pipe()
	p := &peer{conn: far, done: make(chan struct{})}
	go func() { // ends with the connection, in the test's bubble
		defer close(p.done)
		for b := make([]byte, 4096); ; {
			n, err := far.Read(b)
			p.mu.Lock()
			p.got = append(p.got, b[:n]...)
			p.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return near, p
}

func (p *peer) shake() { p.conn.Write(append(testutil.Greeting(), testutil.Ready("DEALER")...)) }

func (p *peer) read() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.got)
}

// ended checks that a Done channel is closed by now.
func ended(t *testing.T, done <-chan struct{}, want bool) {
	t.Helper()
	synctest.Wait()
	select {
	case <-done:
		if !want {
			t.Error("it has ended")
		}
	default:
		if want {
			t.Error("it has not ended")
		}
	}
}
