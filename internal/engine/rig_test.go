package engine

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/zmtp"
)

func TestMain(m *testing.M) { testutil.Main(m) }

const patience = testutil.Patience

// config is a DEALER's, whose peers may be anything that talks to one.
func config() *Config {
	return &Config{
		SocketType: "DEALER",
		TypeNumber: opt.TypeDealer,
		Peers:      []string{"DEALER", "ROUTER", "REP"},
		Announce:   true,
		Wire:       opt.Wire{MaxMsgSize: -1, HeartbeatTimeout: -1},
	}
}

// An owner is the test as the Owner of a pipe: it has a send lock, as a socket
// has, and hands over what it holds back when it is asked.
type owner struct {
	in    chan struct{} // wakes the test
	mu    sync.Mutex
	asked atomic.Bool
}

func (o *owner) Wake(_ *pipe.End, ev pipe.Event) {
	if ev == pipe.In {
		select {
		case o.in <- struct{}{}:
		default:
		}
	}
}

func (o *owner) Flush(e *pipe.End) {
	o.asked.Store(true)
	o.answer(e)
}

func (o *owner) answer(e *pipe.End) {
	for o.asked.Load() && o.mu.TryLock() {
		o.asked.Store(false)
		e.Flush()
		o.mu.Unlock()
	}
}

// with calls f with the send lock of e held.
func (o *owner) with(e *pipe.End, f func()) {
	o.mu.Lock()
	f()
	o.mu.Unlock()
	o.answer(e)
}

// sock is the socket's side of a connection: its pipe.
type sock struct {
	t      testing.TB
	end    *pipe.End
	far    *pipe.End
	handle *Handle
	own    *owner
	err    error // what Ready returns
	peer   *msg.Peer
}

func newSock(t testing.TB, m pipe.Marks) *sock {
	s := &sock{t: t, handle: NewHandle(nil), own: &owner{in: make(chan struct{}, 1)}}
	s.end, s.far = pipe.New(s.own, s.handle, m, true)
	return s
}

func (s *sock) ready(p *msg.Peer) (*pipe.End, *Handle, error) {
	s.peer = p
	return s.far, s.handle, s.err
}

func (s *sock) send(frames ...string) {
	s.t.Helper()
	var m msg.Message
	for _, f := range frames {
		m.Frames = append(m.Frames, []byte(f))
	}
	ok := false
	if s.own.with(s.end, func() { ok = s.end.Send(&m) }); !ok {
		s.t.Fatal("no room")
	}
}

// close is what a socket does that closes: what is queued still goes.
func (s *sock) close() {
	s.own.with(s.end, func() {
		s.end.DropInput()
		s.end.CloseIn()
		s.end.CloseOut()
	})
}

func (s *sock) depth() (d pipe.Depth) {
	s.own.with(s.end, func() { d = s.end.Depth() })
	return d
}

// recv waits for a message and gives it as one string, frames divided by bars.
func (s *sock) recv() string {
	s.t.Helper()
	var m msg.Message
	end := time.After(patience)
	for !s.end.Recv(&m) {
		select {
		case <-s.own.in:
		case <-end:
			s.t.Fatal("nothing received")
		}
	}
	return string(bytes.Join(m.Frames, []byte("|")))
}

// all is what has been received by now.
func (s *sock) all() []string {
	var list []string
	var m msg.Message
	for s.end.Recv(&m) {
		list = append(list, string(bytes.Join(m.Frames, []byte("|"))))
	}
	return list
}

// queued is what has not been sent.
func (s *sock) queued() []string {
	var list []string
	var b pipe.Batch
	for {
		if any, _ := s.far.TakeBatch(&b, 1<<20); !any {
			return list
		}
		var m [][]byte
		b.Frames(func(flags byte, body []byte) {
			m = append(m, body)
			if flags&zmtp.FlagMore == 0 {
				list = append(list, string(bytes.Join(m, []byte("|"))))
				m = nil
			}
		})
	}
}

