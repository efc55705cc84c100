// Package conformance holds every socket type to what ZeroMQ promises, over
// every transport that package transport lists, by way of the public API alone.
package conformance

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/internal/transport"
)

func TestMain(m *testing.M) {
	// Where ipc://* makes its directories; else it would be the current one.
	os.Setenv("TMPDIR", os.TempDir())
	testutil.Main(m)
}

// limit bounds a test that hangs. Nothing is measured against it.
const limit = testutil.Patience

// wires are the transports that have connections within this machine, and of each
// an address that has the system choose. schemes are these and inproc.
var wires = func() map[string]string {
	all := make(map[string]string)
	for _, scheme := range transport.Schemes() {
		tr, _ := transport.Lookup(scheme)
		if w, ok := tr.(transport.Wild); ok {
			all[scheme] = w.Wild()
		}
	}
	return all
}()

var (
	wired   = slices.Sorted(maps.Keys(wires))
	schemes = append(slices.Clone(wired), transport.Inproc)
)

// a bed is what one test stands on: sockets that are closed after it, a
// transport, and a context that ends before the test binary does.
type bed struct {
	*testing.T
	ctx    context.Context
	own    *zmq.Context
	scheme string
}

// lay makes a bed. The sockets are closed before the test ends.
func lay(t *testing.T, scheme string) *bed {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	b := &bed{T: t, ctx: ctx, own: zmq.NewContext(), scheme: scheme}
	t.Cleanup(func() {
		over, stop := context.WithCancel(context.Background())
		stop() // what a test left unsent is none of its concern
		b.own.Shutdown(over)
		cancel()
	})
	return b
}

// each runs a test over every transport.
func each(t *testing.T, test func(*bed)) { over(t, schemes, test) }

// eachWire runs a test over the transports that have connections.
func eachWire(t *testing.T, test func(*bed)) { over(t, wired, test) }

func over(t *testing.T, list []string, test func(*bed)) {
	t.Helper()
	for _, scheme := range list {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			test(lay(t, scheme))
		})
	}
}

// ok fails the test if err is not nil.
func (b *bed) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// is fails the test if err is not want.
func (b *bed) is(err, want error) {
	b.Helper()
	if !errors.Is(err, want) {
		b.Fatalf("got error %v, want %v", err, want)
	}
}

// socket makes a socket that reconnects at once, and waits for room also where it
// names its peer.
func (b *bed) socket(t zmq.Type, options ...zmq.Option) *zmq.Socket {
	b.Helper()
	s, err := b.own.New(t, append([]zmq.Option{zmq.ReconnectInterval.Of(5 * time.Millisecond), zmq.SendTimeout.Of(-1)}, options...)...)
	b.ok(err)
	return s
}

var names atomic.Int64

// wild is an endpoint to bind, of which Bind tells the real name.
func (b *bed) wild() string {
	if addr, ok := wires[b.scheme]; ok {
		return b.scheme + "://" + addr
	}
	return fmt.Sprintf("inproc://%d", names.Add(1))
}

// free is an endpoint that nobody has bound and that can be bound later.
func (b *bed) free() string {
	b.Helper()
	switch wild := wires[b.scheme]; {
	case strings.HasSuffix(wild, ":*"):
		return b.scheme + "://" + freePort(b.T)
	case wild == "*":
		dir, err := os.MkdirTemp("", "zmq")
		b.ok(err)
		b.Cleanup(func() { os.RemoveAll(dir) })
		return b.scheme + "://" + filepath.Join(dir, "s")
	}
	return b.wild()
}

// freePort is a host:port below the range of ports that the system gives out,
// so that no other test is given it meanwhile.
func freePort(t *testing.T) string {
	t.Helper()
	for range 1000 {
		addr := fmt.Sprintf("127.0.0.1:%d", 20000+(os.Getpid()*131+int(names.Add(1))*7)%12000)
		if ln, err := net.Listen("tcp", addr); err == nil {
			ln.Close()
			return addr
		}
	}
	t.Fatal("no free port")
	return ""
}

func (b *bed) bind(s *zmq.Socket) string {
	b.Helper()
	addr, err := s.Bind(b.wild())
	b.ok(err)
	return addr
}

