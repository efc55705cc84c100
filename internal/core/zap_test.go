package core

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/zmtp"
)

// long bounds what hangs. Nothing is measured against it.
const long = testutil.Patience

func socketIn(t *testing.T, c *Context, typ int) *Socket {
	t.Helper()
	s, err := NewSocket(c, typ)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Abort()
		s.StartClose()
		<-s.Finished()
	})
	return s
}

// zapBed is a context with a ZAP handler that answers each request with what
// answer makes of it; nil: with nothing.
func zapBed(t *testing.T, typ int, answer func([][]byte) [][]byte) *Context {
	t.Helper()
	c := NewContext()
	h := socketIn(t, c, typ)
	if _, err := h.Bind(zapEndpoint); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	wg.Go(func() { // owned by the test, through Cleanup
		for {
			r, err := h.Recv(ctx, false)
			if err != nil {
				return
			}
			if reply := answer(r.Frames()); reply != nil {
				h.Send(ctx, reply, false)
			}
		}
	})
	t.Cleanup(func() { cancel(); wg.Wait() })
	return c
}

func list(frames ...string) [][]byte {
	var out [][]byte
	for _, f := range frames {
		out = append(out, []byte(f))
	}
	return out
}

// ask is what a connection's mechanism does.
func ask(ctx context.Context, s *Socket, r mech.Request) mech.Reply {
	s.lock()
	a := s.authorityLocked()
	s.unlock()
	r.Address = "192.0.2.7"
	return a.decide(ctx, r)
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), long)
	t.Cleanup(cancel)
	return ctx
}

var plain = mech.Request{Mechanism: "PLAIN", Credentials: list("alice", "secret")}

func TestZAPOverREPAndROUTER(t *testing.T) {
	for _, typ := range []int{opt.TypeRep, opt.TypeRouter} {
		var got [][]byte
		c := zapBed(t, typ, func(req [][]byte) [][]byte {
			n := len(req) - 8 // what a ROUTER has before the version, and a REP has not
			envelope := req[:n:n]
			got = req[n:]
			meta := zmtp.AppendProperty(nil, "X-team", "blue")
			return append(append(envelope, list("1.0", "1", "200", "OK", "Alice")...), meta)
		})
		s := socketIn(t, c, opt.TypeRep)
		s.Set(opt.ByName("ZAP_DOMAIN"), "global")
		s.Set(opt.ByName("ROUTING_ID"), "server")
		r := ask(within(t), s, plain)
		if r.Err != nil || r.Status != 200 || r.Text != "OK" || r.UserID != "Alice" || len(r.Metadata) != 1 || r.Metadata[0].Value != "blue" {
			t.Errorf("type %d: %+v", typ, r)
		}
		want := list("1.0", "1", "global", "192.0.2.7", "server", "PLAIN", "alice", "secret")
		if !bytes.Equal(bytes.Join(got, []byte{'|'}), bytes.Join(want, []byte{'|'})) {
			t.Errorf("type %d was asked %q", typ, got)
		}
	}
}

func TestZAPHandlersOfEveryBadKind(t *testing.T) {
	for _, c := range []struct {
		what  string
		reply [][]byte // of a REP: the delimiter goes before
		code  uint32
	}{
		{"short", list("1.0", "1", "200", "", ""), mech.ZAPMalformedReply},
		{"long", list("1.0", "1", "200", "", "", "", ""), mech.ZAPMalformedReply},
		{"version", list("1.1", "1", "200", "", "", ""), mech.ZAPBadVersion},
		{"id", list("1.0", "7", "200", "", "", ""), mech.ZAPBadRequestID},
		{"status", list("1.0", "1", "20x", "", "", ""), mech.ZAPInvalidStatus},
		{"metadata", list("1.0", "1", "200", "", "", "x"), mech.ZAPInvalidMetadata},
	} {
		ctx := zapBed(t, opt.TypeRep, func([][]byte) [][]byte { return c.reply })
		r := ask(within(t), socketIn(t, ctx, opt.TypePull), plain)
		pe, ok := errors.AsType[*mech.ProtocolError](r.Err)
		if !ok || pe.Code != c.code || r.Status != 0 {
			t.Errorf("%s: %+v", c.what, r)
		}
	}
	ctx := zapBed(t, opt.TypeRouter, func(req [][]byte) [][]byte {
		return append(req[:1:1], list("x", "1.0", "1", "200", "", "", "")...)
	})
	r := ask(within(t), socketIn(t, ctx, opt.TypePull), plain)
	if pe, ok := errors.AsType[*mech.ProtocolError](r.Err); !ok || pe.Code != mech.ZAPUnspecified {
		t.Errorf("no delimiter: %+v", r)
	}
}

