package poll

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// A Socket is what a Poller waits for.
type Socket interface {
	// Watch has a Watcher raised whenever Ready may have another answer, until
	// Unwatch.
	Watch(Watcher)
	Unwatch(Watcher)
	// Ready reports whether the socket need not wait to receive, and to send, or why
	// it has ended.
	Ready() (in, out bool, err error)
}

// A Poller waits for many sockets at once. All its methods may be called at
// any time by any goroutine; a Wait that is under way sees what the others
// change.
//
//  1. Every entry watches its socket, which marks the entry when anything
//     happens to it, and wakes one Wait.
//  2. Wait asks all sockets first, since its caller may have sent and received,
//     and then, each time it is woken, those that are marked.
type Poller struct {
	bell Bell

	mu      sync.Mutex // comes before all locks of sockets
	entries []*entry
	last    int // id
	waiting int // calls of Wait
}

// an entry is one socket and what is asked of it.
type entry struct {
	p       *Poller
	id      int
	s       Socket
	in, out bool
	marked  atomic.Bool
}

// Raise implements Watcher.
func (e *entry) Raise() {
	e.marked.Store(true)
	e.p.bell.Ring()
}

// A Ready is an entry that need not wait any more.
type Ready struct {
	ID      int
	In, Out bool
	Err     error // the socket has ended: why
}

// NewPoller makes an empty Poller. Close it when it is done with.
func NewPoller() *Poller {
	p := new(Poller)
	p.bell.SetUp(false)
	return p
}

// Add has the Poller wait for a socket too: for messages to receive, for room
// to send, or only for its end. It returns the entry's number, never given
// twice. A socket may have many entries.
func (p *Poller) Add(s Socket, in, out bool) (id int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last++
	e := &entry{p: p, id: p.last, s: s, in: in, out: out}
	p.entries = append(p.entries, e)
	s.Watch(e)
	e.Raise()
	return e.id
}

// Modify changes what is asked of an entry's socket; false: there is no such
// entry.
func (p *Poller) Modify(id int, in, out bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.find(id)
	if i < 0 {
		return false
	}
	e := p.entries[i]
	e.in, e.out = in, out
	e.Raise()
	return true
}

// Remove takes an entry out; false: there is no such entry.
func (p *Poller) Remove(id int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.find(id)
	if i < 0 {
		return false
	}
	p.entries[i].s.Unwatch(p.entries[i])
	p.entries = slices.Delete(p.entries, i, i+1)
	return true
}

func (p *Poller) find(id int) int {
	return slices.IndexFunc(p.entries, func(e *entry) bool { return e.id == id })
}

// Close takes all entries out.
func (p *Poller) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.entries {
		e.s.Unwatch(e)
	}
	p.entries = nil
}

// Wait returns the entries that are ready, in the order they were added, as
// soon as there are any; none when the timeout passes (negative: never; 0: at
// once). A socket that has ended is always ready, with the reason. The error is
// that of ctx, once that has ended, whatever is ready.
func (p *Poller) Wait(ctx context.Context, timeout time.Duration) ([]Ready, error) {
	if ctx.Err() != nil {
		return nil, CtxErr(ctx)
	}
	p.begin()
	defer p.end()
	all := p.look(false)
	if len(all) > 0 || timeout == 0 {
		return all, nil
	}
	l := NewLimit(ctx, timeout)
	err := p.bell.Wait(func() error {
		if all = p.look(true); len(all) == 0 {
			return errno.EAGAIN
		}
		return nil
	}, func(since uint64) error { return l.Wait(p.bell.Listen(since), nil) })
	if err == errno.EAGAIN {
		return p.look(false), nil
	}
	return all, err
}

func (p *Poller) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting++
}

// end wakes another Wait: this one may have taken a token meant for both.
func (p *Poller) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting--; p.waiting > 0 {
		p.bell.Rouse()
	}
}

// look asks the sockets, with marked only those that something has happened to.
// What is found ready stays marked.
func (p *Poller) look(marked bool) (ready []Ready) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.entries {
		if !e.marked.Swap(false) && marked {
			continue
		}
		in, out, err := e.s.Ready()
		r := Ready{e.id, in && e.in, out && e.out, err}
		if r.In || r.Out || r.Err != nil {
			e.marked.Store(true)
			ready = append(ready, r)
		}
	}
	return ready
}
