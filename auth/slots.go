package auth

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"

	zmq "github.com/zeroth-mq/zmq"
)

// How many may wait for a slot: of one address, and in all.
const (
	maxWaitingEach = 64
	maxWaiting     = 1024
)

// slots bound how many callers do costly work at once. The others wait, and free
// slots go to one address after the other, so that one with many connections does not
// hold up the rest. Any goroutine may call the methods.
type slots struct {
	mu    sync.Mutex
	free  int
	line  map[string][]*waiter // by address, oldest first; none is empty
	order []string             // the addresses in line, next first
	n     int                  // all that wait
}

// a waiter is told once: nil, it has a slot; or why it gets none.
type waiter struct{ told chan error }

func newSlots(free int) *slots { return &slots{free: free, line: make(map[string][]*waiter)} }

// acquire waits for a slot, which release ends. Errors: those of ctx; a Refusal
// with status 300, "later", when too many wait.
func (t *slots) acquire(ctx context.Context, address string) error {
	t.mu.Lock()
	if t.free > 0 {
		t.free--
		t.mu.Unlock()
		return nil
	}
	w, err := t.joinLocked(address)
	t.mu.Unlock()
	if err != nil {
		return err
	}
	select {
	case err := <-w.told:
		return err
	case <-ctx.Done():
		t.leave(address, w)
		return ctx.Err()
	}
}

// release gives the slot to the next address.
func (t *slots) release() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.nextLocked()
}

func (t *slots) nextLocked() {
	if len(t.order) == 0 {
		t.free++
		return
	}
	address := t.order[0]
	t.order = t.order[1:]
	w := t.line[address][0]
	t.cutLocked(address, 0)
	if t.line[address] != nil {
		t.order = append(t.order, address)
	}
	w.told <- nil
}

// joinLocked puts a waiter in line. If all places are taken, the newest of the
// address with the most loses its own.
func (t *slots) joinLocked(address string) (*waiter, error) {
	full := &zmq.Refusal{Status: 300, Text: "too many passwords wait to be checked"}
	if len(t.line[address]) >= maxWaitingEach {
		return nil, full
	}
	if t.n >= maxWaiting {
		most := address
		for a, list := range t.line {
			if len(list) > len(t.line[most]) {
				most = a
			}
		}
		if most == address || len(t.line[most]) == 1 {
			return nil, full
		}
		last := len(t.line[most]) - 1
		t.line[most][last].told <- full
		t.cutLocked(most, last)
	}
	w := &waiter{make(chan error, 1)}
	if t.line[address] == nil {
		t.order = append(t.order, address)
	}
	t.line[address] = append(t.line[address], w)
	t.n++
	return w, nil
}

// cutLocked takes one waiter of an address out of the line.
func (t *slots) cutLocked(address string, i int) {
	t.n--
	if t.line[address] = slices.Delete(t.line[address], i, i+1); len(t.line[address]) == 0 {
		delete(t.line, address)
	}
}

// leave takes a waiter out that no longer waits, and passes its slot on if it
// has just got it.
func (t *slots) leave(address string, w *waiter) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.Index(t.line[address], w); i >= 0 {
		if t.cutLocked(address, i); t.line[address] == nil {
			t.order = slices.DeleteFunc(t.order, func(a string) bool { return a == address })
		}
	} else if <-w.told == nil {
		t.nextLocked()
	}
}

// origin is what counts as one address: an IPv4 address, the network of 64 bits
// that a site has under IPv6, and a user of this machine.
func origin(address string) string {
	if ip, err := netip.ParseAddr(address); err == nil {
		if ip = ip.Unmap(); ip.Is6() {
			return netip.PrefixFrom(ip, 64).Masked().String()
		}
		return ip.String()
	}
	if parts := strings.SplitN(address, ":", 3); len(parts) == 3 && parts[0] == "localhost" {
		return parts[0] + ":" + parts[1]
	}
	return address
}
