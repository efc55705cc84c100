package zmq4

import (
	"errors"
	"log"
	"maps"
	"slices"
	"time"
)

//lint:file-ignore ST1005 programs may compare the texts with those of pebbe/zmq4

// A Reactor calls a handler for each socket that can do what it waits for, and
// for each value of a channel, one after the other on the goroutine of Run. It
// is used by that goroutine alone, handlers included.
type Reactor struct {
	poller   Poller
	handlers map[*Socket]func(State) error
	channels map[uint64]*channel
	last     uint64 // id of a channel
	verbose  bool
}

// a channel is one that a Reactor reads.
type channel struct {
	limit   int // values at once; <=0: all there are
	handler func(any) error
	// next gives the next value; ok is false when there is none now, open
	// when there will be none.
	next func() (x any, ok, open bool)
}

// NewReactor makes an empty Reactor.
func NewReactor() *Reactor { return &Reactor{} }

// AddSocket has handler called whenever the socket can do what events says. It
// takes the place of what was added for the same socket before.
func (r *Reactor) AddSocket(soc *Socket, events State, handler func(State) error) {
	r.RemoveSocket(soc)
	if r.handlers == nil {
		r.handlers = make(map[*Socket]func(State) error)
	}
	r.handlers[soc] = handler
	r.poller.Add(soc, events)
}

// RemoveSocket takes a socket out; it may not be in.
func (r *Reactor) RemoveSocket(soc *Socket) {
	if _, ok := r.handlers[soc]; ok {
		delete(r.handlers, soc)
		r.poller.RemoveBySocket(soc)
	}
}

// AddChannel has handler called with what comes from ch: with at most limit
// values before the sockets have their turn, if limit is above 0. A closed
// channel is removed.
func (r *Reactor) AddChannel(ch <-chan any, limit int, handler func(any) error) (id uint64) {
	return addChannel(r, ch, limit, handler)
}

// AddChannelTime is AddChannel for tickers and timers. The handler's argument is
// a time.Time.
func (r *Reactor) AddChannelTime(ch <-chan time.Time, limit int, handler func(any) error) (id uint64) {
	return addChannel(r, ch, limit, handler)
}

func addChannel[T any](r *Reactor, ch <-chan T, limit int, handler func(any) error) uint64 {
	if r.channels == nil {
		r.channels = make(map[uint64]*channel)
	}
	r.last++
	r.channels[r.last] = &channel{limit, handler, func() (any, bool, bool) {
		select {
		case x, open := <-ch:
			return x, open, open
		default:
			return nil, false, true
		}
	}}
	return r.last
}

// RemoveChannel takes a channel out; it may not be in.
func (r *Reactor) RemoveChannel(id uint64) { delete(r.channels, id) }

// SetVerbose has Run log what it handles.
func (r *Reactor) SetVerbose(verbose bool) { r.verbose = verbose }

// Run handles channels and sockets in turn, and looks at the channels again at
// least once each interval. It returns the first error of a handler or of Poll,
// an error when nothing is left to wait for, and one when there are channels and
// the interval is negative, which means never.
func (r *Reactor) Run(interval time.Duration) (err error) {
	for {
		for _, id := range slices.Sorted(maps.Keys(r.channels)) {
			if err := r.drain(id); err != nil {
				return err
			}
		}
		switch {
		case len(r.channels) > 0 && interval < 0:
			return errors.New("There are channels, but polling time-out is infinite")
		case len(r.channels)+len(r.handlers) == 0:
			return errors.New("No sockets to poll, no channels to read")
		case len(r.handlers) == 0:
			time.Sleep(interval)
			continue
		}
		polled, err := r.poller.Poll(interval)
		if err != nil {
			return err
		}
		if err := r.handle(polled); err != nil {
			return err
		}
	}
}

// drain handles what a channel holds now.
func (r *Reactor) drain(id uint64) error {
	for n := 1; ; n++ {
		c, ok := r.channels[id]
		if !ok { // a handler has removed it
			return nil
		}
		x, ok, open := c.next()
		if !open {
			r.log("channel %d is closed", id)
			delete(r.channels, id)
		}
		if !ok {
			return nil
		}
		r.log("channel %d: %v", id, x)
		if err := c.handler(x); err != nil {
			return err
		}
		if n == c.limit {
			return nil
		}
	}
}

func (r *Reactor) handle(polled []Polled) error {
	for _, p := range polled {
		handler, ok := r.handlers[p.Socket]
		if !ok { // another handler has removed it
			continue
		}
		r.log("%v %v", p.Socket, p.Events)
		if err := handler(p.Events); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reactor) log(format string, args ...any) {
	if r.verbose {
		log.Printf("Reactor: "+format, args...)
	}
}
