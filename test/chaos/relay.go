package chaos

import (
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"sync"
)

// buffer is what the system is asked to buffer for a connection, each way; Linux
// gives twice that.
const buffer = 64 << 10

// relayBuffer is what the relay holds of a connection, each way.
const relayBuffer = 16 << 10

// What a relay does to a connection.
type mode int

const (
	calm     mode = iota
	cutting       // ends it after a random number of bytes, half of the time with a reset
	flipping      // changes one bit of what the connecting side sends
)

// A relay stands between two peers, and does them harm.
type relay struct {
	ln     net.Listener
	target string
	most   int // bytes after which it does something, at most about so many

	mu     sync.Mutex
	rng    *rand.Rand
	mode   mode
	closed bool
	cuts   int
	wires  map[*wire]bool
	wg     sync.WaitGroup // the acceptor and two goroutines a connection
}

// newRelay listens at at, which may have port 0, and connects to target, both of
// a network of package net.
func newRelay(network, at, target string, most int, rng *rand.Rand) (*relay, error) {
	ln, err := net.Listen(network, at)
	if err != nil {
		return nil, err
	}
	r := &relay{ln: ln, target: target, most: most, rng: rng, wires: make(map[*wire]bool)}
	r.wg.Add(1)
	go r.accept() // owned by r, see close
	return r, nil
}

func (r *relay) addr() string { return r.ln.Addr().String() }

// set changes what happens, to the connections there are as well.
func (r *relay) set(m mode) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mode = m
}

// count is how many connections were cut.
func (r *relay) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cuts
}

// cut ends the connections that there are.
func (r *relay) cut() {
	r.mu.Lock()
	all := slices.Collect(maps.Keys(r.wires))
	r.mu.Unlock()
	for _, w := range all {
		w.end(true)
	}
}

func (r *relay) close() {
	r.ln.Close()
	r.mu.Lock()
	r.closed = true
	for w := range r.wires {
		w.ends[0].Close()
		w.ends[1].Close()
	}
	r.mu.Unlock()
	r.wg.Wait()
	if r.ln.Addr().Network() == "unix" {
		os.Remove(r.addr())
	}
}

func (r *relay) accept() {
	defer r.wg.Done()
	for {
		in, err := r.ln.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial(r.ln.Addr().Network(), r.target)
		if err != nil {
			in.Close()
			continue
		}
		w := &wire{r: r, ends: [2]net.Conn{in, out}}
		for _, c := range w.ends {
			if c, ok := c.(interface {
				SetReadBuffer(int) error
				SetWriteBuffer(int) error
			}); ok {
				c.SetReadBuffer(buffer)
				c.SetWriteBuffer(buffer)
			}
		}
		r.mu.Lock()
		if r.closed {
			in.Close()
			out.Close()
		} else {
			r.wires[w] = true
		}
		// Small numbers fall into the handshake, large ones into the traffic.
		w.left = 1 + r.rng.IntN(1<<(1+r.rng.IntN(20))%r.most+r.most/20)
		w.reset = r.rng.IntN(2) == 0
		r.wg.Add(2)
		r.mu.Unlock()
		go w.copy(in, out, true)  // owned by r
		go w.copy(out, in, false) // owned by r
	}
}

// wire is one connection through the relay.
type wire struct {
	r     *relay
	ends  [2]net.Conn // the one that connected, and ours
	reset bool

	mu   sync.Mutex
	left int // bytes until something happens
	over bool
}

func (w *wire) copy(from, to net.Conn, forth bool) {
	defer w.r.wg.Done()
	buf := make([]byte, relayBuffer)
	for {
		n, err := from.Read(buf)
		n, over := w.harm(buf[:n], forth)
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				w.end(over)
				return
			}
		}
		if over || err != nil {
			w.end(over)
			return
		}
	}
}

// harm says how many of the bytes go through, and whether they are the last.
func (w *wire) harm(b []byte, forth bool) (int, bool) {
	w.r.mu.Lock()
	mode := w.r.mode
	w.r.mu.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.over || mode == cutting && len(b) >= w.left:
		n := min(len(b), w.left)
		w.left, w.over = 0, true
		return n, true
	case mode == flipping && forth && w.left >= 0 && len(b) > w.left:
		b[w.left] ^= 1
		w.left = -1
	case mode == cutting || mode == flipping && forth && w.left >= 0:
		w.left -= len(b)
	}
	return len(b), false
}

func (w *wire) end(cut bool) {
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	if !w.r.wires[w] {
		return
	}
	delete(w.r.wires, w)
	if cut {
		w.r.cuts++
	}
	for _, c := range w.ends {
		if t, ok := c.(*net.TCPConn); ok && cut && w.reset {
			t.SetLinger(0)
		}
		c.Close()
	}
}
