package zmq4_test

import (
	"errors"
	"io"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	. "github.com/zeroth-mq/zmq/compat/gozeromq/zmq4"
)

// TestPubSub: topics before and after Dial, held once, filtered, and listed.
func TestPubSub(t *testing.T) {
	for _, publisher := range []SocketType{Pub, XPub} {
		each(t, func(t *testing.T, ep string) {
			pub, sub := constructors[publisher](ctx), NewSub(ctx)
			ep = listen(t, pub, ep)
			for _, topic := range []any{"a", []byte("b"), "a"} {
				if err := sub.SetOption(OptionSubscribe, topic); err != nil {
					t.Fatal(err)
				}
			}
			dial(t, sub, ep)
			if err := sub.Send(NewMsgString("\x01c")); err != nil {
				t.Error(err)
			}
			if err := sub.Send(NewMsgString("c")); err == nil {
				t.Error("a SUB has sent a message")
			}
			awaitTopics(t, pub, "a", "b", "c")
			if got := sub.(Topics).Topics(); !slices.Equal(got, []string{"a", "b", "c"}) {
				t.Errorf("%q", got)
			}
			if err := sub.SetOption(OptionUnsubscribe, "a"); err != nil {
				t.Fatal(err)
			}
			awaitTopics(t, pub, "b", "c")
			for _, text := range []string{"a", "bb", "d", "c"} {
				send(t, pub, text, "body")
			}
			expect(t, sub, "bb", "body")
			expect(t, sub, "c", "body")
			sub.Close()
			awaitTopics(t, pub)
			send(t, pub, "b")
		})
	}
}

// TestPubKeepsAll: without OptionHWM a subscriber that is late gets everything.
func TestPubKeepsAll(t *testing.T) {
	const n = 50000
	pub, sub := NewPub(ctx), NewSub(ctx)
	dial(t, sub, listen(t, pub, local))
	if err := sub.SetOption(OptionSubscribe, ""); err != nil {
		t.Fatal(err)
	}
	awaitTopics(t, pub, "")
	b := make([]byte, 256)
	for i := range n {
		b[0], b[1] = byte(i), byte(i>>8)
		if err := pub.Send(NewMsgFrom([]byte("t"), b)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		m, err := sub.Recv()
		if err != nil || m.Frames[1][0] != byte(i) || m.Frames[1][1] != byte(i>>8) {
			t.Fatalf("message %d: %v, %v", i, m, err)
		}
	}
}

// TestXPubXSub: subscriptions are messages, and are repeated on a new connection.
func TestXPubXSub(t *testing.T) {
	ep := "tcp://" + freeAddr(t)
	xsub := NewXSub(ctx, WithAutomaticReconnect(true), WithDialerRetry(time.Millisecond))
	defer xsub.Close()
	for i := range 2 {
		xpub := NewXPub(ctx)
		listen(t, xpub, ep)
		if i == 0 {
			dial(t, xsub, ep)
			send(t, xsub, "\x01a")
		}
		expect(t, xpub, "\x01a")
		send(t, xpub, "ab")
		expect(t, xsub, "ab")
		xpub.Close()
	}
}

// TestReqReceivesMany: a REQ receives all that its peer sends, and may ask again
// before that.
func TestReqReceivesMany(t *testing.T) {
	router, req := NewRouter(ctx), NewReq(ctx, WithID(SocketIdentity("me")))
	if _, err := req.Recv(); err == nil || err.Error() != "zmq4: no connections available" {
		t.Errorf("Recv before Send: %v", err)
	}
	dial(t, req, listen(t, router, local))
	send(t, req, "ask")
	expect(t, router, "me", "", "ask")
	for _, text := range []string{"1", "2", "end"} {
		send(t, router, "me", "", text)
	}
	send(t, router, "me", "no reply")
	expect(t, req, "1")
	send(t, req, "again")
	expect(t, router, "me", "", "again")
	expect(t, req, "2")
	expect(t, req, "end")
	router.Close()
	if m, err := req.Recv(); err != io.EOF {
		t.Errorf("%v, %v", m, err)
	}
	if _, err := req.Recv(); err == nil || err == io.EOF {
		t.Errorf("%v", err)
	}
}

// TestReqTurns: requests go to each peer in turn, dialled or accepted.
func TestReqTurns(t *testing.T) {
	req := NewReq(ctx)
	defer req.Close()
	for _, name := range []string{"a", "b"} {
		rep := NewRep(ctx)
		dial(t, req, listen(t, rep, local))
		go func() { // ends when rep closes
			for {
				if _, err := rep.Recv(); err != nil {
					return
				}
				_ = rep.Send(NewMsgString(name))
			}
		}()
	}
	var got []string
	for range 4 {
		send(t, req, "?")
		m, err := req.Recv()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(m.Bytes()))
	}
	if !slices.Equal(got, []string{"a", "b", "a", "b"}) {
		t.Errorf("%q", got)
	}
}