func TestZAPRefusals(t *testing.T) {
	for status, want := range map[string]int{"300": 300, "400": 400, "500": 500} {
		c := zapBed(t, opt.TypeRep, func([][]byte) [][]byte { return list("1.0", "1", status, "why", "", "") })
		if r := ask(within(t), socketIn(t, c, opt.TypePull), plain); r.Err != nil || r.Status != want || r.Text != "why" {
			t.Errorf("%s: %+v", status, r)
		}
	}
}

func TestNobodyToAsk(t *testing.T) {
	c := NewContext()
	s := socketIn(t, c, opt.TypePull)
	if r := ask(within(t), s, plain); r.Err != mech.ErrNoAuthenticator || !errors.Is(r.Err, errno.EFAULT) {
		t.Errorf("%+v", r)
	}
	socketIn(t, c, opt.TypePull).Bind(zapEndpoint)
	if r := ask(within(t), s, plain); !errors.Is(r.Err, errno.EFAULT) || !strings.Contains(r.Err.Error(), "PULL") {
		t.Errorf("of a PULL: %+v", r)
	}
}

// A handler that never answers is waited for until the handshake is given up.
func TestZAPHandlerThatIsSilent(t *testing.T) {
	asked := make(chan struct{}, 1)
	c := zapBed(t, opt.TypeRouter, func([][]byte) [][]byte { asked <- struct{}{}; return nil })
	s := socketIn(t, c, opt.TypePull)
	ctx, cancel := context.WithCancel(within(t))
	done := make(chan mech.Reply, 1)
	go func() { done <- ask(ctx, s, plain) }() // owned by the test, which takes its reply
	<-asked
	cancel()
	if r := <-done; !errors.Is(r.Err, context.Canceled) {
		t.Errorf("%+v", r)
	}

	c2 := zapBed(t, opt.TypeRouter, func([][]byte) [][]byte { asked <- struct{}{}; return nil })
	s2 := socketIn(t, c2, opt.TypePull)
	go func() { done <- ask(within(t), s2, plain) }() // owned by the test, which takes its reply
	<-asked
	c2.Shutdown()
	if r := <-done; !errors.Is(r.Err, errno.ETERM) {
		t.Errorf("%+v", r)
	}
}

