//go:build unix

package cshim

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
)

func TestCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		want errno.Errno
	}{{nil, 0}, {errno.EFSM, errno.EFSM}, {errors.New("?"), errno.EINVAL}, {context.Canceled, errno.EINVAL}} {
		if got := code(c.err); got != -int(c.want) {
			t.Errorf("%v: %d", c.err, got)
		}
	}
}

func TestNoHandle(t *testing.T) {
	var id uint64
	var w Wait
	ctx := newContext(t)
	s := newSocket(t, ctx, typePair)
	for _, none := range []uint64{0, 1, 1 << 40, s + 1, s + 1<<32} {
		for name, rc := range map[string]int{
			"Set": Set(none, 17, nil), "Get": Get(none, 17, nil), "Bind": Bind(none, "inproc://x"),
			"Connect": Connect(none, "inproc://x"), "Leave": Leave(none, "inproc://x"), "Close": Close(none),
			"Check": Check(none), "Send": Send(none, nil, nil, 0, &w), "Recv": Recv(none, nil, 0, &w),
			"Monitor": Monitor(none, "", 0, 1, 0), "PipesStats": PipesStats(none), "PeerState": PeerState(none, nil),
			"Proxy": Proxy(s, none, 0, 0, &w),
		} {
			if rc != fail(errno.ENOTSOCK) {
				t.Errorf("%s of %x: %d", name, none, rc)
			}
		}
		for name, rc := range map[string]int{
			"NewSocket": NewSocket(none, 0, &id), "Shutdown": Shutdown(none), "Term": Term(none, &w),
			"SetContext": SetContext(none, 1, 1), "GetContext": GetContext(none, 1, nil),
			"Result": Result(none, &w), "Stop": Stop(none),
		} {
			if rc != fail(errno.EFAULT) {
				t.Errorf("%s of %x: %d", name, none, rc)
			}
		}
	}
}

func TestTerm(t *testing.T) {
	ctx := madeContext()
	s := newSocket(t, ctx, typePair)
	for range 2 { // as after EINTR
		var w Wait
		if rc := Term(ctx, &w); rc != eagain || w.FD < 0 {
			t.Fatalf("%d, %+v", rc, w)
		}
	}
	Close(s)
	term(t, ctx)
	var w Wait
	if rc := Term(ctx, &w); rc != fail(errno.EFAULT) {
		t.Errorf("a second time: %d", rc)
	}
}

func TestContextOptions(t *testing.T) {
	ctx := newContext(t)
	var n int32
	if SetContext(ctx, 2, 7) != 0 || GetContext(ctx, 2, &n) != 0 || n != 7 {
		t.Errorf("MAX_SOCKETS is %d", n)
	}
	var b [4]byte
	if SetContextRaw(ctx, 2, []byte{9, 0, 0, 0}) != 0 || GetContextRaw(ctx, 2, b[:]) != 4 || b[0] != 9 {
		t.Errorf("MAX_SOCKETS is %v", b)
	}
	for _, rc := range []int{
		SetContext(ctx, 2, -1), SetContext(ctx, 999, 1), GetContext(ctx, 999, &n), SetContextRaw(ctx, 2, b[:3]),
		SetContextRaw(ctx, 999, nil), GetContextRaw(ctx, 2, b[:2]), GetContextRaw(ctx, 999, b[:]),
	} {
		if rc != fail(errno.EINVAL) {
			t.Errorf("%d", rc)
		}
	}
}

func TestProxy(t *testing.T) {
	ctx := newContext(t)
	in, front := pair(t, ctx, typePush, typePull)
	back, out := newSocket(t, ctx, typePush), newSocket(t, ctx, typePull)
	if Bind(back, "inproc://out") != 0 || Connect(out, "inproc://out") != 0 {
		t.Fatal("bind or connect")
	}
	var w, r Wait
	if rc := Proxy(front, back, 0, 0, &w); rc != eagain || w.Token == 0 {
		t.Fatalf("%d, %+v", rc, w)
	}
	send(t, in, "x", 0)
	items := []Item{{Socket: out, Want: PollIn}}
	if Look(items, true, &r) == 0 {
		pause(t, &r)
		Forget(r.Token)
	}
	if text, _ := recv(t, out); text != "x" {
		t.Errorf("%q", text)
	}
	if rc := Stop(w.Token); rc != 0 {
		t.Errorf("Stop: %d", rc)
	}
	w = Wait{}
	if rc := Proxy(front, back, 0, 0, &w); rc != eagain {
		t.Fatalf("%d", rc)
	}
	Shutdown(ctx)
	pause(t, &w)
	if rc := Result(w.Token, &w); rc != fail(errno.ETERM) {
		t.Errorf("%d after the end", rc)
	}
}

func TestKeys(t *testing.T) {
	var public, secret, again [41]byte
	if Keypair(public[:], secret[:]) != 0 || PublicKey(again[:], string(secret[:40])) != 0 || again != public {
		t.Error("the public key is another")
	}
	if strings.IndexByte(string(public[:]), 0) != 40 {
		t.Errorf("%q", public)
	}
	for _, bad := range []string{"", "short", strings.Repeat("~", 40), strings.Repeat("a", 45)} {
		if rc := PublicKey(again[:], bad); rc != fail(errno.EINVAL) {
			t.Errorf("%q: %d", bad, rc)
		}
	}
	var raw [32]byte
	if DecodeZ85(raw[:], "HelloWorld") != 0 || EncodeZ85(again[:11], raw[:8]) != 0 || string(again[:11]) != "HelloWorld\x00" {
		t.Errorf("%q", again[:11])
	}
	if DecodeZ85(raw[:], "Hell") != fail(errno.EINVAL) || EncodeZ85(again[:], raw[:3]) != fail(errno.EINVAL) {
		t.Error("half a group")
	}
}
