// Package chaos treats sockets as a bad network and bad neighbours do:
// connections cut at any byte, peers killed, garbage, silence.
//
// What may be lost when a connection is cut is what was in flight: handed to the
// operating system and not yet read at the other end. That is at most the
// buffers of the system on both sides (here with a relay between them, so twice
// that), and what one read of the receiver had taken that ends inside a
// message. Nothing is ever received twice, in part, or out of order.
package chaos

import (
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

var (
	scale = flag.Int("scale", 1, "how many times more to do of everything")
	seed  = flag.Uint64("seed", 1, "of what is done by chance")
)

func TestMain(m *testing.M) {
	if role := os.Getenv("ZMQ_CHAOS_ROLE"); role != "" {
		os.Exit(child(role))
	}
	// Where ipc://* makes its directories; else it would be the current one.
	os.Setenv("TMPDIR", os.TempDir())
	testutil.Main(m)
}

// limit bounds a test that hangs.
const limit = 60 * time.Second

func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), limit*time.Duration(*scale))
	t.Cleanup(cancel)
	return ctx
}

func socket(t *testing.T, k zmq.Type, options ...zmq.Option) *zmq.Socket {
	t.Helper()
	s, err := zmq.New(k, append([]zmq.Option{zmq.ReconnectInterval.Of(2 * time.Millisecond), zmq.Linger.Of(0)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func bind(t *testing.T, s *zmq.Socket) string {
	t.Helper()
	addr, err := s.Bind("tcp://127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	return addr[len("tcp://"):]
}

func connect(t *testing.T, s *zmq.Socket, addr string) {
	t.Helper()
	if err := s.Connect("tcp://" + addr); err != nil {
		t.Fatal(err)
	}
}

// await polls for what no call waits for.
func await(t *testing.T, ctx context.Context, what string, cond func() bool) {
	t.Helper()
	for !cond() {
		if ctx.Err() != nil {
			t.Fatalf("never came about: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// A relay stands between two peers and cuts their connections, each after a
// number of bytes chosen by chance, half of them with a reset.
type relay struct {
	ln     net.Listener
	target string
	most   int // bytes that a connection may carry

	mu     sync.Mutex
	rng    *rand.Rand
	healed bool
	closed bool
	cuts   int
	conns  map[net.Conn]bool
	wg     sync.WaitGroup // the acceptor and two goroutines a connection
}

func newRelay(t *testing.T, target string, most int) *relay {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{ln: ln, target: target, most: most, rng: rand.New(rand.NewPCG(*seed, 7)), conns: make(map[net.Conn]bool)}
	r.wg.Add(1)
	go r.accept() // owned by r, see close
	t.Cleanup(r.close)
	return r
}

func (r *relay) addr() string { return r.ln.Addr().String() }

// heal cuts no more.
func (r *relay) heal() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.healed = true
}

func (r *relay) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cuts
}

func (r *relay) close() {
	r.ln.Close()
	r.mu.Lock()
	r.closed = true
	for c := range r.conns {
		c.Close()
	}
	r.mu.Unlock()
	r.wg.Wait()
}

func (r *relay) accept() {
	defer r.wg.Done()
	for {
		in, err := r.ln.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", r.target)
		if err != nil {
			in.Close()
			continue
		}
		w := &wire{r: r, ends: [2]net.Conn{in, out}}
		for _, c := range w.ends {
			c.(*net.TCPConn).SetReadBuffer(buffer)
			c.(*net.TCPConn).SetWriteBuffer(buffer)
		}
		r.mu.Lock()
		if r.closed {
			in.Close()
			out.Close()
		} else {
			r.conns[in], r.conns[out] = true, true
		}
		// Small numbers fall into the handshake, large ones into the traffic.
		w.left = 1 + r.rng.IntN(1<<(1+r.rng.IntN(20))%r.most+r.most/20)
		w.reset = r.rng.IntN(2) == 0
		r.wg.Add(2)
		r.mu.Unlock()
		go w.copy(in, out) // owned by r
		go w.copy(out, in) // owned by r
	}
}

// wire is one connection through the relay.
type wire struct {
	r     *relay
	ends  [2]net.Conn
	reset bool

	mu   sync.Mutex
	left int
	cut  bool
}

func (w *wire) copy(from, to net.Conn) {
	defer w.r.wg.Done()
	buf := make([]byte, 16<<10)
	for {
		n, err := from.Read(buf)
		n, over := w.allow(n)
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				over = true
			}
		}
		if over {
			w.end(true)
			return
		}
		if err != nil {
			w.end(false)
			return
		}
	}
}

// allow says how many of n bytes go through, and whether they are the last.
func (w *wire) allow(n int) (int, bool) {
	w.r.mu.Lock()
	healed := w.r.healed
	w.r.mu.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	if healed && !w.cut {
		return n, false
	}
	if n >= w.left {
		n, w.left = w.left, 0
		return n, true
	}
	w.left -= n
	return n, false
}

func (w *wire) end(cut bool) {
	w.mu.Lock()
	first := !w.cut
	w.cut = true
	w.mu.Unlock()
	if !first {
		return
	}
	for _, c := range w.ends {
		if t, ok := c.(*net.TCPConn); ok && cut && w.reset {
			t.SetLinger(0)
		}
		c.Close()
	}
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	if cut {
		w.r.cuts++
	}
	delete(w.r.conns, w.ends[0])
	delete(w.r.conns, w.ends[1])
}

// gone are errors of a peer that is not there at the moment.
func gone(err error) bool {
	return errors.Is(err, zmq.ErrNoRoute) || errors.Is(err, zmq.ErrAgain)
}