// Fault B14: a handshake whose ZAP handler went failed at once, and the next one
// found nobody to ask, and was let in. Both wait for a handler that comes, until
// the handshake is given up; once there was one, nobody to ask is no answer.
func TestZAPHandlerThatGoes(t *testing.T) {
	asked := make(chan struct{}, 1)
	c := zapBed(t, opt.TypeRouter, func([][]byte) [][]byte { asked <- struct{}{}; return nil })
	s := socketIn(t, c, opt.TypePull)
	begun, late := make(chan mech.Reply, 1), make(chan mech.Reply, 1)
	go func() { begun <- ask(within(t), s, plain) }() // owned by the test, which takes its reply
	<-asked
	c.mu.Lock()
	h := c.bound[zapEndpoint].s
	c.mu.Unlock()
	h.StartClose()
	<-h.Finished()
	ctx, cancel := context.WithCancel(within(t))
	cancel()
	if r := ask(ctx, s, plain); !errors.Is(r.Err, context.Canceled) || r.Err == mech.ErrNoAuthenticator {
		t.Errorf("without a handler: %+v", r)
	}
	go func() { late <- ask(within(t), s, plain) }() // owned by the test, which takes its reply
	next := socketIn(t, c, opt.TypeRep)
	if _, err := next.Bind(zapEndpoint); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := next.Recv(within(t), false); err != nil {
			t.Fatal(err)
		}
		if err := next.Send(within(t), list("1.0", "1", "400", "next", "", ""), false); err != nil {
			t.Fatal(err)
		}
	}
	for _, done := range []chan mech.Reply{begun, late} {
		if r := <-done; r.Status != 400 || r.Text != "next" {
			t.Errorf("%+v", r)
		}
	}

	// One that was only unbound, and one that goes for good with its context.
	next.Unbind(zapEndpoint)
	go func() { late <- ask(within(t), s, plain) }() // owned by the test, which takes its reply
	for waiting := false; !waiting; runtime.Gosched() {
		c.mu.Lock()
		waiting = len(c.waiting[zapEndpoint]) > 0
		c.mu.Unlock()
	}
	c.Shutdown()
	if r := <-late; !errors.Is(r.Err, errno.ETERM) {
		t.Errorf("%+v", r)
	}
}

// Many requests at once are all answered, each with its own answer, and nothing
// of them is left.
func TestZAPCrowd(t *testing.T) {
	c := zapBed(t, opt.TypeRep, func(req [][]byte) [][]byte {
		return append(list("1.0", "1", "200", ""), req[6], nil)
	})
	s := socketIn(t, c, opt.TypePull)
	ctx := within(t)
	var wg sync.WaitGroup
	for i := range 4 * zapRequests {
		wg.Go(func() { // owned by the test, which waits
			user := []byte{'u', byte(i), byte(i >> 8)}
			r := ask(ctx, s, mech.Request{Mechanism: "PLAIN", Credentials: [][]byte{user, nil}})
			if r.Err != nil || r.UserID != string(user) {
				t.Errorf("%q: %+v", user, r)
			}
		})
	}
	wg.Wait()
	if n := len(c.all()); n != 2 {
		t.Errorf("%d sockets are left; want the handler and the one that asked", n)
	}
}

func TestAuthenticator(t *testing.T) {
	c := zapBed(t, opt.TypeRep, func([][]byte) [][]byte { t.Error("the ZAP handler was asked"); return nil })
	s := socketIn(t, c, opt.TypePull)
	s.Set(opt.ByName("ZAP_DOMAIN"), "global")
	for _, c := range []struct {
		what   string
		f      Authenticator
		status int
		text   string
	}{
		{"yes", func(_ context.Context, r *AuthRequest) mech.Reply {
			return mech.Reply{Status: 200, Text: r.Domain + r.Address + r.Mechanism + string(r.Credentials[0])}
		}, 200, "global192.0.2.7PLAINalice"},
		{"no", func(context.Context, *AuthRequest) mech.Reply { return mech.Reply{Status: 400, Text: "no"} }, 400, "no"},
		{"panic", func(context.Context, *AuthRequest) mech.Reply { panic("oops") }, 500, "panicked: oops"},
		{"index", func(context.Context, *AuthRequest) mech.Reply { return mech.Reply{Text: string(list()[0])} }, 500, "index out of range"},
		{"nonsense", func(context.Context, *AuthRequest) mech.Reply { return mech.Reply{} }, 500, "status 0"},
	} {
		s.SetAuthenticator(c.f)
		if r := ask(within(t), s, plain); r.Err != nil || r.Status != c.status || !strings.Contains(r.Text, c.text) {
			t.Errorf("%s: %+v", c.what, r)
		}
	}
}