// bound makes a socket and binds it.
func (b *bed) bound(t zmq.Type, options ...zmq.Option) (*zmq.Socket, string) {
	b.Helper()
	s := b.socket(t, options...)
	return s, b.bind(s)
}

// connected makes a socket, connects it and waits until it is.
func (b *bed) connected(t zmq.Type, addr string, options ...zmq.Option) *zmq.Socket {
	b.Helper()
	s := b.socket(t, options...)
	b.ok(s.Connect(addr))
	b.ok(s.WaitConnected(b.ctx, 1))
	return s
}

// pair joins two new sockets, a bound and z connected, both ready.
func (b *bed) pair(a, z zmq.Type, options ...zmq.Option) (bound, conn *zmq.Socket) {
	b.Helper()
	bound, addr := b.bound(a, options...)
	conn = b.connected(z, addr, options...)
	b.ok(bound.WaitConnected(b.ctx, 1))
	return bound, conn
}

func (b *bed) send(s *zmq.Socket, frames ...string) {
	b.Helper()
	b.ok(s.Send(b.ctx, raw(frames...)...))
}

// recv receives a message as text.
func (b *bed) recv(s *zmq.Socket) []string {
	b.Helper()
	m, err := s.Recv(b.ctx)
	b.ok(err)
	return text(m)
}

// want receives a message and compares it.
func (b *bed) want(s *zmq.Socket, frames ...string) {
	b.Helper()
	if got := b.recv(s); !slices.Equal(got, frames) {
		b.Fatalf("%s received %.80q, want %.80q", s.Type(), got, frames)
	}
}

// silent checks that nothing is there to receive, once what was sent by a
// marker's way must have arrived.
func (b *bed) silent(s *zmq.Socket) {
	b.Helper()
	m, ok, err := s.TryRecv()
	b.ok(err)
	if ok {
		b.Fatalf("%s received %.80q, want nothing", s.Type(), text(m))
	}
}

// await polls for what no call can wait for.
func (b *bed) await(what string, cond func() bool) {
	b.Helper()
	for !cond() {
		if b.ctx.Err() != nil {
			b.Fatalf("never came about: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// spawn runs f beside the test, which waits for it at its end.
func (b *bed) spawn(f func()) (wait func()) {
	done := make(chan struct{})
	go func() { // owned by the test: see Cleanup
		defer close(done)
		f()
	}()
	wait = func() {
		b.Helper()
		select {
		case <-done:
		case <-b.ctx.Done():
			b.Error("a goroutine of the test does not end")
		}
	}
	b.Cleanup(func() { <-done })
	return wait
}

// waiting is how many goroutines are blocked in a function of that name.
func waiting(function string) int {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	n := 0
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		head, _, _ := strings.Cut(stack, "\n")
		if strings.Contains(head, "[select") && strings.Contains(stack, "."+function+"(") {
			n++
		}
	}
	return n
}

// quiet is a context that ends soon: for what must not happen.
func (b *bed) quiet() context.Context {
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Millisecond)
	b.Cleanup(cancel)
	return ctx
}

func raw(frames ...string) [][]byte {
	list := make([][]byte, len(frames))
	for i, f := range frames {
		list[i] = []byte(f)
	}
	return list
}

func text(m zmq.Message) []string {
	var list []string
	for _, f := range m.All() {
		list = append(list, string(f))
	}
	return list
}

// events collects a socket's events of the given kinds in the background.
func (b *bed) events(s *zmq.Socket, kinds ...zmq.EventKind) <-chan zmq.Event {
	ctx, cancel := context.WithCancel(b.ctx)
	seq := s.Monitor().Events(ctx)
	out := make(chan zmq.Event, 1000)
	b.spawn(func() { pump(seq, out, kinds) })
	b.Cleanup(cancel)
	return out
}

func pump(seq iter.Seq[zmq.Event], out chan<- zmq.Event, kinds []zmq.EventKind) {
	for ev := range seq {
		if len(kinds) == 0 || slices.Contains(kinds, ev.Kind) {
			select {
			case out <- ev:
			default:
			}
		}
	}
}

// next waits for an event.
func (b *bed) next(from <-chan zmq.Event) zmq.Event {
	b.Helper()
	select {
	case ev := <-from:
		return ev
	case <-b.ctx.Done():
		b.Fatal("the event never came")
		panic("unreachable")
	}
}
