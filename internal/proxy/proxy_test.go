package proxy

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }

// a bed is the sockets of one test, all in one context.
type bed struct {
	t   *testing.T
	ctx *core.Context
	all []*core.Socket
}

func newBed(t *testing.T) *bed {
	b := &bed{t: t, ctx: core.NewContext()}
	t.Cleanup(func() {
		for _, s := range b.all {
			s.StartClose()
			s.Abort()
		}
		b.ctx.Close(context.Background())
	})
	return b
}

func (b *bed) socket(name string) *core.Socket {
	b.t.Helper()
	row, _ := pattern.ByName(name)
	s, err := core.NewSocket(b.ctx, row.Type)
	if err != nil {
		b.t.Fatal(err)
	}
	b.all = append(b.all, s)
	return s
}

func (b *bed) bound(name, at string) *core.Socket {
	b.t.Helper()
	s := b.socket(name)
	if _, err := s.Bind("inproc://" + at); err != nil {
		b.t.Fatal(err)
	}
	return s
}

func (b *bed) connected(name, to string) *core.Socket {
	b.t.Helper()
	s := b.socket(name)
	if err := s.Connect("inproc://" + to); err != nil {
		b.t.Fatal(err)
	}
	return s
}

// proxy runs one; what it returned comes out of the channel.
func (b *bed) proxy(front, back, capture, control *core.Socket) <-chan error {
	done := make(chan error, 1)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	// Owned by the test, whose cleanup waits for it.
	go func() {
		done <- New().Run(ctx, front, back, capture, control)
		close(ended)
	}()
	b.t.Cleanup(func() { cancel(); <-ended })
	return done
}

func TestProxyStreamer(t *testing.T) {
	b := newBed(t)
	front, back := b.bound("PULL", "f"), b.bound("PUSH", "b")
	capture, tap := b.bound("PUSH", "c"), b.connected("PULL", "c")
	b.proxy(front, back, capture, nil)
	in, out := b.connected("PUSH", "f"), b.connected("PULL", "b")
	big := strings.Repeat("B", 100_000)
	const n = 5000 // more than all marks together
	// Owned by the test: it ends when everything is received.
	go func() {
		for i := range n {
			sendParts(t, in, fmt.Sprint(i), big[:i%100*1000])
		}
	}()
	for i := range n {
		for _, s := range []*core.Socket{out, tap} {
			got := recvParts(t, s)
			if len(got) != 2 || got[0] != fmt.Sprint(i) || got[1] != big[:i%100*1000] {
				t.Fatalf("message %d arrived as %.60q", i, got)
			}
		}
	}
}

