package zmq4_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

// loops are the ways of the drop-in to go on for ever on two sockets, of which
// the first receives and the second sends.
var loops = map[string]func(pull, push *zmq.Socket) error{
	"Recv": func(pull, _ *zmq.Socket) error {
		for {
			if _, err := pull.RecvMessageBytes(0); err != nil {
				return err
			}
		}
	},
	"Poll": func(pull, push *zmq.Socket) error {
		p := zmq.NewPoller()
		p.Add(pull, zmq.POLLIN)
		p.Add(push, zmq.POLLIN)
		for {
			if _, err := p.Poll(-1); err != nil {
				return err
			}
		}
	},
	"Reactor": func(pull, push *zmq.Socket) error {
		r := zmq.NewReactor()
		r.AddSocket(push, zmq.POLLIN, func(zmq.State) error { return nil })
		r.AddSocket(pull, zmq.POLLIN, func(zmq.State) error { _, err := pull.RecvBytes(zmq.DONTWAIT); return err })
		return r.Run(-1)
	},
	"Proxy": func(pull, push *zmq.Socket) error { return zmq.Proxy(pull, push, nil) },
}

// Fault A4: a loop ends when one of its sockets is closed or their context is
// terminated, whether there is always something to do or never.
func TestLoopsEnd(t *testing.T) {
	for name, run := range loops {
		for _, busy := range []bool{false, true} {
			for _, end := range []string{"pull", "push", "context"} {
				if name == "Recv" && end == "push" {
					continue // it does not use that one
				}
				t.Run(fmt.Sprintf("%s/busy=%v/%s", name, busy, end), func(t *testing.T) { endLoop(t, run, busy, end) })
			}
		}
	}
}

func endLoop(t *testing.T, run func(pull, push *zmq.Socket) error, busy bool, end string) {
	ctx, err := zmq.NewContext()
	must(t, err)
	pull, push, in, out := open(t, ctx, zmq.PULL), open(t, ctx, zmq.PUSH), open(t, ctx, zmq.PUSH), open(t, ctx, zmq.PULL)
	must(t, pull.Bind("inproc://in"))
	must(t, in.Connect("inproc://in"))
	must(t, push.Bind("inproc://out"))
	must(t, out.Connect("inproc://out"))
	all := []*zmq.Socket{pull, push, in, out}
	var wg sync.WaitGroup
	if busy {
		for err == nil {
			_, err = in.SendBytes([]byte("m"), zmq.DONTWAIT)
		}
		// Owned by the test, which waits: the context ends both.
		wg.Go(func() {
			for err := error(nil); err == nil; _, err = in.SendBytes([]byte("m"), 0) {
			}
		})
		wg.Go(func() {
			for err := error(nil); err == nil; _, err = out.RecvBytes(0) {
			}
		})
	} else {
		for err == nil { // no room either
			_, err = push.SendBytes([]byte("m"), zmq.DONTWAIT)
		}
	}
	done := make(chan error, 1)
	wg.Go(func() { done <- run(pull, push) }) // owned by the test, which waits
	terminate := func() { wg.Go(func() { must(t, ctx.Term()) }) }
	switch end {
	case "pull":
		must(t, pull.Close())
	case "push":
		must(t, push.Close())
	default:
		terminate()
	}
	select {
	case err := <-done:
		if err != zmq.ETERM && err != zmq.ErrorSocketClosed {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(patience):
		t.Error("goes on")
	}
	terminate()
	for _, s := range all {
		must(t, s.Close())
	}
	wg.Wait()
}
