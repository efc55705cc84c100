package zmq4_test

import (
	"bytes"
	"context"
	"errors"
	"log"
	"strings"
	"sync"
	"testing"
	"time"

	. "github.com/zeroth-mq/zmq/compat/gozeromq/zmq4"
)

var constructors = map[SocketType]func(context.Context, ...Option) Socket{
	Pair: NewPair, Pub: NewPub, Sub: NewSub, Req: NewReq, Rep: NewRep, Dealer: NewDealer,
	Router: NewRouter, Pull: NewPull, Push: NewPush, XPub: NewXPub, XSub: NewXSub,
}

func TestExchange(t *testing.T) {
	for _, c := range []struct{ from, to SocketType }{
		{Push, Pull}, {Pair, Pair}, {Dealer, Dealer}, {Req, Rep}, {Dealer, Router},
	} {
		each(t, func(t *testing.T, ep string) {
			to := constructors[c.to](ctx)
			ep = listen(t, to, ep)
			from := constructors[c.from](ctx)
			dial(t, from, ep)
			send(t, from, "a", "", "b")
			if c.to == Router {
				m, err := to.Recv()
				if err != nil || len(m.Frames) != 4 || len(m.Frames[0]) != 5 {
					t.Fatalf("%v, %v", m, err)
				}
				if err := to.SendMulti(m); err != nil {
					t.Fatal(err)
				}
				expect(t, from, "a", "", "b")
				return
			}
			expect(t, to, "a", "", "b")
			if c.to == Rep {
				send(t, to, "r")
				expect(t, from, "r")
			}
		})
	}
}

// TestClose: every type, idle, in Recv, and in Send.
func TestClose(t *testing.T) {
	for typ, make := range constructors {
		s := make(ctx)
		if s.Type() != typ || s.Addr() != nil {
			t.Errorf("%s is a %s at %v", typ, s.Type(), s.Addr())
		}
		listen(t, s, local)
		var waiting sync.WaitGroup
		if typ != Pub && typ != Push && typ != Req {
			waiting.Go(func() {
				if m, err := s.Recv(); err != context.Canceled {
					t.Errorf("%s: Recv returned %v, %v", typ, m, err)
				}
			})
		}
		for range 2 {
			if err := s.Close(); err != nil {
				t.Errorf("%s: %v", typ, err)
			}
		}
		waiting.Wait()
		if err := s.Send(NewMsgString("x")); err != context.Canceled && typ != Pull {
			t.Errorf("%s: Send after Close: %v", typ, err)
		}
		for _, call := range []func(string) error{s.Listen, s.Dial} {
			if err := call(local); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: after Close: %v", typ, err)
			}
		}
	}
}

func TestContextEnds(t *testing.T) {
	short, cancel := context.WithCancel(ctx)
	pull, push := NewPull(short), NewPush(short)
	ep := listen(t, pull, local)
	req := NewReq(short)
	defer req.Close()
	var waiting sync.WaitGroup
	waiting.Go(func() { expectErrorOf(t, pull, context.Canceled) })
	waiting.Go(func() {
		if err := push.Send(NewMsgString("x")); err != context.Canceled {
			t.Errorf("Send: %v", err)
		}
	})
	waiting.Go(func() {
		if err := req.Send(NewMsgString("x")); err != context.Canceled {
			t.Errorf("Send of a REQ: %v", err)
		}
	})
	cancel()
	waiting.Wait()
	push.Close()
	// The end of the context closes: the address is free.
	again := NewPull(ctx)
	defer again.Close()
	for end := time.Now().Add(20 * time.Second); again.Listen(ep) != nil; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the address is still in use")
		}
	}
	late, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	dealer := NewDealer(late)
	defer dealer.Close()
	expectError(t, dealer, context.DeadlineExceeded)
	if err := dealer.Dial("tcp://127.0.0.1:1"); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func expectErrorOf(t *testing.T, s Socket, want error) {
	if m, err := s.Recv(); err != want {
		t.Errorf("received %v, %v; want %v", m, err, want)
	}
}

func TestSendWaits(t *testing.T) {
	for _, typ := range []SocketType{Push, Dealer, Pair, Req} {
		s := constructors[typ](ctx, WithTimeout(20*time.Millisecond))
		if err := s.Send(NewMsgString("x")); err != context.DeadlineExceeded {
			t.Errorf("%s: %v", typ, err)
		}
		if err := s.Send(Msg{}); err == nil {
			t.Errorf("%s sends a message without frames", typ)
		}
		s.Close()
	}
	// A peer that does not receive.
	push := NewPush(ctx, WithTimeout(50*time.Millisecond), quiet)
	pull := NewPull(ctx)
	dial(t, pull, listen(t, push, local))
	big := NewMsg(make([]byte, 1<<20))
	var err error
	for range 100000 {
		if err = push.Send(big); err != nil {
			break
		}
	}
	if err != context.DeadlineExceeded {
		t.Errorf("%v", err)
	}
}

