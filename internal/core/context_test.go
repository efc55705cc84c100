package core

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
)

func setCtx(t *testing.T, c *Context, name string, x any) {
	t.Helper()
	if err := c.Set(opt.CtxByName(name), x); err != nil {
		t.Fatal(err)
	}
}

func newTest(t *testing.T, c *Context, typ int) *Socket {
	t.Helper()
	s, err := NewSocket(c, typ)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.StartClose(); s.Abort(); <-s.Finished() })
	return s
}

func wantErrno(t *testing.T, what string, err error, e errno.Errno) {
	t.Helper()
	if !errors.Is(err, e) {
		t.Errorf("%s: %v, want %v", what, err, e)
	}
}

func TestMaxSockets(t *testing.T) {
	c := NewContext()
	setCtx(t, c, "MAX_SOCKETS", 2)
	a, b := newTest(t, c, opt.TypePair), newTest(t, c, opt.TypeSub)
	_, err := NewSocket(c, opt.TypePair)
	wantErrno(t, "a third", err, errno.EMFILE)
	_, err = NewSocket(c, 99)
	wantErrno(t, "no such type, and no room", err, errno.EMFILE)
	in, err := NewInternal(c, opt.TypeDealer)
	if err != nil {
		t.Fatalf("one that does not count: %v", err)
	}
	in.StartClose()
	<-in.Finished()
	setCtx(t, c, "MAX_SOCKETS", 10) // too late
	_, err = NewSocket(c, opt.TypePair)
	wantErrno(t, "after a late Set", err, errno.EMFILE)
	b.StartClose()
	<-b.Finished()
	newTest(t, c, opt.TypePair)
	_, err = NewSocket(c, opt.TypePair)
	wantErrno(t, "in place of one that was closed, and one more", err, errno.EMFILE)
	c.Limit(0)
	newTest(t, c, 0)
	newTest(t, c, 0)
	if a.err() != nil {
		t.Error(a.err())
	}
	_, err = NewSocket(c, 99)
	wantErrno(t, "no such type", err, errno.EINVAL)
}

func TestNoThreads(t *testing.T) {
	c := NewContext()
	setCtx(t, c, "IO_THREADS", 0)
	s := newTest(t, c, opt.TypePair)
	setCtx(t, c, "IO_THREADS", 1) // too late
	for _, ep := range []string{"tcp://127.0.0.1:*", "tcp://127.0.0.1:1", "ipc://*", "tcp://nonsense"} {
		_, err := s.Bind(ep)
		wantErrno(t, "bind "+ep, err, errno.EMTHREAD)
		wantErrno(t, "connect "+ep, s.Connect(ep), errno.EMTHREAD)
	}
	_, err := s.Bind("foo://x")
	wantErrno(t, "foo", err, errno.EPROTONOSUPPORT)
	if err := s.Connect("inproc://x"); err != nil {
		t.Error(err)
	}
	if _, err := s.Bind("inproc://x"); err != nil {
		t.Error(err)
	}
}

func TestContextReachesNewSockets(t *testing.T) {
	c := NewContext()
	before := newTest(t, c, opt.TypeDealer)
	setCtx(t, c, "IPV6", 1)
	setCtx(t, c, "BLOCKY", false)
	after := newTest(t, c, opt.TypeDealer)
	if v := &before.vals; v.Net.IPv6 || v.Life.Linger >= 0 {
		t.Error("a socket that was there has changed")
	}
	if v := &after.vals; !v.Net.IPv6 || v.Life.Linger != 0 {
		t.Errorf("IPV6 %v, LINGER %v", v.Net.IPv6, v.Life.Linger)
	}
	if x, err := c.Get(opt.CtxByName("BLOCKY")); x != false || err != nil {
		t.Error(x, err)
	}
	if _, err := c.Get(opt.CtxByName("THREAD_PRIORITY")); err == nil {
		t.Error("read what is write-only")
	}
}

// Term waits for sockets that their owners close, and for what they linger on.
func TestTerm(t *testing.T) {
	c := NewContext()
	push := newTest(t, c, opt.TypePush)
	pending := newTest(t, c, opt.TypePush)
	bound, err := push.Bind("tcp://127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	pull := newTest(t, NewContext(), opt.TypePull)
	if err := pull.Connect(bound); err != nil {
		t.Fatal(err)
	}
	if err := push.Send(t.Context(), [][]byte{[]byte("last")}, false); err != nil {
		t.Fatal(err)
	}
	if err := pending.Connect("inproc://nobody"); err != nil {
		t.Fatal(err)
	}
	if err := pending.Send(t.Context(), [][]byte{[]byte("lost")}, false); err != nil {
		t.Fatal(err)
	}
	soon, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := c.Term(soon); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("sockets are open: %v", err)
	}
	_, err = NewSocket(c, 0)
	wantErrno(t, "a new socket", err, errno.ETERM)
	wantErrno(t, "send", push.Send(t.Context(), [][]byte{nil}, true), errno.ETERM)
	done := make(chan error)
	go func() { done <- c.Term(context.Background()) }() // received from below
	select {
	case err := <-done:
		t.Fatalf("Term did not wait: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	push.StartClose()
	pending.StartClose()
	if err := <-done; err != nil {
		t.Error(err)
	}
	lost, why := pending.Undelivered()
	other, _ := push.Undelivered()
	if lost != 1 || len(why) != 1 || other != 0 {
		t.Error(lost, why, other)
	}
	if r, err := pull.Recv(t.Context(), false); err != nil || string(r.First) != "last" {
		t.Errorf("%q, %v", r.First, err)
	}
}
