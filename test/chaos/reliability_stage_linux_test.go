package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// A stage is where a row is proved: one socket of the Go API here, and its peers,
// in this process or in others.
type stage struct {
	*testing.T
	ctx    context.Context
	scheme string
	dir    string
	at     *atomic.Int64 // names
}

var stages atomic.Int64

func newStage(t *testing.T, scheme string) *stage {
	s := &stage{T: t, ctx: deadline(t), scheme: scheme, at: &stages}
	if scheme == "ipc" {
		s.dir = t.TempDir()
		if len(s.dir) > 80 {
			t.Skip("the path of temporary files is too long for ipc")
		}
	}
	return s
}

// wild is an endpoint to bind.
func (s *stage) wild() string {
	switch s.scheme {
	case "tcp":
		return "tcp://127.0.0.1:*"
	case "ipc":
		return fmt.Sprintf("ipc://%s/%d", s.dir, s.at.Add(1))
	}
	return fmt.Sprintf("inproc://stage-%d", s.at.Add(1))
}

// A near is a socket of this process, with what has happened to it.
type near struct {
	*zmq.Socket
	s  *stage
	mu sync.Mutex
	// By kind, those that no call of await has returned.
	events map[zmq.EventKind][]zmq.Event
}

// socket makes one with small queues; options come after.
func (s *stage) socket(kind zmq.Type, options ...zmq.Option) *near {
	s.Helper()
	n := &near{s: s, events: make(map[zmq.EventKind][]zmq.Event)}
	n.Socket = socket(s.T, kind, append([]zmq.Option{zmq.SendHWM.Of(mark), zmq.RecvHWM.Of(mark),
		zmq.SendBuffer.Of(buffer), zmq.RecvBuffer.Of(buffer)}, options...)...)
	seq := n.Monitor().Events(s.ctx)
	over := make(chan struct{})
	go func() { // owned by the test: see Cleanup
		defer close(over)
		for ev := range seq {
			n.mu.Lock()
			n.events[ev.Kind] = append(n.events[ev.Kind], ev)
			n.mu.Unlock()
		}
	}()
	s.Cleanup(func() {
		n.Close()
		<-over
	})
	return n
}

// await waits for an event, and takes it.
func (n *near) await(kind zmq.EventKind) (ev zmq.Event) {
	n.s.Helper()
	await(n.s.T, n.s.ctx, kind.String(), func() bool {
		n.mu.Lock()
		defer n.mu.Unlock()
		list := n.events[kind]
		if len(list) == 0 {
			return false
		}
		ev, n.events[kind] = list[0], list[1:]
		return true
	})
	return ev
}

func (n *near) bind(at string) string {
	n.s.Helper()
	var addr string
	await(n.s.T, n.s.ctx, "binding to "+at, func() (ok bool) {
		var err error
		addr, err = n.Bind(at)
		return err == nil // it may be in use for a moment
	})
	return addr
}

// connect connects, and waits for the peer.
func (n *near) connect(at string) {
	n.s.Helper()
	must(n.s.T, n.Connect(at))
	must(n.s.T, n.WaitConnected(n.s.ctx, 1))
}

// give sends a message that the caller is sure there is room for, or waits.
func (n *near) give(frames ...[]byte) {
	n.s.Helper()
	must(n.s.T, n.Send(n.s.ctx, frames...))
}

// take receives a message, and enters what is behind the first frames into f.
func (n *near) take(f *flow, strip int) {
	n.s.Helper()
	m, err := n.Recv(n.s.ctx)
	must(n.s.T, err)
	f.enter(m.Peer().Conn, m.Frames()[strip:])
}

// fill sends until there is no room any more, and returns how many were sent. The
// peer must not be receiving.
func (n *near) fill(f *flow, prefix ...[]byte) (sent int) {
	n.s.Helper()
	body := slices.Concat(prefix, f.nextLarge())
	n.untilFull(func() bool {
		ok, err := n.TrySend(body...)
		must(n.s.T, err)
		if ok {
			sent++
			body = slices.Concat(prefix, f.nextLarge())
		}
		return ok
	})
	f.takeBack()
	return sent
}

// fillAll is fill for a publisher, which drops: it publishes until nothing has room.
func (n *near) fillAll(f *flow, prefix ...[]byte) {
	n.s.Helper()
	n.untilFull(func() bool {
		before := n.Stats().Dropped
		n.give(slices.Concat(prefix, f.nextLarge())...)
		return n.Stats().Dropped == before
	})
}

