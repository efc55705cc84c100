package cshim

import (
	"sync"
	"time"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// A Wait says what a call waits for. C has the same struct, and begins with one
// that is zero.
type Wait struct {
	FD      int32  // readable: call again
	Timeout int32  // ms, from the first call on; negative: none
	Token   uint64 // not 0: the call must be made again, or forgotten
	Conn    int32  // one more than a descriptor that means the same; 0: none
}

// a watch is a Signal and the sockets it watches. One that is done with is kept
// for the next caller that waits.
type watch struct {
	sig   *poll.Signal
	socks []*core.Socket
	lease *engine.ReadLease // acquired from the only one of them; nil: none
}

var idle struct {
	mu   sync.Mutex
	list []*watch
}

// keepIdle is how many watches without a user are kept.
const keepIdle = 64

func newWatch() (*watch, error) {
	idle.mu.Lock()
	defer idle.mu.Unlock()
	if n := len(idle.list); n > 0 {
		x := idle.list[n-1]
		idle.list = idle.list[:n-1]
		return x, nil
	}
	sig, err := poll.NewSignal()
	if err != nil {
		return nil, err
	}
	return &watch{sig: sig}, nil
}

// watch is the watch of the caller that holds w, which is kept from one try to
// the next.
func (w *Wait) watch() (*watch, error) {
	x, ok := waits.get(w.Token)
	if !ok {
		var err error
		if x, err = newWatch(); err != nil {
			return nil, err
		}
		w.FD, w.Token = int32(x.sig.FD()), waits.put(x)
	}
	w.Conn = 0
	return x, nil
}

// start watches sockets for the caller that holds w.
func (w *Wait) start(socks ...*core.Socket) error {
	x, err := w.watch()
	if err != nil {
		return err
	}
	x.socks = append(x.socks[:0], socks...)
	for _, s := range x.socks {
		s.Watch(x.sig)
	}
	return nil
}

// startSend watches a socket for a caller that waits for room.
func (w *Wait) startSend(s *core.Socket) error { return w.start(s) }

// startRead watches a socket for a caller that waits for a message, and has it wait
// for the connection itself if there is only one.
func (w *Wait) startRead(s *core.Socket) error {
	x, err := w.watch()
	if err != nil {
		return err
	}
	x.socks = append(x.socks[:0], s)
	if x.lease = s.WatchToRead(x.sig); x.lease != nil {
		w.Conn = int32(x.lease.FD(x.sig)) + 1
	}
	return nil
}

// resume says that the caller has waited and tries again. Meanwhile nothing is
// watched: what the try itself does to the socket is not to be told.
func (w *Wait) resume() {
	if x, ok := waits.get(w.Token); ok {
		x.sig.Lower()
		x.rest()
	}
}

func (x *watch) rest() {
	for _, s := range x.socks {
		s.Unwatch(x.sig)
	}
	clear(x.socks)
	x.socks = x.socks[:0]
	if x.lease != nil {
		x.lease.Release(false)
		x.lease = nil
	}
	x.sig.Drop() // or it wakes the next user once for nothing
}

// end forgets the wait, if there is one.
func (w *Wait) end() {
	if w.Token != 0 {
		Forget(w.Token)
		w.Token = 0
	}
}

// Forget ends a wait that is not gone on with.
func Forget(token uint64) {
	x, ok := waits.take(token)
	if !ok {
		return
	}
	x.rest()
	idle.mu.Lock()
	defer idle.mu.Unlock()
	if len(idle.list) < keepIdle {
		idle.list = append(idle.list, x)
	} else {
		x.sig.Close()
	}
}

var (
	sendTimeout = opt.ByName("SNDTIMEO")
	recvTimeout = opt.ByName("RCVTIMEO")
)

// again follows a try that would have blocked, and goes on trying as far as
// that is possible without waiting. It returns EAGAIN with w.Token set: wait,
// or not: the time is over. limit is the option that bounds the wait, start begins it.
func (s socket) again(limit *opt.Row, flags int, w *Wait, start func(*core.Socket) error, try func() error) error {
	if w.Token == 0 {
		// As in libzmq, ZMQ_FD is not readable after a call that found nothing
		// to do: loops that watch it for edges rest upon that.
		if s.LowerFD() {
			if err := try(); err != errno.EAGAIN {
				return err
			}
		}
		if flags&DontWait != 0 {
			return errno.EAGAIN
		}
		x, err := s.Get(limit)
		if err != nil {
			return err
		}
		timeout := opt.Ms(x.(time.Duration))
		if timeout == 0 {
			return errno.EAGAIN
		}
		w.Timeout = int32(timeout)
	}
	if err := start(s.Socket); err != nil {
		return err
	}
	return try()
}

// done ends the wait of a call that need not wait any more.
func (w *Wait) done(err error) {
	if err != errno.EAGAIN {
		w.end()
	}
}
