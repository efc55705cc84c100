package zmq4_test

import (
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

// Fault A5: the collector closed what a call was still using, as soon as the
// call was the last to know of it: the sockets of a running Proxy, for one. Here
// each call that waits has everything for itself, and the collector runs.

// local makes a socket that nothing but the caller holds.
func local(ctx *zmq.Context, kind zmq.Type, bind bool, endpoint string) *zmq.Socket {
	s, err := ctx.NewSocket(kind)
	if err == nil && bind {
		err = s.Bind(endpoint)
	} else if err == nil {
		err = s.Connect(endpoint)
	}
	if err != nil {
		panic(err)
	}
	return s
}

// collect runs the collector until cleanups of before have had their turn.
func collect() {
	for range 5 {
		done := make(chan struct{})
		runtime.AddCleanup(new([64]byte), func(done chan struct{}) { close(done) }, done)
		for waiting := true; waiting; {
			runtime.GC()
			select {
			case <-done:
				waiting = false
			default:
				runtime.Gosched()
			}
		}
	}
}

// term begins to terminate a context whose sockets the collector closes. What it
// returns waits for that.
func term(ctx *zmq.Context) func() error {
	ended := make(chan error, 1)
	go func() { ended <- ctx.Term() }() // ends when the sockets are closed
	return func() error {
		for {
			collect()
			select {
			case err := <-ended:
				return err
			case <-time.After(time.Millisecond):
			}
		}
	}
}

func TestCallsKeepTheirSockets(t *testing.T) {
	over := errors.New("over")
	for name, c := range map[string]struct {
		// call waits for what the test's socket, of kind peer, says or hears.
		call func(ctx *zmq.Context, started func()) error
		peer zmq.Type
		ask  bool // the peer asks, and gets an answer
		hear bool // the peer hears something
	}{
		"Recv": {peer: zmq.PAIR, call: func(ctx *zmq.Context, started func()) error {
			s := local(ctx, zmq.PAIR, false, "inproc://test")
			started()
			_, err := s.Recv(0)
			return err
		}},
		"RecvMessage of a copy": {peer: zmq.PAIR, call: func(ctx *zmq.Context, started func()) error {
			s := *local(ctx, zmq.PAIR, false, "inproc://test")
			started()
			_, err := s.RecvMessage(0)
			return err
		}},
		"Send": {peer: zmq.PULL, hear: true, call: func(ctx *zmq.Context, started func()) error {
			s := local(ctx, zmq.PUSH, true, "inproc://other")
			started()
			_, err := s.Send("m", 0)
			return err
		}},
		"Poll": {peer: zmq.PAIR, call: func(ctx *zmq.Context, started func()) error {
			p := zmq.NewPoller()
			p.Add(local(ctx, zmq.PAIR, false, "inproc://test"), zmq.POLLIN)
			started()
			_, err := p.Poll(patience)
			return err
		}},
		"PollAll": {peer: zmq.PAIR, call: func(ctx *zmq.Context, started func()) error {
			p := zmq.NewPoller()
			p.Add(local(ctx, zmq.PAIR, false, "inproc://test"), zmq.POLLIN)
			started()
			_, err := p.PollAll(patience)
			return err
		}},
		"Reactor": {peer: zmq.PAIR, call: func(ctx *zmq.Context, started func()) error {
			r := zmq.NewReactor()
			r.AddSocket(local(ctx, zmq.PAIR, false, "inproc://test"), zmq.POLLIN, func(zmq.State) error { return over })
			started()
			if err := r.Run(patience); err != over {
				return err
			}
			return nil
		}},
		"Proxy": {peer: zmq.REQ, ask: true, call: func(ctx *zmq.Context, started func()) error {
			front, back := local(ctx, zmq.ROUTER, false, "inproc://test"), local(ctx, zmq.DEALER, false, "inproc://echo")
			started()
			return zmq.Proxy(front, back, nil)
		}},
		"ProxySteerable": {peer: zmq.REQ, ask: true, call: func(ctx *zmq.Context, started func()) error {
			front, back := local(ctx, zmq.ROUTER, false, "inproc://test"), local(ctx, zmq.DEALER, false, "inproc://echo")
			capture, control := local(ctx, zmq.PUB, true, "inproc://capture"), local(ctx, zmq.SUB, false, "inproc://control")
			started()
			return zmq.ProxySteerable(front, back, capture, control)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, err := zmq.NewContext()
			must(t, err)
			peer, echo := open(t, ctx, c.peer), open(t, ctx, zmq.REP)
			if c.hear {
				collected := make(chan struct{})
				defer func() { <-collected }()
				go func() { // ends after the collector has run
					defer close(collected)
					collect()
					if err := peer.Connect("inproc://other"); err != nil {
						t.Error(err)
					}
				}()
			} else {
				must(t, peer.Bind("inproc://test"))
			}
			must(t, echo.Bind("inproc://echo"))
			started, ended := make(chan struct{}), make(chan error, 1)
			go func() { // ends with what the peer says, or with the context
				ended <- c.call(ctx, func() { close(started) })
			}()
			<-started
			collect()
			switch {
			case c.ask:
				_, err = peer.Send("question", 0)
				must(t, err)
				got, err := echo.Recv(0)
				must(t, err)
				_, err = echo.Send(got, 0)
				must(t, err)
				got, err = peer.Recv(0)
				must(t, err)
				same(t, "answer", got, "question")
				select {
				case err := <-ended:
					t.Fatal("ended:", err)
				default:
				}
				closed := term(ctx)
				same(t, name, <-ended, error(zmq.ETERM))
				must(t, peer.Close())
				must(t, echo.Close())
				must(t, closed())
				return
			case c.hear:
				_, err = peer.Recv(0)
			default:
				_, err = peer.Send("m", 0)
			}
			must(t, err)
			must(t, <-ended)
		})
	}
}

// What does not wait keeps its socket, too: nothing here is closed too early.
func TestShortCallsKeepTheirSockets(t *testing.T) {
	ctx, err := zmq.NewContext()
	must(t, err)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() { // ends with the test
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	defer func() {
		close(stop)
		<-stopped
		must(t, term(ctx)())
	}()
	for i := range 50 {
		addr := fmt.Sprint("inproc://", i)
		for what, err := range map[string]error{
			"Bind":      local(ctx, zmq.PAIR, true, addr).SetLinger(0),
			"Connect":   local(ctx, zmq.PAIR, false, addr).SetSndhwm(7),
			"Subscribe": local(ctx, zmq.SUB, false, addr).SetSubscribe("a"),
			"Monitor":   local(ctx, zmq.PAIR, true, addr+"m").Monitor(addr+"e", zmq.EVENT_ALL),
		} {
			if err != nil {
				t.Fatal(what, err)
			}
		}
		_, err := local(ctx, zmq.PULL, false, addr).GetType()
		must(t, err)
		if s := local(ctx, zmq.PULL, false, addr).String(); s == "Socket(CLOSED)" {
			t.Fatal(s)
		}
	}
}
