package main

import (
	"fmt"
	"reflect"
	"runtime"
	"time"

	zmq "github.com/pebbe/zmq4"
)

// every calls every method of a socket with nothing but zero values.
func every(t *tape, s *zmq.Socket) {
	for name, m := range methods(s, "") {
		args := make([]reflect.Value, 0, m.Type().NumIn())
		for i := range m.Type().NumIn() {
			if !m.Type().IsVariadic() || i < m.Type().NumIn()-1 {
				args = append(args, reflect.Zero(m.Type().In(i)))
			}
		}
		if name == "Close" || name == "GetFd" {
			continue
		}
		t.is(name)(values(m.Call(args))...)
	}
}

var _ = scenario("closed socket", func(t *tape) {
	s := open(zmq.DEALER)
	t.is("Close")(s.Close())
	t.is("Close again")(s.Close())
	every(t, s)
	t.is("SendMessage")(s.SendMessage("a", "b"))
	t.is("SendMessageDontwait")(s.SendMessageDontwait("a"))
	_, err := s.GetFd()
	t.is("GetFd")(err)
	other := open(zmq.DEALER)
	t.is("Proxy front closed")(zmq.Proxy(s, other, nil))
	t.is("Proxy back closed")(zmq.Proxy(other, s, nil))
	t.is("Proxy capture closed")(zmq.Proxy(other, other, s))
	t.is("ProxySteerable control closed")(zmq.ProxySteerable(other, other, nil, s))
	p := zmq.NewPoller()
	p.Add(s, zmq.POLLIN)
	t.is("Poller.String")(p.String())
	t.is("Poll")(p.Poll(0))
	t.is("PollAll")(p.PollAll(0))
})

var _ = scenario("socket of no context", func(t *tape) {
	s := &zmq.Socket{}
	t.is("Close")(s.Close())
	t.is("Context")(s.Context())
	every(t, s)
	none, err := zmq.NewSocket(99)
	t.is("NewSocket(99)")(none, err)
	t.is("its Close")(none.Close())
	none, err = zmq.NewSocket(-1)
	t.is("NewSocket(-1)")(none, err)
	none, err = zmq.NewSocket(12)
	t.is("NewSocket(12)")(none, err)
})

var _ = scenario("terminated context", func(t *tape) {
	ctx := must(zmq.NewContext())
	s := must(ctx.NewSocket(zmq.DEALER))
	gentle(s)
	ended := make(chan error, 1)
	done := t.soon("Term with an open socket", moment, func() { ended <- ctx.Term() })
	every(t, s)
	t.is("Close")(s.Close())
	<-done
	t.is("Term")(<-ended)
	t.is("Term again")(ctx.Term())
	late, err := ctx.NewSocket(zmq.PUB)
	t.is("NewSocket")(late, err)
	t.is("its Close")(late.Close())
	t.is("GetIoThreads")(ctx.GetIoThreads())
	t.is("GetMaxSockets")(ctx.GetMaxSockets())
	t.is("GetMaxMsgsz")(ctx.GetMaxMsgsz())
	t.is("GetIpv6")(ctx.GetIpv6())
	t.is("GetBlocky")(ctx.GetBlocky())
	t.is("GetRetryAfterEINTR")(ctx.GetRetryAfterEINTR())
	t.is("SetIoThreads")(ctx.SetIoThreads(2))
	t.is("SetMaxSockets")(ctx.SetMaxSockets(2))
	t.is("SetMaxMsgsz")(ctx.SetMaxMsgsz(2))
	t.is("SetIpv6")(ctx.SetIpv6(true))
	t.is("SetBlocky")(ctx.SetBlocky(true))
	t.is("SetThreadPriority")(ctx.SetThreadPriority(1))
	t.is("SetThreadSchedPolicy")(ctx.SetThreadSchedPolicy(1))
})

// Term wakes the calls that wait.
var _ = scenario("term wakes", func(t *tape) {
	for _, c := range []struct {
		name string
		wait func(s *zmq.Socket) error
	}{
		{"Recv", func(s *zmq.Socket) error { _, err := s.Recv(0); return err }},
		{"Send", func(s *zmq.Socket) error { _, err := s.Send("x", 0); return err }},
		{"Poll", func(s *zmq.Socket) error {
			p := zmq.NewPoller()
			p.Add(s, zmq.POLLIN)
			_, err := p.Poll(-1)
			return err
		}},
		{"RecvMessage", func(s *zmq.Socket) error { _, err := s.RecvMessage(0); return err }},
		{"Proxy", func(s *zmq.Socket) error { return zmq.Proxy(s, s, nil) }},
	} {
		ctx := must(zmq.NewContext())
		s := must(ctx.NewSocket(zmq.DEALER))
		woken := make(chan error, 1)
		go func() { // ended by Term below
			err := c.wait(s)
			s.SetLinger(0)
			s.Close()
			woken <- err
		}()
		time.Sleep(moment)
		err := ctx.Term()
		t.is(c.name)(<-woken, err)
	}
})

