//go:build unix

package cshim

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }

// long is more than anything takes, on a busy machine.
const long = testutil.Patience

func newContext(t *testing.T) uint64 {
	t.Helper()
	ctx := madeContext()
	t.Cleanup(func() { term(t, ctx) })
	return ctx
}

// term ends a context, if a test has not.
func term(t *testing.T, ctx uint64) {
	t.Helper()
	for {
		var w Wait
		switch rc := Term(ctx, &w); rc {
		case 0, fail(errno.EFAULT):
			return
		case fail(errno.EAGAIN):
			pause(t, &w)
		default:
			t.Fatalf("Term: %d", rc)
		}
	}
}

func newSocket(t *testing.T, ctx uint64, typ int) uint64 {
	t.Helper()
	var id uint64
	if rc := NewSocket(ctx, typ, &id); rc != 0 {
		t.Fatalf("NewSocket: %d", rc)
	}
	t.Cleanup(func() { Close(id) })
	return id
}

// pair joins two sockets.
func pair(t *testing.T, ctx uint64, a, b int) (uint64, uint64) {
	t.Helper()
	x, y := newSocket(t, ctx, a), newSocket(t, ctx, b)
	name := "inproc://" + t.Name()
	if Bind(x, name) != 0 || Connect(y, name) != 0 {
		t.Fatal("bind or connect")
	}
	return x, y
}

// pause waits as C does.
func pause(t *testing.T, w *Wait) {
	t.Helper()
	p := []unix.PollFd{{Fd: w.FD, Events: unix.POLLIN}}
	if w.Conn > 0 {
		p = append(p, unix.PollFd{Fd: w.Conn - 1, Events: unix.POLLIN})
	}
	for end := time.Now().Add(long); time.Now().Before(end); {
		if n, _ := unix.Poll(p, 1000); n > 0 {
			return
		}
	}
	t.Fatal("what was waited for does not come")
}

func send(t *testing.T, id uint64, text string, flags int) {
	t.Helper()
	var w Wait
	if rc := Send(id, []byte(text), nil, flags|DontWait, &w); rc != len(text) {
		t.Fatalf("Send: %d", rc)
	}
}

func recv(t *testing.T, id uint64) (string, bool) {
	t.Helper()
	var p core.Part
	var w Wait
	if rc := Recv(id, &p, DontWait, &w); rc != 0 {
		t.Fatalf("Recv: %d", rc)
	}
	return string(p.Data), p.More
}

const (
	typePair = opt.TypePair
	typePush = opt.TypePush
	typePull = opt.TypePull
)

func madeContext() (ctx uint64) {
	NewContext(&ctx)
	return ctx
}