func TestReqListens(t *testing.T) {
	req := NewReq(ctx)
	ep := listen(t, req, local)
	if req.Addr() == nil {
		t.Fatal("no address")
	}
	rep := NewRep(ctx)
	dial(t, rep, ep)
	send(t, req, "a")
	expect(t, rep, "a")
	rep.Close()
	if m, err := req.Recv(); err != io.EOF {
		t.Errorf("the only peer has gone: %v, %v", m, err)
	}
	if err := req.SetOption(OptionHWM, 3); err != nil {
		t.Error(err)
	}
}

// TestReqSurvives: a peer that comes back gets the next request.
func TestReqSurvives(t *testing.T) {
	ep := "tcp://" + freeAddr(t)
	req := NewReq(ctx, WithDialerRetry(time.Millisecond))
	defer req.Close()
	for i := range 3 {
		rep := NewRep(ctx)
		listen(t, rep, ep)
		if i == 0 {
			dial(t, req, ep)
		}
		send(t, req, "a")
		expect(t, rep, "a")
		send(t, rep, "b")
		expect(t, req, "b")
		rep.Close()
		expectError(t, req, io.EOF)
	}
}

// TestRepLax: a reply without a request is not sent, and a request may be left.
func TestRepLax(t *testing.T) {
	rep := NewRep(ctx)
	ep := listen(t, rep, local)
	send(t, rep, "nobody asked")
	one, two := NewReq(ctx, WithID(SocketIdentity("x"))), NewDealer(ctx)
	dial(t, one, ep)
	dial(t, two, ep)
	send(t, one, "left")
	expect(t, rep, "left")
	send(t, two, "hop", "", "asks", "")
	expect(t, rep, "asks", "")
	send(t, rep, "answer")
	send(t, rep, "answer twice")
	expect(t, two, "hop", "", "answer")
	send(t, two, "no request")
	send(t, two, "") // nor this
	send(t, one, "again")
	expect(t, rep, "again")
	send(t, rep, "last")
	expect(t, one, "last")
	one.Close()
	two.Close()
	if err := rep.Send(NewMsgString("x")); err != nil {
		t.Error(err)
	}
	if err := rep.Send(Msg{}); err == nil {
		t.Error("a reply without frames was sent")
	}
}