// untilFull calls send until it has reported false for so long that the writer has
// got rid of what it could. What is full now may get room for some more later, but
// not for all that waits: see nextLarge.
func (n *near) untilFull(send func() bool) {
	for refused := 0; refused < 40; refused++ {
		if send() {
			refused = -1
			continue
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// nextLarge is next, but every other message is so large that half a queue of them
// is more than the system has buffers for.
func (f *flow) nextLarge() [][]byte {
	if f.count()%2 == 0 {
		return f.next()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	frames := f.body(len(f.sizes)+1, buffer)
	f.sizes = append(f.sizes, len(frames[0])+len(frames[1])+len(frames[2]))
	f.seen = append(f.seen, 0)
	return frames
}

// takeBack forgets the last message, which was not sent.
func (f *flow) takeBack() {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.sizes) - 1
	f.sizes, f.seen = f.sizes[:n], f.seen[:n]
}

// has says whether message i has come.
func (f *flow) has(i int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seen[i-1] > 0
}

// flow is one of messages from one socket to others.
func (s *stage) flow() *flow {
	id := uint32(s.at.Add(1))
	return newFlow(id, rand.New(rand.NewPCG(*seed, uint64(id))))
}

// good fails if a message of f came twice, in part, or out of order.
func (s *stage) good(f *flow) {
	s.Helper()
	if f.mu.Lock(); f.what != "" {
		s.Errorf("%s (%d twice, %d broken, %d out of order)", f.what, f.twice, f.corrupt, f.disorder)
	}
	f.mu.Unlock()
}

// got waits until n messages of f have come.
func (s *stage) got(f *flow, n int) {
	s.Helper()
	await(s.T, s.ctx, fmt.Sprintf("%d messages", n), func() bool { return f.tally(0).got >= n })
	if t := f.tally(0); t.got > n {
		s.Errorf("%d messages came, want %d", t.got, n)
	}
	s.good(f)
}

// drain enters into f what n receives, beside the test, until n is closed.
func (s *stage) drain(n *near, f *flow, strip int) {
	var wg sync.WaitGroup
	wg.Go(func() { // owned by the test: see Cleanup
		for m, err := range n.Messages(s.ctx) {
			if err != nil {
				return
			}
			if m.Len() > strip {
				f.enter(m.Peer().Conn, m.Frames()[strip:])
			}
		}
	})
	s.Cleanup(func() {
		n.Close()
		wg.Wait()
	})
}

// child starts a process with a socket, whose messages are entered into f if that
// is not nil; else it receives none.
func (s *stage) child(kind zmq.Type, f *flow, strip int, options ...string) *peer {
	s.Helper()
	if f == nil {
		options = append(options, ownDeaf+"=1")
	}
	p, err := new(workshop).start("go", "", func(_ *peer, conn uint64, frames [][]byte) {
		if f != nil && len(frames) > strip {
			f.enter(conn, frames[strip:])
		}
	})
	must(s.T, err)
	s.Cleanup(p.kill)
	must(s.T, p.open(int(kind), append([]string{"LINGER=0", "RECONNECT_IVL=5", "SNDHWM=" + itoa(mark), "RCVHWM=" + itoa(mark),
		"SNDBUF=" + itoa(buffer), "RCVBUF=" + itoa(buffer)}, options...)...))
	return p
}

func (s *stage) bound(p *peer) string {
	s.Helper()
	at, err := p.do(cmdBind, s.wild())
	must(s.T, err)
	return at
}

func (s *stage) joins(p *peer, at string) {
	s.Helper()
	_, err := p.do(cmdConnect, at)
	must(s.T, err)
}

// halt stops a process, and waits until it stands.
func (s *stage) halt(p *peer) {
	s.Helper()
	p.signal(syscall.SIGSTOP)
	await(s.T, s.ctx, "the process stands", func() bool { return strings.HasPrefix(p.state(), "T") })
}

// relayTo stands before an endpoint; relays are told what to do by the test.
func (s *stage) relayTo(at string) (string, *relay) {
	s.Helper()
	network, own, scheme := "tcp", "127.0.0.1:0", "tcp://"
	if s.scheme == "ipc" {
		network, own, scheme = "unix", filepath.Join(s.dir, fmt.Sprint("relay", s.at.Add(1))), "ipc://"
	}
	r, err := newRelay(network, own, strings.TrimPrefix(at, scheme), 256<<10, rand.New(rand.NewPCG(*seed, 7)))
	must(s.T, err)
	s.Cleanup(r.close)
	return scheme + r.addr(), r
}

// gone checks that n has dropped as many messages as an event says, and returns
// how many.
func (n *near) gone() int {
	n.s.Helper()
	ev := n.await(zmq.EventMessagesDropped)
	st := n.Stats()
	if ev.Dropped == 0 || uint64(ev.Dropped) != st.Dropped || st.SendQueue != 0 || ev.Err == nil {
		n.s.Errorf("event %+v; %d were counted, and %d wait", ev, st.Dropped, st.SendQueue)
	}
	return ev.Dropped
}
