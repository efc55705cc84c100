package zmq_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// hangs is how long a loop may take to end. Nothing is measured against it.
const hangs = testutil.Patience

// a rig is what a loop works on: sockets that always have something for it if
// the rig is busy, and never if not.
type rig struct {
	*zmq.Context
	t     *testing.T
	busy  bool
	going chan struct{} // has a token once something was done
	stop  context.Context
	wg    sync.WaitGroup
	made  int
	close func()
}

func newRig(t *testing.T, busy bool) *rig {
	r := &rig{Context: zmq.NewContext(), t: t, busy: busy, going: make(chan struct{}, 1)}
	var cancel context.CancelFunc
	r.stop, cancel = context.WithCancel(context.Background())
	r.close = sync.OnceFunc(func() {
		cancel()
		r.Context.Shutdown(r.stop)
		r.wg.Wait()
	})
	t.Cleanup(r.close)
	return r
}

func (r *rig) step() {
	select {
	case r.going <- struct{}{}:
	default:
	}
}

// during calls f again and again while it says so. Owned by the rig, which waits.
func (r *rig) during(f func() bool) {
	r.wg.Go(func() {
		for f() {
			r.step()
		}
	})
}

func (r *rig) socket(typ zmq.Type) *zmq.Socket {
	r.t.Helper()
	s, err := r.New(typ)
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

// met makes a bound socket and its peer.
func (r *rig) met(typ, peer zmq.Type) (s, p *zmq.Socket) {
	r.t.Helper()
	s, p = r.socket(typ), r.socket(peer)
	r.made++
	addr, err := s.Bind(fmt.Sprintf("inproc://%d", r.made))
	if err == nil {
		err = p.Connect(addr)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return s, p
}

// source makes a socket to receive from.
func (r *rig) source(typ, peer zmq.Type) *zmq.Socket {
	s, p := r.met(typ, peer)
	if r.busy {
		for ok := true; ok; ok, _ = p.TrySend([]byte("m")) {
		}
		r.during(func() bool { return p.Send(r.stop, []byte("m")) == nil })
	}
	return s
}

// sink makes a socket to send to.
func (r *rig) sink(typ, peer zmq.Type) *zmq.Socket {
	s, p := r.met(typ, peer)
	if r.busy {
		r.during(func() bool { _, err := p.Recv(r.stop); return err == nil })
		return s
	}
	for ok := true; ok; ok, _ = s.TrySend([]byte("m")) {
	}
	return s
}

// A loop goes on until ctx or a socket ends, and says why.
type loop func(ctx context.Context) error

// again is a loop of calls.
func (r *rig) again(f func(context.Context) error) loop {
	return func(ctx context.Context) error {
		for {
			if err := f(ctx); err != nil {
				return err
			}
			r.step()
		}
	}
}

// last is the error that a loop over messages ends with.
func last[T any](r *rig, seq iter.Seq2[T, error]) (err error) {
	for _, err = range seq {
		r.step()
	}
	return err
}

type sockets []*zmq.Socket

// loops are the ways of the Go API to go on for ever, each with the sockets that
// end it.
var loops = map[string]func(r *rig) (loop, sockets){
	"Messages": func(r *rig) (loop, sockets) {
		in := r.source(zmq.Pull, zmq.Push)
		return func(ctx context.Context) error { return last(r, in.Messages(ctx)) }, sockets{in}
	},
	"Receive": func(r *rig) (loop, sockets) {
		list := sockets{r.socket(zmq.Pull), r.source(zmq.Pull, zmq.Push), r.source(zmq.Dealer, zmq.Dealer)}
		return func(ctx context.Context) error { return last(r, zmq.Receive(ctx, list...)) }, list
	},
	"Recv": func(r *rig) (loop, sockets) {
		in := r.source(zmq.Pair, zmq.Pair)
		return r.again(func(ctx context.Context) error { _, err := in.Recv(ctx); return err }), sockets{in}
	},
	"RecvMany": func(r *rig) (loop, sockets) {
		in, into := r.source(zmq.Router, zmq.Dealer), make([]zmq.Message, 7)
		return r.again(func(ctx context.Context) error { _, err := in.RecvMany(ctx, into); return err }), sockets{in}
	},
	"Send": func(r *rig) (loop, sockets) {
		out := r.sink(zmq.Dealer, zmq.Dealer)
		return r.again(func(ctx context.Context) error { return out.Send(ctx, []byte("m")) }), sockets{out}
	},
	"SendMany": func(r *rig) (loop, sockets) {
		out, list := r.sink(zmq.Push, zmq.Pull), make([][]byte, 1<<20)
		return r.again(func(ctx context.Context) error { _, err := out.SendMany(ctx, list); return err }), sockets{out}
	},
	"Request": func(r *rig) (loop, sockets) {
		rep, req := r.met(zmq.Rep, zmq.Req)
		if r.busy {
			r.during(func() bool {
				m, err := rep.Recv(r.stop)
				return err == nil && rep.Send(r.stop, m.Bytes()) == nil
			})
		}
		return r.again(func(ctx context.Context) error { _, err := req.Request(ctx, []byte("m")); return err }), sockets{req}
	},
	"Poller.Wait": func(r *rig) (loop, sockets) {
		list := sockets{r.source(zmq.Pull, zmq.Push), r.socket(zmq.Pull)}
		p := zmq.NewPoller()
		for _, s := range list {
			if err := p.Add(s, zmq.PollIn); err != nil {
				r.t.Fatal(err)
			}
		}
		r.t.Cleanup(func() { p.Close() })
		return r.again(func(ctx context.Context) error {
			ready, err := p.Wait(ctx)
			for _, x := range ready {
				err = errors.Join(err, x.Err)
			}
			return err
		}), list
	},
	"WaitConnected": func(r *rig) (loop, sockets) {
		s := r.source(zmq.Pull, zmq.Push)
		if r.busy {
			r.during(func() bool {
				return r.stop.Err() == nil && s.Connect("inproc://none") == nil && s.Disconnect("inproc://none") == nil
			})
		}
		return func(ctx context.Context) error { return s.WaitConnected(ctx, 99) }, sockets{s}
	},
	"WaitSubscribers": func(r *rig) (loop, sockets) {
		pub, sub := r.met(zmq.XPub, zmq.Sub)
		if r.busy {
			r.during(func() bool { return r.stop.Err() == nil && sub.Subscribe("a") == nil && sub.Unsubscribe("a") == nil })
		}
		return func(ctx context.Context) error { return pub.WaitSubscribers(ctx, "a", 99) }, sockets{pub}
	},
	"Events": func(r *rig) (loop, sockets) {
		s := r.socket(zmq.Pull)
		if r.busy {
			r.during(func() bool {
				addr, err := s.Bind("tcp://127.0.0.1:*")
				return err == nil && r.stop.Err() == nil && s.Unbind(addr) == nil
			})
		}
		return func(ctx context.Context) error {
			for range s.Events(ctx) {
				r.step()
			}
			return errNone
		}, sockets{s}
	},
	"Proxy": func(r *rig) (loop, sockets) {
		front, back := r.source(zmq.Pull, zmq.Push), r.sink(zmq.Push, zmq.Pull)
		return func(ctx context.Context) error { return zmq.Proxy(ctx, front, back, nil) }, sockets{front, back}
	},
	"Proxy of a queue": func(r *rig) (loop, sockets) {
		front, back, capture := r.source(zmq.Router, zmq.Dealer), r.sink(zmq.Dealer, zmq.Router), r.sink(zmq.Push, zmq.Pull)
		return func(ctx context.Context) error { return zmq.Proxy(ctx, front, back, capture) }, sockets{front, back, capture}
	},
	"Proxy of one": func(r *rig) (loop, sockets) {
		both := r.source(zmq.Dealer, zmq.Dealer)
		return func(ctx context.Context) error { return zmq.Proxy(ctx, both, both, nil) }, sockets{both}
	},
	"SteerableProxy, paused by message": func(r *rig) (loop, sockets) {
		front, back := r.source(zmq.Pull, zmq.Push), r.sink(zmq.Push, zmq.Pull)
		control, orders := r.met(zmq.Rep, zmq.Req)
		p := zmq.SteerableProxy{Front: front, Back: back, Control: control}
		return func(ctx context.Context) error {
			r.wg.Go(func() {
				if _, err := orders.Request(ctx, []byte("PAUSE")); err == nil {
					r.step()
				}
			})
			return p.Run(ctx)
		}, sockets{front, back, control}
	},
	"SteerableProxy": func(r *rig) (loop, sockets) {
		front, back, control := r.socket(zmq.Pull), r.socket(zmq.Push), r.source(zmq.Pull, zmq.Push)
		p := zmq.SteerableProxy{Front: front, Back: back, Control: control}
		return p.Run, sockets{front, back, control}
	},
	"SteerableProxy, paused": func(r *rig) (loop, sockets) {
		p := zmq.SteerableProxy{Front: r.source(zmq.Pull, zmq.Push), Back: r.sink(zmq.Push, zmq.Pull)}
		return func(ctx context.Context) error {
			p.Pause()
			r.step()
			return p.Run(ctx)
		}, sockets{p.Front, p.Back}
	},
}

// errNone is that of a loop which ends without one.
var errNone = errors.New("ended")

// Fault A4: a loop ends when its ctx, one of its sockets or their context does,
// with the reason, whether there is always something to do or never.
func TestLoopsEnd(t *testing.T) {
	for name, build := range loops {
		for _, busy := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/busy=%v", name, busy), func(t *testing.T) {
				endLoop(t, "its ctx", build, busy, context.Canceled, func(_ *rig, _ sockets, cancel func()) { cancel() })
				endLoop(t, "the sockets' context", build, busy, net.ErrClosed, func(r *rig, _ sockets, _ func()) { r.Shutdown(r.stop) })
				_, list := build(newRig(t, false))
				for i := range list {
					endLoop(t, fmt.Sprint("socket ", i), build, busy, net.ErrClosed, func(_ *rig, list sockets, _ func()) { list[i].Close() })
				}
			})
		}
	}
}

func endLoop(t *testing.T, what string, build func(*rig) (loop, sockets), busy bool, want error, end func(*rig, sockets, func())) {
	t.Helper()
	r := newRig(t, busy)
	defer r.close()
	run, list := build(r)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	r.wg.Go(func() { done <- run(ctx) }) // owned by the rig, which waits
	if busy {
		<-r.going
	}
	end(r, list, cancel)
	select {
	case err := <-done:
		if !errors.Is(err, want) && err != errNone {
			t.Errorf("%s ended: %v; want %v", what, err, want)
		}
	case <-time.After(hangs):
		t.Fatalf("%s ended, and the loop goes on", what)
	}
}

// Fault A4: Events ends when its ctx does, however much it could still tell.
func TestEventsEndInTheMiddle(t *testing.T) {
	s := open(zmq.Pull)
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	events := s.Monitor().Events(ctx)
	for range 3 {
		if _, err := s.Bind("tcp://127.0.0.1:*"); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for range events {
		n++
		cancel()
	}
	if n != 1 {
		t.Errorf("%d events after the end", n-1)
	}
}