func TestProxyQueue(t *testing.T) {
	b := newBed(t)
	b.proxy(b.bound("ROUTER", "f"), b.bound("DEALER", "b"), b.bound("PUB", "c"), nil)
	for range 3 {
		rep := b.connected("REP", "b")
		// Owned by the socket: it ends with it.
		go func() {
			for {
				r, err := rep.Recv(context.Background(), false)
				if err != nil {
					return
				}
				rep.Send(context.Background(), [][]byte{r.First}, false)
			}
		}()
	}
	done := make(chan error, 4)
	for range cap(done) {
		req := b.connected("REQ", "f")
		// Owned by the test, which counts them in.
		go func() {
			var err error
			for i := 0; i < 500 && err == nil; i++ {
				want := fmt.Sprint(i)
				var r core.Received
				if err = req.Send(context.Background(), [][]byte{[]byte(want)}, false); err == nil {
					r, err = req.Recv(context.Background(), false)
				}
				if err == nil && string(r.First) != want {
					err = fmt.Errorf("%q for %q", r.First, want)
				}
			}
			done <- err
		}()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// Types that take turns can stand between, one request after the other.
func TestProxyRepReq(t *testing.T) {
	b := newBed(t)
	b.proxy(b.bound("REP", "f"), b.bound("REQ", "b"), nil, nil)
	req, rep := b.connected("REQ", "f"), b.connected("REP", "b")
	for i := range 100 {
		sendParts(t, req, "q", fmt.Sprint(i))
		if got := recvParts(t, rep); got[1] != fmt.Sprint(i) {
			t.Fatalf("%q", got)
		}
		sendParts(t, rep, "a")
		recvParts(t, req)
	}
}

func TestProxyForwarder(t *testing.T) {
	b := newBed(t)
	b.proxy(b.bound("XSUB", "f"), b.bound("XPUB", "b"), nil, nil)
	pub, sub := b.connected("PUB", "f"), b.connected("SUB", "b")
	if err := sub.Subscribe([]byte("goal")); err != nil {
		t.Fatal(err)
	}
	if err := pub.WaitSubscribers(t.Context(), []byte("goal"), 1); err != nil {
		t.Fatal(err)
	}
	sendParts(t, pub, "corner", "1")
	sendParts(t, pub, "goal", "2")
	if got := recvParts(t, sub); strings.Join(got, " ") != "goal 2" {
		t.Errorf("got %q", got)
	}
}

// Fault C1: one socket may be both ends. What it receives goes out again, by a REP
// and a ROUTER to its sender.
func TestProxyOneSocket(t *testing.T) {
	for _, x := range [][2]string{
		{"DEALER", "DEALER"}, {"PAIR", "PAIR"}, {"REP", "REQ"}, {"ROUTER", "REQ"}, {"ROUTER", "DEALER"},
	} {
		for _, copies := range []bool{false, true} {
			t.Run(fmt.Sprint(x, copies), func(t *testing.T) {
				b := newBed(t)
				one, echo := b.bound(x[0], "f"), b.connected(x[1], "f")
				var capture, tap *core.Socket
				if copies {
					capture, tap = b.bound("PUSH", "c"), b.connected("PULL", "c")
				}
				b.proxy(one, one, capture, nil)
				for i := range 3 {
					sendParts(t, echo, "hello", fmt.Sprint(i))
					if got := recvParts(t, echo); strings.Join(got, " ") != fmt.Sprint("hello ", i) {
						t.Errorf("got %q", got)
					}
					if copies {
						recvParts(t, tap)
					}
				}
			})
		}
	}
}

// The capture may be one of the two: it sends what it is given, whole, twice. A REP
// cannot answer twice.
func TestProxyCaptureIsBack(t *testing.T) {
	b := newBed(t)
	front, back := b.bound("DEALER", "f"), b.bound("DEALER", "b")
	b.proxy(front, back, back, nil)
	in, out := b.connected("DEALER", "f"), b.connected("DEALER", "b")
	big := strings.Repeat("B", 100_000)
	for range 3 {
		sendParts(t, in, "two", big)
		for range 2 {
			if got := recvParts(t, out); strings.Join(got, " ") != "two "+big {
				t.Errorf("got %.60q", got)
			}
		}
	}
	rep := b.bound("REP", "r")
	done := b.proxy(rep, rep, rep, nil)
	req := b.connected("REQ", "r")
	sendParts(t, req, "once")
	recvParts(t, req)
	if err := <-done; err != errno.EFSM {
		t.Errorf("a REP that is front, back and capture: %v", err)
	}
}

// A capture that cannot send ends the proxy with the first message.
func TestProxyCaptureCannotSend(t *testing.T) {
	for kind, want := range map[string]error{"PULL": errno.ENOTSUP, "SUB": errno.ENOTSUP, "REP": errno.EFSM} {
		b := newBed(t)
		done := b.proxy(b.bound("PULL", "f"), b.bound("PUSH", "b"), b.bound(kind, "c"), nil)
		in := b.connected("PUSH", "f")
		b.connected("PULL", "b")
		sendParts(t, in, "x")
		if err := <-done; err != want {
			t.Errorf("capture %s: %v, want %v", kind, err, want)
		}
	}
}

func numbers(parts []string) (list []uint64) {
	for _, p := range parts {
		list = append(list, binary.NativeEndian.Uint64([]byte(p)))
	}
	return list
}

func TestProxySteering(t *testing.T) {
	for _, kind := range []string{"REP", "PAIR"} {
		t.Run(kind, func(t *testing.T) { steer(t, kind) })
	}
}

func steer(t *testing.T, kind string) {
	b := newBed(t)
	front, back, control := b.bound("ROUTER", "f"), b.bound("DEALER", "b"), b.bound(kind, "s")
	done := b.proxy(front, back, nil, control)
	peer := map[string]string{"REP": "REQ", "PAIR": "PAIR"}[kind]
	hand := b.connected(peer, "s")
	tell := func(what string) {
		t.Helper()
		sendParts(t, hand, what)
		if kind == "REP" {
			if got := recvParts(t, hand); len(got) != 1 || got[0] != "" {
				t.Errorf("%s was answered %q", what, got)
			}
		}
	}
	count := func() []uint64 {
		t.Helper()
		sendParts(t, hand, "STATISTICS")
		got := recvParts(t, hand)
		if len(got) != 8 {
			t.Fatalf("%d numbers", len(got))
		}
		return numbers(got)
	}
	in, out := b.connected("DEALER", "f"), b.connected("DEALER", "b")
	sendParts(t, in, "abc")
	envelope := recvParts(t, out)
	sendParts(t, out, envelope[0], "de", "f")
	recvParts(t, in)
	if got := fmt.Sprint(count()); got != "[1 8 1 8 1 8 1 8]" {
		t.Errorf("statistics are %v", got)
	}
	tell("PAUSE")
	if kind == "PAIR" {
		count() // answered after the pause has begun
	}
	sendParts(t, in, "later")
	tell("nonsense")
	var p core.Part
	if err := out.RecvPart(t.Context(), true, &p); err != errno.EAGAIN {
		t.Errorf("paused: %v", err)
	}
	tell("RESUME")
	if got := recvParts(t, out); got[1] != "later" {
		t.Errorf("got %q", got)
	}
	tell("TERMINATE")
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("terminated: %v", err)
		}
	case <-time.After(testutil.Patience):
		t.Fatal("it goes on")
	}
}

