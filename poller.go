package zmq

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// A State is what a Poller waits for; several are or-ed together.
type State int

// String names the states, "in|out"; "none" for 0.
func (s State) String() string { return bits(int(s), "in", "out") }

// The states.
const (
	PollIn  State = 1 // Recv would not wait
	PollOut State = 2 // Send would not wait
)

// A Poller waits until one of many sockets can receive or send. In Go a goroutine for each
// socket often reads better, and Receive takes messages from many sockets in
// one loop; a Poller is for a loop that also sends, or that changes what it waits for.
//
// All its methods may be called at any time by any goroutine; a Wait that is
// under way sees what the others change. The zero Poller has no sockets.
type Poller struct {
	once sync.Once
	p    *poll.Poller

	mu   sync.Mutex
	ids  map[*Socket]int
	socs map[int]*Socket
}

// A Polled is one socket that is ready: it can receive or send, or it has ended.
type Polled struct {
	Socket *Socket
	State  State // which of the states that were asked for it has
	Err    error // ErrClosed, ErrTerminated: it has ended; take it out
}

// NewPoller makes a Poller without sockets. Close it after use.
func NewPoller() *Poller {
	return new(Poller)
}

func (p *Poller) inner() *poll.Poller {
	p.once.Do(func() {
		p.p, p.ids, p.socs = poll.NewPoller(), make(map[*Socket]int), make(map[int]*Socket)
	})
	return p.p
}

// Add has the Poller wait for a socket too; with no state at all, only for its
// end. ErrInvalid: it is there already, or nil, or there is no such state.
// ErrClosed: New has not made it.
func (p *Poller) Add(s *Socket, want State) error {
	switch {
	case p == nil:
		return errNoPoller
	case s == nil:
		return fmt.Errorf("zmq: the poller cannot wait for a nil Socket: %w", ErrInvalid)
	case !s.made():
		return s.wrap("poll", "", ErrClosed)
	case want&^(PollIn|PollOut) != 0:
		return noState(want)
	}
	in := p.inner()
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.ids[s]; ok {
		return fmt.Errorf("zmq: the poller has this socket already, use Modify: %w", ErrInvalid)
	}
	id := in.Add(s.s, want&PollIn != 0, want&PollOut != 0)
	p.ids[s], p.socs[id] = id, s
	return nil
}

// Modify changes what a socket is waited for. ErrInvalid: it is not there, or there
// is no such state.
func (p *Poller) Modify(s *Socket, want State) error {
	switch {
	case p == nil:
		return errNoPoller
	case want&^(PollIn|PollOut) != 0:
		return noState(want)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	id, ok := p.ids[s]
	if !ok {
		return errNotPolled
	}
	p.inner().Modify(id, want&PollIn != 0, want&PollOut != 0)
	return nil
}

// Remove takes a socket out. ErrInvalid: it is not there.
func (p *Poller) Remove(s *Socket) error {
	if p == nil {
		return errNoPoller
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	id, ok := p.ids[s]
	if !ok {
		return errNotPolled
	}
	p.inner().Remove(id)
	delete(p.ids, s)
	delete(p.socs, id)
	return nil
}

func noState(want State) error {
	return fmt.Errorf("zmq: the poller cannot wait for %v: PollIn, PollOut, or both or-ed together: %w", want, ErrInvalid)
}

var errNotPolled = fmt.Errorf("zmq: the poller does not have this socket: %w", ErrInvalid)

// Close takes all sockets out; they stay open. ErrInvalid: the Poller is nil.
func (p *Poller) Close() error {
	if p == nil {
		return errNoPoller
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inner().Close()
	clear(p.ids)
	clear(p.socs)
	return nil
}

// Wait returns the sockets that are ready, in the order they were added, as soon
// as there are any. The error is ctx's: once that has ended, even if sockets are
// ready. It also has what is known of why sockets have no peers, as an Error's Cause.
func (p *Poller) Wait(ctx context.Context) ([]Polled, error) {
	for {
		list, err := p.wait(ctx, -1)
		if len(list) > 0 || err != nil {
			return list, err
		}
	}
}

// WaitFor is Wait for at most the time d: it returns none, and no error, when that
// has passed. With 0 or less it does not wait.
func (p *Poller) WaitFor(ctx context.Context, d time.Duration) ([]Polled, error) {
	return p.wait(ctx, max(d, 0))
}

func (p *Poller) wait(ctx context.Context, d time.Duration) ([]Polled, error) {
	if p == nil {
		return nil, errNoPoller
	}
	if ctx == nil {
		return nil, fmt.Errorf("zmq: poll: %w", errNoCtx)
	}
	ready, err := p.inner().Wait(ctx, d)
	if err != nil {
		return nil, p.failed(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]Polled, 0, len(ready))
	for _, r := range ready {
		s := p.socs[r.ID]
		if s == nil {
			continue // removed meanwhile
		}
		polled := Polled{Socket: s, Err: s.wrap("poll", "", r.Err)}
		if r.In {
			polled.State |= PollIn
		}
		if r.Out {
			polled.State |= PollOut
		}
		list = append(list, polled)
	}
	return list, nil
}

// failed is the error of a wait, with what its sockets have waited for in vain.
func (p *Poller) failed(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var why []core.Trouble
	for _, id := range slices.Sorted(maps.Keys(p.socs)) {
		why = append(why, p.socs[id].inner().Troubles(false)...)
	}
	if c := causes(why); c != nil {
		return fmt.Errorf("zmq: poll: %w: %w", err, c)
	}
	return fmt.Errorf("zmq: poll: %w", err)
}

// An Incoming is a message and the socket that received it.
type Incoming struct {
	Socket *Socket
	Message
}

// Receive receives from several sockets in one loop, round robin, until
// the loop ends, or an error does: ctx's, or that of a socket, which is named.
// The last pair has it, and no message.
func Receive(ctx context.Context, sockets ...*Socket) iter.Seq2[Incoming, error] {
	return func(yield func(Incoming, error) bool) {
		p := NewPoller()
		defer p.Close()
		for _, s := range sockets {
			if _, ok := p.ids[s]; ok {
				continue // a socket given twice counts once
			}
			if err := p.Add(s, PollIn); err != nil {
				yield(Incoming{Socket: s}, err)
				return
			}
		}
		for {
			list, err := p.Wait(ctx)
			if err != nil {
				yield(Incoming{}, err)
				return
			}
			if !receiveRounds(ctx, list, yield) {
				return
			}
		}
	}
}

// pollRounds is how many messages of each socket are taken before all sockets
// are asked again.
const pollRounds = 100

// receiveRounds takes messages from each socket in turn while all have some;
// false: the loop has ended.
func receiveRounds(ctx context.Context, list []Polled, yield func(Incoming, error) bool) bool {
	for range pollRounds {
		for _, r := range list {
			if ctx.Err() != nil {
				return true // Wait says so
			}
			m, ok, err := r.Socket.TryRecv()
			if err != nil {
				yield(Incoming{Socket: r.Socket}, err)
				return false
			}
			if !ok {
				return true
			}
			if !yield(Incoming{r.Socket, m}, nil) {
				return false
			}
		}
	}
	return true
}