// TestSendCopies: frames are the caller's again.
func TestSendCopies(t *testing.T) {
	for _, size := range []int{8, 1 << 20} {
		each(t, func(t *testing.T, ep string) {
			pull, push := NewPull(ctx), NewPush(ctx)
			dial(t, push, listen(t, pull, ep))
			b := bytes.Repeat([]byte("a"), size)
			if err := push.Send(NewMsg(b)); err != nil {
				t.Fatal(err)
			}
			clear(b)
			m, err := pull.Recv()
			if err != nil || !bytes.Equal(m.Frames[0], bytes.Repeat([]byte("a"), size)) {
				t.Errorf("%.20v, %v", m, err)
			}
		})
	}
}

// TestFramesAreOwned: a program may append to a frame, and write to it.
func TestFramesAreOwned(t *testing.T) {
	pub := NewPub(ctx)
	ep := listen(t, pub, "inproc://owned")
	one, two := NewSub(ctx), NewSub(ctx)
	for _, s := range []Socket{one, two} {
		dial(t, s, ep)
		if err := s.SetOption(OptionSubscribe, ""); err != nil {
			t.Fatal(err)
		}
	}
	large := strings.Repeat("x", 100000)
	for _, body := range []string{"b", large} {
		send(t, pub, "a", body, "")
		m, err := one.Recv()
		if err != nil {
			t.Fatal(err)
		}
		m.Frames[0] = append(m.Frames[0], "zzz"...)
		clear(m.Frames[1])
		if m.Frames[2] == nil || len(m.Frames[2]) != 0 {
			t.Errorf("an empty frame is %#v", m.Frames[2])
		}
		expect(t, two, "a", body, "")
	}
}

func TestRoundRobin(t *testing.T) {
	push := NewPush(ctx)
	pulls := []Socket{NewPull(ctx), NewPull(ctx)}
	for _, p := range pulls {
		dial(t, push, listen(t, p, local))
	}
	got := make(chan string, 100)
	var all sync.WaitGroup
	for i, p := range pulls {
		all.Go(func() {
			for {
				m, err := p.Recv()
				if err != nil {
					return
				}
				got <- string('0'+rune(i)) + string(m.Bytes())
			}
		})
	}
	for range 40 {
		send(t, push, "x")
	}
	n := map[string]int{}
	for range 40 {
		n[<-got]++
	}
	if n["0x"] != 20 || n["1x"] != 20 {
		t.Errorf("%v", n)
	}
	for _, p := range pulls {
		p.Close()
	}
	all.Wait()
}

func TestOptions(t *testing.T) {
	for typ, make := range constructors {
		s := make(ctx)
		strict := typ == Pub || typ == Sub
		for _, c := range []struct {
			name  string
			value any
			fails bool
		}{
			{OptionHWM, 5, false}, {OptionHWM, 0, false}, {OptionHWM, -1, true}, {OptionHWM, "5", true},
			{OptionHWM, int64(5), true}, {"other", 1, strict},
			{OptionSubscribe, 7, strict}, {OptionSubscribe, "t", typ == Pub}, {OptionUnsubscribe, []byte("t"), typ == Pub},
		} {
			err := s.SetOption(c.name, c.value)
			if c.fails && err != ErrBadProperty || !c.fails && err != nil {
				t.Errorf("%s: SetOption(%s, %v): %v", typ, c.name, c.value, err)
			}
			if v, err := s.GetOption(c.name); err != nil || c.name == OptionHWM && v != c.value {
				t.Errorf("%s: GetOption(%s): %v, %v", typ, c.name, v, err)
			}
		}
		if v, err := s.GetOption("none"); v != nil || err != ErrBadProperty {
			t.Errorf("%s: %v, %v", typ, v, err)
		}
		s.Close()
	}
}

func TestCannot(t *testing.T) {
	push, pull, pub := NewPush(ctx), NewPull(ctx), NewPub(ctx)
	defer push.Close()
	defer pull.Close()
	defer pub.Close()
	_, e1 := push.Recv()
	_, e2 := pub.Recv()
	for err, want := range map[error]string{
		e1: "zmq4: PUSH sockets can't recv messages", e2: "zmq4: PUB sockets can't recv messages",
		pull.Send(NewMsgString("x")): "zmq4: PULL sockets can't send messages", pull.SendMulti(NewMsgString("x")): "zmq4: PULL sockets can't send messages",
	} {
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestUnsent: what Close must drop is told.
func TestUnsent(t *testing.T) {
	var text safeBuffer
	push := NewPush(ctx, WithLogger(log.New(&text, "zmq4: ", 0)))
	pull := NewPull(ctx)
	ep := listen(t, pull, local)
	dial(t, push, ep)
	pull.Close()
	for range 100 {
		_ = push.Send(NewMsg(make([]byte, 1<<16)))
	}
	push.Close()
	if s := text.String(); !strings.Contains(s, "PUSH socket closed with ") {
		t.Errorf("%q", s)
	}
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
