//go:build unix

package cshim

import (
	"bytes"
	"sync/atomic"
	"testing"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
)

// Fault B18: what is sent stays C's memory until it is let go; before Term returns it
// is.
func TestSendBlock(t *testing.T) {
	body := bytes.Repeat([]byte("b"), ByReference)
	for _, at := range []string{"inproc://block", "tcp://127.0.0.1:*"} {
		ctx := madeContext()
		push, pull := newSocket(t, ctx, typePush), newSocket(t, ctx, typePull)
		var gone atomic.Int32
		drop := func() { gone.Add(1) }
		var w Wait
		if rc := SendBlock(push, body, drop, nil, DontWait, &w); rc != eagain {
			t.Fatalf("without a peer: %d", rc)
		}
		if gone.Load() != 0 {
			t.Error("what was not sent is gone")
		}
		if Bind(pull, at) != 0 || Connect(push, lastEndpoint(t, pull)) != 0 {
			t.Fatal("bind or connect")
		}
		for range 2 {
			if rc := SendBlock(push, body, drop, nil, SndMore, &w); rc != len(body) {
				t.Fatalf("first part: %d", rc)
			}
			if rc := SendBlock(push, body, drop, nil, 0, &w); rc != len(body) {
				t.Fatalf("last part: %d", rc)
			}
		}
		for i := range 4 {
			var p core.Part
			for rc := Recv(pull, &p, 0, &w); rc == eagain; rc = Recv(pull, &p, 0, &w) {
				pause(t, &w)
			}
			if !bytes.Equal(p.Data, body) || p.More != (i%2 == 0) {
				t.Errorf("part %d: %d bytes, more %v", i, len(p.Data), p.More)
			}
		}
		Close(push)
		Close(pull)
		terminate(t, ctx)
		if n := gone.Load(); n != 4 {
			t.Errorf("%s: %d of 4 were let go", at, n)
		}
	}
}

// What is dropped unsent is let go as well, and the parts of a message without a last
// one.
func TestSendBlockDropped(t *testing.T) {
	ctx := madeContext()
	push := newSocket(t, ctx, typePush)
	Set(push, 17, make([]byte, 4)) // LINGER 0
	if Connect(push, "tcp://127.0.0.1:9") != 0 {
		t.Fatal("connect")
	}
	var gone atomic.Int32
	var w Wait
	for i := range 6 {
		if rc := SendBlock(push, make([]byte, ByReference), func() { gone.Add(1) }, nil, i%2*SndMore, &w); rc < 0 {
			t.Fatal(rc)
		}
	}
	Close(push)
	terminate(t, ctx)
	if n := gone.Load(); n != 6 {
		t.Errorf("%d of 6 were let go", n)
	}
}

func TestLend(t *testing.T) {
	p := core.Part{Data: make([]byte, ByReference)}
	id := Lend(&p)
	if _, ok := loans.get(id); !ok || len(p.Data) != ByReference {
		t.Error("there is no loan")
	}
	Return(id)
	Return(id)
	if _, ok := loans.get(id); ok {
		t.Error("the loan has not ended")
	}
	if rc := SendBlock(1<<40, p.Data, func() {}, nil, 0, new(Wait)); rc != fail(errno.ENOTSOCK) {
		t.Errorf("no socket: %d", rc)
	}
}

// terminate ends a context as C does.
func terminate(t *testing.T, ctx uint64) {
	t.Helper()
	for {
		var w Wait
		rc := Term(ctx, &w)
		if rc == 0 {
			return
		}
		if rc != eagain {
			t.Fatal(rc)
		}
		pause(t, &w)
	}
}

func lastEndpoint(t *testing.T, s uint64) string {
	t.Helper()
	b := make([]byte, 256)
	n := Get(s, 32, b)
	if n < 1 {
		t.Fatal(n)
	}
	return string(b[:n-1])
}