var _ = scenario("default context", func(t *tape) {
	s := open(zmq.PAIR)
	ctx, err := s.Context()
	t.is("Context")(ctx, err)
	again := must(ctx.NewSocket(zmq.PAIR))
	ctx2, _ := again.Context()
	t.is("the same")(ctx == ctx2)
	t.is("Close")(s.Close())
	t.is("Close")(again.Close())
	t.is("Term")(zmq.Term())
	t.is("Term again")(zmq.Term())
	none, err := zmq.NewSocket(zmq.PAIR)
	t.is("NewSocket")(none, err)
	t.is("GetIoThreads")(zmq.GetIoThreads())
	t.is("SetMaxSockets")(zmq.SetMaxSockets(3))
})

var _ = scenario("context options", func(t *tape) {
	t.is("GetIoThreads")(zmq.GetIoThreads())
	t.is("GetMaxSockets")(zmq.GetMaxSockets())
	t.is("GetMaxMsgsz")(zmq.GetMaxMsgsz())
	t.is("GetIpv6")(zmq.GetIpv6())
	t.is("GetBlocky")(zmq.GetBlocky())
	t.is("GetRetryAfterEINTR")(zmq.GetRetryAfterEINTR())
	zmq.SetRetryAfterEINTR(false)
	t.is("GetRetryAfterEINTR")(zmq.GetRetryAfterEINTR())
	ctx := must(zmq.NewContext())
	for _, n := range []int{-1, 0, 1, 2, 100, 65535, 70000, 1<<31 - 1} {
		t.is(fmt.Sprintf("SetIoThreads(%d)", n))(ctx.SetIoThreads(n))
		t.is(fmt.Sprintf("GetIoThreads after %d", n))(ctx.GetIoThreads())
		t.is(fmt.Sprintf("SetMaxSockets(%d)", n))(ctx.SetMaxSockets(n))
		t.is(fmt.Sprintf("GetMaxSockets after %d", n))(ctx.GetMaxSockets())
		t.is(fmt.Sprintf("SetMaxMsgsz(%d)", n))(ctx.SetMaxMsgsz(n))
		t.is(fmt.Sprintf("GetMaxMsgsz after %d", n))(ctx.GetMaxMsgsz())
		t.is(fmt.Sprintf("SetThreadPriority(%d)", n))(ctx.SetThreadPriority(n))
		t.is(fmt.Sprintf("SetThreadSchedPolicy(%d)", n))(ctx.SetThreadSchedPolicy(n))
	}
	t.is("SetIpv6")(ctx.SetIpv6(true))
	t.is("GetIpv6")(ctx.GetIpv6())
	t.is("SetBlocky")(ctx.SetBlocky(false))
	t.is("GetBlocky")(ctx.GetBlocky())
	t.is("Term")(ctx.Term())
})

var _ = scenario("context limits", func(t *tape) {
	ctx := must(zmq.NewContext())
	check(ctx.SetMaxSockets(2))
	check(ctx.SetIpv6(true))
	check(ctx.SetBlocky(false))
	a := must(ctx.NewSocket(zmq.PAIR))
	b := must(ctx.NewSocket(zmq.SUB))
	t.is("ipv6 comes from the context")(a.GetIpv6())
	t.is("linger where nothing blocks")(a.GetLinger())
	c, err := ctx.NewSocket(zmq.PAIR)
	t.is("one too many")(c, err)
	check(b.Close())
	// The room comes back when the socket is wholly gone.
	for range 100 {
		if c, err = ctx.NewSocket(zmq.PAIR); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.is("after one closed")(err)
	check(a.Close())
	check(c.Close())
	t.is("Term")(ctx.Term())

	none := must(zmq.NewContext())
	check(none.SetIoThreads(0))
	s := must(none.NewSocket(zmq.PAIR))
	t.is("bind without threads")(s.Bind("tcp://127.0.0.1:*"))
	t.is("connect without threads")(s.Connect("tcp://127.0.0.1:1"))
	t.is("inproc without threads")(s.Bind("inproc://x"))
	check(s.Close())
	t.is("Term")(none.Term())
})

// What nobody holds any more is closed, so that Term does not wait for it.
var _ = scenario("finalizers", func(t *tape) {
	ctx := must(zmq.NewContext())
	func() {
		for range 5 {
			s := must(ctx.NewSocket(zmq.DEALER))
			check(s.Bind("inproc://lost"))
			check(s.Unbind("inproc://lost"))
		}
	}()
	stop := make(chan struct{})
	go func() { // ended by stop
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
				time.Sleep(10 * time.Millisecond)
			}
		}
	}()
	t.soon("Term", patience, func() { ctx.Term() })
	close(stop)
})
