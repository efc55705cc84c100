package zmq4_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

var errEnough = errors.New("enough")

func TestReactor(t *testing.T) {
	pull, push := pair(t, "inproc", zmq.PULL, zmq.PUSH)
	r := zmq.NewReactor()
	ticks := make(chan time.Time, 3)
	for range 3 {
		ticks <- time.Now()
	}
	close(ticks)
	orders := make(chan any, 10)
	var log []string
	r.AddChannelTime(ticks, 2, func(x any) error {
		if _, ok := x.(time.Time); !ok {
			t.Errorf("a tick is a %T", x)
		}
		log = append(log, "tick")
		return nil
	})
	var id uint64
	id = r.AddChannel(orders, 0, func(x any) error {
		log = append(log, fmt.Sprint("order ", x))
		if x == 2 {
			r.RemoveChannel(id)
		}
		_, err := push.Send(fmt.Sprint(x), 0)
		return err
	})
	orders <- 1
	orders <- 2
	orders <- 3 // nobody reads that one
	r.AddSocket(pull, zmq.POLLIN, func(zmq.State) error { return errors.New("replaced") })
	r.AddSocket(pull, zmq.POLLIN, func(s zmq.State) error {
		text, err := pull.Recv(0)
		log = append(log, fmt.Sprint(s, " ", text))
		if text == "2" {
			return errEnough
		}
		return err
	})
	r.SetVerbose(false)
	same(t, "Run", r.Run(time.Millisecond), errEnough)
	same(t, "log", fmt.Sprint(log), "[tick tick order 1 order 2 POLLIN 1 tick POLLIN 2]")
}

func TestReactorHasNothing(t *testing.T) {
	if err := zmq.NewReactor().Run(time.Millisecond); err == nil {
		t.Error("ran without anything to do")
	}
	r := zmq.NewReactor()
	id := r.AddChannel(make(chan any), 1, func(any) error { return nil })
	if err := r.Run(-1); err == nil {
		t.Error("ran with a channel and without an end")
	}
	r.RemoveChannel(id)
	r.RemoveChannel(99)
	if err := r.Run(-1); err == nil {
		t.Error("ran without anything to do")
	}
	closed := make(chan any)
	close(closed)
	r.AddChannel(closed, 1, func(any) error { return errEnough })
	if err := r.Run(time.Millisecond); err == nil || err == errEnough {
		t.Errorf("ran with a closed channel: %v", err)
	}
}

func TestReactorErrors(t *testing.T) {
	ch := make(chan any, 1)
	ch <- 1
	r := zmq.NewReactor()
	r.AddChannel(ch, 1, func(any) error { return errEnough })
	same(t, "a handler's error", r.Run(time.Millisecond), errEnough)

	ctx := newContext(t)
	s := open(t, ctx, zmq.PULL)
	r = zmq.NewReactor()
	r.AddSocket(s, zmq.POLLIN, nil)
	must(t, s.Close())
	same(t, "a closed socket", r.Run(time.Millisecond), zmq.ErrorSocketClosed)
}

// A handler may take another out whose turn it would be next.
func TestReactorRemovesSocket(t *testing.T) {
	ctx := newContext(t)
	one, two := open(t, ctx, zmq.XPUB), open(t, ctx, zmq.XPUB)
	r := zmq.NewReactor()
	n := 0
	handle := func(zmq.State) error {
		if n++; n == 2 {
			return errEnough
		}
		r.RemoveSocket(two)
		return nil
	}
	r.AddSocket(one, zmq.POLLOUT, handle)
	r.AddSocket(two, zmq.POLLOUT, func(zmq.State) error { return errors.New("was removed") })
	same(t, "Run", r.Run(-1), errEnough)
}
