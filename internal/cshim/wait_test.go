//go:build unix

package cshim

import (
	"testing"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
)

var eagain = fail(errno.EAGAIN)

func setTimeout(t *testing.T, id uint64, option int, ms int32) {
	t.Helper()
	if rc := Set(id, option, []byte{byte(ms), byte(ms >> 8), byte(ms >> 16), byte(ms >> 24)}); rc != 0 {
		t.Fatalf("Set: %d", rc)
	}
}

func TestWaitToReceive(t *testing.T) {
	ctx := newContext(t)
	a, b := pair(t, ctx, typePair, typePair)
	var p core.Part
	var w Wait
	if rc := Recv(a, &p, DontWait, &w); rc != eagain || w.Token != 0 {
		t.Errorf("DONTWAIT: %d, %+v", rc, w)
	}
	setTimeout(t, a, 27, 0)
	if rc := Recv(a, &p, 0, &w); rc != eagain || w.Token != 0 {
		t.Errorf("RCVTIMEO 0: %d, %+v", rc, w)
	}
	setTimeout(t, a, 27, 1234)
	if rc := Recv(a, &p, 0, &w); rc != eagain || w.Token == 0 || w.Timeout != 1234 {
		t.Fatalf("%d, %+v", rc, w)
	}
	if rc := Recv(a, &p, 0, &w); rc != eagain || w.Token == 0 {
		t.Fatalf("called again for nothing: %d, %+v", rc, w)
	}
	send(t, b, "x", 0)
	pause(t, &w)
	if rc := Recv(a, &p, 0, &w); rc != 0 || string(p.Data) != "x" || w.Token != 0 {
		t.Errorf("%d, %q, %+v", rc, p.Data, w)
	}
	if n := waits.len(); n != 0 {
		t.Errorf("%d waits are left", n)
	}
}

func TestWaitToSend(t *testing.T) {
	ctx := newContext(t)
	push := newSocket(t, ctx, typePush)
	var w Wait
	if rc := Send(push, []byte("x"), nil, 0, &w); rc != eagain || w.Token == 0 || w.Timeout != -1 {
		t.Fatalf("%d, %+v", rc, w)
	}
	pull := newSocket(t, ctx, typePull)
	if Bind(pull, "inproc://later") != 0 || Connect(push, "inproc://later") != 0 {
		t.Fatal("bind or connect")
	}
	pause(t, &w)
	if rc := Send(push, []byte("x"), nil, 0, &w); rc != 1 || w.Token != 0 {
		t.Errorf("%d, %+v", rc, w)
	}
}

// Two callers that wait on one socket are both served, whichever comes first.
func TestTwoWait(t *testing.T) {
	ctx := newContext(t)
	a, b := pair(t, ctx, typePair, typePair)
	var p core.Part
	var one, two Wait
	if Recv(a, &p, 0, &one) != eagain || Recv(a, &p, 0, &two) != eagain {
		t.Fatal("nothing was sent")
	}
	send(t, b, "1", 0)
	send(t, b, "2", 0)
	pause(t, &one)
	pause(t, &two)
	if Recv(a, &p, 0, &one) != 0 || Recv(a, &p, 0, &two) != 0 {
		t.Error("one was not served")
	}
}

// A caller that waits is woken by the end of the socket, or of its context.
func TestWaitEnds(t *testing.T) {
	ctx := newContext(t)
	a, b := newSocket(t, ctx, typePull), newSocket(t, ctx, typePull)
	var p core.Part
	var one, two Wait
	if Recv(a, &p, 0, &one) != eagain || Recv(b, &p, 0, &two) != eagain {
		t.Fatal("nothing was sent")
	}
	Close(a)
	pause(t, &one)
	if rc := Recv(a, &p, 0, &one); rc != fail(errno.ENOTSOCK) || one.Token != 0 {
		t.Errorf("closed: %d, %+v", rc, one)
	}
	Shutdown(ctx)
	pause(t, &two)
	if rc := Recv(b, &p, 0, &two); rc != fail(errno.ETERM) || two.Token != 0 {
		t.Errorf("terminated: %d, %+v", rc, two)
	}
	if n := waits.len(); n != 0 {
		t.Errorf("%d waits are left", n)
	}
}

func TestForget(t *testing.T) {
	ctx := newContext(t)
	a, b := pair(t, ctx, typePair, typePair)
	var p core.Part
	for range 3 {
		var w Wait
		if Recv(a, &p, 0, &w) != eagain {
			t.Fatal("nothing was sent")
		}
		Forget(w.Token)
		Forget(w.Token)
		send(t, b, "x", 0)
		if text, _ := recv(t, a); text != "x" {
			t.Errorf("%q", text)
		}
	}
	if n := waits.len(); n != 0 {
		t.Errorf("%d waits are left", n)
	}
}

func TestLook(t *testing.T) {
	ctx := newContext(t)
	a, b := pair(t, ctx, typePair, typePair)
	items := []Item{{Socket: a, Want: PollIn}, {Socket: b, Want: PollIn}}
	var w Wait
	if n := Look(items, false, &w); n != 0 || w.Token != 0 {
		t.Errorf("%d, %+v", n, w)
	}
	if n := Look(items, true, &w); n != 0 || w.Token == 0 {
		t.Fatalf("%d, %+v", n, w)
	}
	send(t, a, "x", 0)
	pause(t, &w)
	if n := Look(items, true, &w); n != 1 || items[0].Got != 0 || items[1].Got != PollIn || w.Token != 0 {
		t.Errorf("%d, %+v, %+v", n, items, w)
	}
	items[0].Want = PollIn | PollOut
	if n := Look(items, true, &w); n != 2 || items[0].Got != PollOut {
		t.Errorf("%d, %+v", n, items)
	}
	Shutdown(ctx)
	if n := Look(items, true, &w); n != fail(errno.ETERM) {
		t.Errorf("%d after the end", n)
	}
	if n := Look([]Item{{Socket: 17}}, true, &w); n != fail(errno.ENOTSOCK) {
		t.Errorf("%d for no socket", n)
	}
}

// ZMQ_FD is not readable after a call that found nothing.
func TestDescriptor(t *testing.T) {
	ctx := newContext(t)
	a, b := pair(t, ctx, typePair, typePair)
	var fd [4]byte
	if Get(a, 14, fd[:]) != 4 {
		t.Fatal("no descriptor")
	}
	w := Wait{FD: int32(fd[0]) | int32(fd[1])<<8}
	send(t, b, "x", 0)
	pause(t, &w)
	recv(t, a)
	var p core.Part
	var none Wait
	if Recv(a, &p, DontWait, &none) != eagain {
		t.Fatal("nothing was sent")
	}
	send(t, b, "y", 0)
	pause(t, &w)
	if text, _ := recv(t, a); text != "y" {
		t.Errorf("%q", text)
	}
}