// A proxy ends with its sockets, its context, and where it is impossible.
func TestProxyEnds(t *testing.T) {
	b := newBed(t)
	if err := New().Run(t.Context(), b.socket("PUSH"), b.socket("PUSH"), nil, nil); err != errno.ENOTSUP {
		t.Errorf("PUSH to PUSH: %v", err)
	}
	front, back := b.bound("ROUTER", "f"), b.bound("DEALER", "b")
	done := b.proxy(front, back, nil, nil)
	back.StartClose()
	if err := <-done; err != errno.ENOTSOCK {
		t.Errorf("closed: %v", err)
	}
	done = b.proxy(front, b.bound("DEALER", "b2"), nil, nil)
	b.ctx.Shutdown()
	if err := <-done; err != errno.ETERM {
		t.Errorf("shut down: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b = newBed(t)
	if err := New().Run(ctx, b.bound("PULL", "f"), b.bound("PUSH", "b"), nil, nil); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
}

// Both directions wait for a capture that nobody reads yet.
func TestProxyWaitsForCapture(t *testing.T) {
	b := newBed(t)
	front, back, capture := b.bound("DEALER", "f"), b.bound("DEALER", "b"), b.bound("PUSH", "c")
	b.proxy(front, back, capture, nil)
	in, out := b.connected("DEALER", "f"), b.connected("DEALER", "b")
	for i := range 3 {
		sendParts(t, in, fmt.Sprint("to ", i))
		sendParts(t, out, fmt.Sprint("fro ", i))
	}
	time.Sleep(10 * time.Millisecond) // both directions have seen that there is no room
	tap := b.connected("PULL", "c")
	for range 6 {
		recvParts(t, tap)
	}
	for range 3 {
		recvParts(t, in)
		recvParts(t, out)
	}
}

func sendParts(t *testing.T, s *core.Socket, parts ...string) {
	t.Helper()
	for i, p := range parts {
		if err := s.SendPart(t.Context(), []byte(p), nil, i < len(parts)-1, false); err != nil {
			t.Fatalf("part %d: %v", i, err)
		}
	}
}

// recvParts receives one message, by its parts.
func recvParts(t *testing.T, s *core.Socket) (parts []string) {
	t.Helper()
	for {
		var p core.Part
		if err := s.RecvPart(t.Context(), false, &p); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, string(p.Data))
		p.Release()
		if !p.More {
			return parts
		}
	}
}