func TestRouter(t *testing.T) {
	router := NewRouter(ctx)
	ep := listen(t, router, local)
	for _, frames := range [][]string{{"nobody", "a"}, {"nobody"}, {""}} {
		if err := router.Send(NewMsgFromString(frames)); err != nil {
			t.Errorf("%q: %v", frames, err)
		}
	}
	if err := router.Send(Msg{}); err == nil {
		t.Error("a message without frames was sent")
	}
	// Of two peers of one name the newer has it.
	for _, text := range []string{"first", "second"} {
		d := NewDealer(ctx, WithID(SocketIdentity("name")))
		dial(t, d, ep)
		send(t, d, text)
		expect(t, router, "name", text)
		send(t, router, "name", "to "+text)
		expect(t, d, "to "+text)
	}
	var all sync.WaitGroup
	d := NewDealer(ctx, WithID(SocketIdentity("many")))
	dial(t, d, ep)
	send(t, d, "here")
	expect(t, router, "many", "here")
	for range 8 {
		all.Go(func() {
			for range 100 {
				if err := router.Send(NewMsgFrom([]byte("many"), []byte("a"), []byte("b"))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 800 {
		expect(t, d, "a", "b")
	}
	all.Wait()
}

func TestProxy(t *testing.T) {
	front, back, capture := NewRouter(ctx), NewDealer(ctx), NewPush(ctx)
	frontAt, backAt, copies := listen(t, front, local), listen(t, back, local), NewPull(ctx)
	dial(t, copies, listen(t, capture, local))
	req, rep := NewReq(ctx, WithID(SocketIdentity("me"))), NewRep(ctx)
	dial(t, req, frontAt)
	dial(t, rep, backAt)
	p := NewProxy(ctx, front, back, capture)
	ended := make(chan error)
	go func() { ended <- p.Run() }() // the test waits for it
	p.Pause()
	p.Pause()
	p.Stats()
	p.Resume()
	p.Resume()
	send(t, req, "a")
	expect(t, rep, "a")
	send(t, rep, "b")
	expect(t, req, "b")
	expect(t, copies, "me", "", "a")
	expect(t, copies, "me", "", "b")
	p.Kill()
	p.Kill()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	// The end of a socket ends its proxy.
	p = NewProxy(ctx, front, back, nil)
	front.Close()
	if err := p.Run(); err == nil {
		t.Error("the proxy has ended without an error")
	}
}

// TestProxyForwards: subscriptions go one way, messages the other.
func TestProxyForwards(t *testing.T) {
	front, back, pub, sub := NewXSub(ctx), NewXPub(ctx), NewPub(ctx), NewSub(ctx)
	dial(t, pub, listen(t, front, local))
	dial(t, sub, listen(t, back, local))
	p := NewProxy(ctx, front, back, nil)
	if err := sub.SetOption(OptionSubscribe, "a"); err != nil {
		t.Fatal(err)
	}
	awaitTopics(t, pub, "a")
	send(t, pub, "b")
	send(t, pub, "ab")
	expect(t, sub, "ab")
	p.Kill()
	if err := p.Run(); err != nil {
		t.Error(err)
	}
}

// TestManyGoroutines: all methods at once, and Close among them.
func TestManyGoroutines(t *testing.T) {
	for typ, make := range constructors {
		s := make(ctx, quiet, WithTimeout(time.Millisecond), WithDialerMaxRetries(0))
		ep := listen(t, s, local)
		var all sync.WaitGroup
		for _, f := range []func(){
			func() { _ = s.Send(NewMsgString("x")) }, func() { _ = s.Dial(ep) }, func() { _ = s.Listen(local) },
			func() { _ = s.SetOption(OptionSubscribe, "a") }, func() { _ = s.SetOption(OptionHWM, 10) },
			func() { _, _ = s.GetOption(OptionHWM) }, func() { _ = s.Addr() },
			func() {
				if t, ok := s.(Topics); ok {
					_ = t.Topics()
				}
			},
			func() { _, _ = s.Recv() },
		} {
			all.Go(func() {
				for range 20 {
					f()
				}
			})
		}
		time.Sleep(time.Millisecond)
		s.Close()
		all.Wait()
		if v, err := s.GetOption(OptionHWM); err != nil && !errors.Is(err, ErrBadProperty) || err == nil && !reflect.DeepEqual(v, 10) {
			t.Errorf("%s: %v, %v", typ, v, err)
		}
	}
}