// a run is an engine at work.
type run struct {
	*sock
	done chan error
	conn net.Conn // the peer's side
}

// start runs an engine on its side of a TCP connection.
func start(t *testing.T, cfg *Config, s *sock) *run {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	far, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	near, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	far.SetDeadline(time.Now().Add(patience))
	return startOn(t, near, far, cfg, s)
}

func startOn(t *testing.T, near, far net.Conn, cfg *Config, s *sock) *run {
	r := &run{sock: s, done: make(chan error, 1), conn: far}
	go func() { r.done <- Run(near, cfg, s.ready) }() // ends with far, closed below
	t.Cleanup(func() { far.Close() })
	return r
}

// over waits for the engine and returns why it ended.
func (r *run) over() error {
	r.t.Helper()
	select {
	case err := <-r.done:
		if err == nil {
			r.t.Fatal("ended without a reason")
		}
		return err
	case <-time.After(patience):
		r.t.Fatal("the engine does not end")
	}
	return nil
}

// wantEnd checks that the engine ends for an error that is target, if that is
// not nil, and says text.
func (r *run) wantEnd(target error, text string) {
	r.t.Helper()
	err := r.over()
	if target != nil && !errors.Is(err, target) {
		r.t.Errorf("ended with %v; want %v", err, target)
	}
	if !strings.Contains(err.Error(), text) {
		r.t.Errorf("ended with %q; want %q in it", err, text)
	}
}

func (r *run) write(b ...[]byte) {
	r.t.Helper()
	if _, err := r.conn.Write(bytes.Join(b, nil)); err != nil {
		r.t.Fatal(err)
	}
}

func (r *run) wantBytes(what string, want []byte) {
	r.t.Helper()
	got := make([]byte, len(want))
	n, err := io.ReadFull(r.conn, got)
	if err != nil || !bytes.Equal(got, want) {
		r.t.Fatalf("%s: read % x, %v; want % x", what, got[:n], err, want)
	}
}

// shake has the peer shake hands as a DEALER of 3.1.
func (r *run) shake() *testutil.Peer {
	r.t.Helper()
	p, err := testutil.Shake(r.conn, "DEALER")
	if err != nil {
		r.t.Fatal(err)
	}
	r.conn.SetDeadline(time.Now().Add(patience))
	return p
}

// hello is all that a peer of 3.1 says before its messages.
func hello(socketType string) []byte {
	return append(testutil.Greeting(), testutil.Ready(socketType)...)
}

// a script is a connection whose peer says what was written down before,
// chunk by chunk, and takes so many bytes.
type script struct {
	in    [][]byte
	hold  bool // after the last chunk wait to be closed; else end
	takes int  // fails when so many bytes were written; <0: never

	mu     sync.Mutex
	out    []byte
	once   sync.Once
	broken chan struct{}
}

func newScript(in ...[]byte) *script {
	return &script{in: slices.Clone(in), takes: -1, broken: make(chan struct{})}
}

func (c *script) Read(b []byte) (int, error) {
	for len(c.in) > 0 && len(c.in[0]) == 0 {
		c.in = c.in[1:]
	}
	if len(c.in) == 0 {
		if !c.hold {
			return 0, io.EOF
		}
		<-c.broken
		return 0, os.ErrClosed
	}
	n := copy(b, c.in[0])
	c.in[0] = c.in[0][n:]
	return n, nil
}

var errBroken = errors.New("broken on purpose")

func (c *script) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.takes >= 0 && len(c.out)+len(b) > c.takes {
		n := c.takes - len(c.out)
		c.out = append(c.out, b[:n]...)
		c.Close()
		return n, errBroken
	}
	c.out = append(c.out, b...)
	return len(b), nil
}

func (c *script) Close() error {
	c.once.Do(func() { close(c.broken) })
	return nil
}

func (c *script) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c *script) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (c *script) SetDeadline(time.Time) error      { return nil }
func (c *script) SetReadDeadline(time.Time) error  { return nil }
func (c *script) SetWriteDeadline(time.Time) error { return nil }
