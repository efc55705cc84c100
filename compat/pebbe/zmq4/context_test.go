package zmq4_test

import (
	"runtime"
	"syscall"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

func TestContextOptions(t *testing.T) {
	ctx := newContext(t)
	n, err := ctx.GetIoThreads()
	must(t, err)
	same(t, "threads", n, zmq.IoThreadsDflt)
	n, err = ctx.GetMaxSockets()
	must(t, err)
	same(t, "sockets", n, zmq.MaxSocketsDflt)
	n, err = ctx.GetMaxMsgsz()
	must(t, err)
	same(t, "size", n, 1<<31-1)
	on, err := ctx.GetBlocky()
	must(t, err)
	same(t, "blocky", on, true)
	on, err = ctx.GetIpv6()
	must(t, err)
	same(t, "IPv6", on, false)
	same(t, "retry", ctx.GetRetryAfterEINTR(), true)
	same(t, "retry", zmq.GetRetryAfterEINTR(), true)

	must(t, ctx.SetIpv6(true))
	must(t, ctx.SetBlocky(false))
	must(t, ctx.SetMaxSockets(12))
	must(t, ctx.SetMaxMsgsz(1000))
	must(t, ctx.SetIoThreads(3))
	must(t, ctx.SetThreadPriority(3))
	must(t, ctx.SetThreadSchedPolicy(1))
	ctx.SetRetryAfterEINTR(false)
	same(t, "retry", ctx.GetRetryAfterEINTR(), false)
	n, err = ctx.GetMaxSockets()
	must(t, err)
	same(t, "sockets", n, 12)
	same(t, "no sockets", ctx.SetMaxSockets(0), error(invalid))
	same(t, "negative threads", ctx.SetIoThreads(-1), error(invalid))

	s, err := ctx.NewSocket(zmq.PULL)
	must(t, err)
	defer s.Close()
	on, err = s.GetIpv6()
	must(t, err)
	same(t, "the socket's IPv6", on, true)
	d, err := s.GetLinger()
	must(t, err)
	same(t, "the socket's linger", d, 0)
}

func TestMaxSockets(t *testing.T) {
	ctx := newContext(t)
	must(t, ctx.SetMaxSockets(1))
	open(t, ctx, zmq.PULL)
	s, err := ctx.NewSocket(zmq.PULL)
	t.Cleanup(func() { s.Close() })
	same(t, "one too many", err, error(zmq.Errno(syscall.EMFILE)))
	same(t, "its string", s.String(), "Socket(CLOSED)")
}

func TestClosedContext(t *testing.T) {
	ctx, err := zmq.NewContext()
	must(t, err)
	must(t, ctx.Term())
	must(t, ctx.Term())
	s, err := ctx.NewSocket(zmq.PULL)
	same(t, "NewSocket", err, zmq.ErrorContextClosed)
	same(t, "its Bind", s.Bind("inproc://x"), zmq.ErrorSocketClosed)
	_, err = ctx.GetIpv6()
	same(t, "GetIpv6", err, zmq.ErrorContextClosed)
	same(t, "SetIpv6", ctx.SetIpv6(true), zmq.ErrorContextClosed)

	var zero zmq.Context
	_, err = zero.NewSocket(zmq.PULL)
	same(t, "NewSocket of none", err, zmq.ErrorContextClosed)
	same(t, "SetIpv6 of none", zero.SetIpv6(true), zmq.ErrorContextClosed)
	must(t, zero.Term())
}

// Term ends calls that wait, and waits itself until the sockets are closed.
func TestTerm(t *testing.T) {
	ctx, err := zmq.NewContext()
	must(t, err)
	s, err := ctx.NewSocket(zmq.PULL)
	must(t, err)
	failed, over := make(chan error), make(chan error)
	go func() { // ends with Term; the test receives its error
		_, err := s.Recv(0)
		failed <- err
	}()
	go func() { over <- ctx.Term() }() // likewise
	same(t, "Recv", <-failed, error(zmq.ETERM))
	_, err = s.Send("", 0)
	same(t, "Send", err, error(zmq.ETERM))
	same(t, "Bind", s.Bind("inproc://x"), error(zmq.ETERM))
	same(t, "SetLinger", s.SetLinger(0), error(zmq.ETERM))
	same(t, "String", s.String(), "Socket(Context was terminated)")
	select {
	case <-over:
		t.Error("Term did not wait for the socket")
	case <-time.After(20 * time.Millisecond):
	}
	must(t, s.Close())
	must(t, <-over)
	_, err = s.Recv(0)
	same(t, "Recv", err, zmq.ErrorSocketClosed)
}

// Term waits for messages to be delivered.
func TestTermLingers(t *testing.T) {
	peers := newContext(t)
	pull := open(t, peers, zmq.PULL)
	must(t, pull.Bind("tcp://127.0.0.1:*"))
	addr := endpoint(t, pull)
	must(t, pull.Unbind(addr))

	ctx, err := zmq.NewContext()
	must(t, err)
	push, err := ctx.NewSocket(zmq.PUSH)
	must(t, err)
	must(t, push.SetReconnectIvl(10*time.Millisecond))
	must(t, push.Connect(addr))
	_, err = push.Send("late", 0)
	must(t, err)
	must(t, push.Close())
	over := make(chan error)
	go func() { over <- ctx.Term() }() // ends when the message is gone; the test waits
	select {
	case <-over:
		t.Error("Term did not wait for the message")
	case <-time.After(20 * time.Millisecond):
	}
	must(t, pull.Bind(addr))
	got, err := pull.Recv(0)
	must(t, err)
	same(t, "received", got, "late")
	must(t, <-over)
}

// Who is not held any more is closed: the endpoint becomes free.
func TestCollector(t *testing.T) {
	ctx := newContext(t)
	lose(t, ctx)
	s := open(t, ctx, zmq.PULL)
	end := time.Now().Add(patience)
	for s.Bind("inproc://lost") != nil {
		if time.Now().After(end) {
			t.Fatal("the socket is still bound")
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	zmq.NewContext() // and this needs nobody
	runtime.GC()
}

func lose(t *testing.T, ctx *zmq.Context) {
	s, err := ctx.NewSocket(zmq.PULL)
	must(t, err)
	must(t, s.Bind("inproc://lost"))
}

// A socket is not collected while it waits, although nobody else holds it;
// then it is.
func TestCollectorSparesWaiting(t *testing.T) {
	ctx, err := zmq.NewContext()
	must(t, err)
	push := open(t, ctx, zmq.PUSH)
	got := make(chan error)
	go func() { // ends with the message below
		s, _ := ctx.NewSocket(zmq.PULL)
		s.Bind("inproc://held")
		got <- nil
		_, err := s.Recv(0)
		got <- err
	}()
	<-got
	for range 5 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	must(t, push.Connect("inproc://held"))
	_, err = push.Send("x", 0)
	must(t, err)
	must(t, <-got)
	must(t, push.Close())
	over := make(chan error)
	go func() { over <- ctx.Term() }() // ends when the socket is collected; the test waits
	for end := time.Now().Add(patience); time.Now().Before(end); {
		runtime.GC()
		select {
		case err := <-over:
			must(t, err)
			return
		case <-time.After(time.Millisecond):
		}
	}
	t.Error("nobody has closed the socket")
}

func TestRetryOfDefaultContext(t *testing.T) {
	zmq.SetRetryAfterEINTR(false)
	same(t, "retry", zmq.GetRetryAfterEINTR(), false)
	zmq.SetRetryAfterEINTR(true)
	must(t, zmq.SetMaxMsgsz(1<<31-1))
	n, err := zmq.GetMaxMsgsz()
	must(t, err)
	same(t, "size", n, 1<<31-1)
}
