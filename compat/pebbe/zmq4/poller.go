package zmq4

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/zeroth-mq/zmq/internal/poll"
)

// A Polled is a socket and what it can do without waiting.
type Polled struct {
	Socket *Socket
	Events State
}

// A Poller waits for many sockets at once. It is used by one goroutine at a
// time. The zero Poller is an empty one.
type Poller struct {
	p     *poll.Poller // nil: nothing was ever added
	items []item
}

// an item is one entry; its place in the list is its id.
type item struct {
	soc    *Socket
	events State
	id     int // the core's; 0: the socket was never open
}

// NewPoller makes an empty Poller.
func NewPoller() *Poller { return &Poller{} }

// Add has the Poller wait for a socket to become able to do what events says.
// It returns the entry's id, which changes when an entry before it is removed. A
// socket may be added more than once.
func (p *Poller) Add(soc *Socket, events State) int {
	if p.p == nil {
		p.p = poll.NewPoller()
		runtime.AddCleanup(p, (*poll.Poller).Close, p.p)
	}
	it := item{soc: soc, events: events}
	if soc.h != nil {
		it.id = p.p.Add(soc.h.s, events&POLLIN != 0, events&POLLOUT != 0)
	}
	p.items = append(p.items, it)
	return len(p.items) - 1
}

// Update changes what is waited for, and returns what was. ErrorNoSocket: there
// is no such id.
func (p *Poller) Update(id int, events State) (previous State, err error) {
	if id < 0 || id >= len(p.items) {
		return 0, ErrorNoSocket
	}
	it := &p.items[id]
	previous, it.events = it.events, events
	p.p.Modify(it.id, events&POLLIN != 0, events&POLLOUT != 0)
	return previous, nil
}

// UpdateBySocket is Update of a socket's first entry. ErrorNoSocket: it has
// none.
func (p *Poller) UpdateBySocket(soc *Socket, events State) (previous State, err error) {
	return p.Update(p.find(soc), events)
}

// Remove takes an entry out; the ids behind it become one less. ErrorNoSocket:
// there is no such id.
func (p *Poller) Remove(id int) error {
	if id < 0 || id >= len(p.items) {
		return ErrorNoSocket
	}
	p.p.Remove(p.items[id].id)
	p.items = slices.Delete(p.items, id, id+1)
	return nil
}

// RemoveBySocket is Remove of a socket's first entry. ErrorNoSocket: it has
// none.
func (p *Poller) RemoveBySocket(soc *Socket) error { return p.Remove(p.find(soc)) }

func (p *Poller) find(soc *Socket) int {
	return slices.IndexFunc(p.items, func(it item) bool { return it.soc == soc })
}

// Poll waits until sockets can do what was asked of them, and lists these in
// the order they were added; none when the timeout passes, which counts in whole
// milliseconds (negative: never). Without entries it returns at once. Errors:
// ErrorSocketClosed if one of the sockets is closed, ETERM.
func (p *Poller) Poll(timeout time.Duration) ([]Polled, error) {
	ready, err := p.wait(timeout)
	list := make([]Polled, 0, len(ready))
	if err != nil {
		return list, err
	}
	at := 0
	for _, r := range ready {
		for p.items[at].id != r.ID { // both are in the order of Add
			at++
		}
		list = append(list, Polled{p.items[at].soc, state(r)})
	}
	return list, nil
}

// PollAll is Poll that lists all sockets. Those that can do nothing have an
// Events of 0.
func (p *Poller) PollAll(timeout time.Duration) ([]Polled, error) {
	ready, err := p.wait(timeout)
	if err != nil {
		return []Polled{}, err
	}
	list := make([]Polled, len(p.items))
	for i, it := range p.items {
		list[i].Socket = it.soc
		if len(ready) > 0 && ready[0].ID == it.id {
			list[i].Events = state(ready[0])
			ready = ready[1:]
		}
	}
	return list, nil
}

func (p *Poller) wait(timeout time.Duration) ([]poll.Ready, error) {
	if len(p.items) == 0 {
		return nil, nil
	}
	if slices.ContainsFunc(p.items, func(it item) bool { return it.id == 0 }) {
		return nil, ErrorSocketClosed
	}
	if timeout > 0 {
		timeout = timeout.Truncate(time.Millisecond)
	}
	ready, err := p.p.Wait(context.Background(), timeout)
	runtime.KeepAlive(p) // else the collector may close it meanwhile
	if err != nil {
		return nil, fail(err)
	}
	for _, r := range ready {
		if r.Err != nil {
			return nil, fail(r.Err)
		}
	}
	return ready, nil
}

func state(r poll.Ready) (s State) {
	if r.In {
		s |= POLLIN
	}
	if r.Out {
		s |= POLLOUT
	}
	return s
}

// String lists the entries.
func (p *Poller) String() string {
	list := make([]string, len(p.items))
	for i, it := range p.items {
		list[i] = fmt.Sprintf("%v%v", it.soc, it.events)
	}
	return fmt.Sprint("Poller", list)
}
