package core

import (
	"context"
	"slices"
	"testing"

	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// next is the next message, without the name that a ROUTER puts in front.
func next(t *testing.T, s *Socket) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testutil.Patience)
	defer cancel()
	r, err := s.Recv(ctx, false)
	if err != nil {
		t.Fatalf("%s receives: %v", s.row.Name, err)
	}
	if s.row.Names {
		return string(r.Rest()[0])
	}
	return string(r.First)
}

func wantNext(t *testing.T, s *Socket, want ...string) {
	t.Helper()
	for _, w := range want {
		if got := next(t, s); got != w {
			t.Errorf("%s received %q, want %q", s.row.Name, got, w)
		}
	}
}

func send(t *testing.T, s *Socket, frames ...string) {
	t.Helper()
	var list [][]byte
	for _, f := range frames {
		list = append(list, []byte(f))
	}
	if err := s.Send(t.Context(), list, true); err != nil {
		t.Fatal(err)
	}
}

func closed(s *Socket) {
	s.StartClose()
	s.Abort()
	<-s.Finished()
}

var schemes = []string{"tcp://127.0.0.1:*", "ipc://*", "inproc://notices"}

// HELLO_MSG is what each peer receives first, DISCONNECT_MSG what a ROUTER
// receives when one that came to it has gone.
func TestHelloAndDisconnect(t *testing.T) {
	for _, scheme := range schemes {
		t.Run(scheme[:3], func(t *testing.T) {
			c := NewContext()
			router := newTest(t, c, opt.TypeRouter)
			set(t, router, "HELLO_MSG", "welcome")
			set(t, router, "DISCONNECT_MSG", "gone")
			set(t, router, "HICCUP_MSG", "not for a ROUTER")
			bound, err := router.Bind(scheme)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				dealer := newTest(t, c, opt.TypeDealer)
				set(t, dealer, "HELLO_MSG", "hello")
				set(t, dealer, "DISCONNECT_MSG", "not for a DEALER")
				if err := dealer.Connect(bound); err != nil {
					t.Fatal(err)
				}
				send(t, dealer, "request")
				wantNext(t, router, "hello", "request")
				wantNext(t, dealer, "welcome")
				closed(dealer)
				wantNext(t, router, "gone")
			}
			leaver := newTest(t, c, opt.TypeDealer)
			if err := leaver.Connect(bound); err != nil {
				t.Fatal(err)
			}
			wantNext(t, leaver, "welcome")
			if err := leaver.Disconnect(bound); err != nil {
				t.Fatal(err)
			}
			wantNext(t, router, "gone")
			if in, _, err := router.Ready(); in || err != nil {
				t.Errorf("more to receive: %v, %v", in, err)
			}
		})
	}
}

// A connection before the bind is greeted like any other.
func TestHelloBeforeBind(t *testing.T) {
	c := NewContext()
	dealer, router := newTest(t, c, opt.TypeDealer), newTest(t, c, opt.TypeRouter)
	set(t, dealer, "HELLO_MSG", "hello")
	set(t, router, "HELLO_MSG", "welcome")
	if err := dealer.Connect("inproc://later"); err != nil {
		t.Fatal(err)
	}
	send(t, dealer, "request")
	if _, err := router.Bind("inproc://later"); err != nil {
		t.Fatal(err)
	}
	wantNext(t, router, "hello", "request")
	wantNext(t, dealer, "welcome")
}

// HICCUP_MSG is what a DEALER receives when a connection that it made was lost;
// on the next one all hellos are said again.
func TestHiccup(t *testing.T) {
	for _, scheme := range []string{schemes[0], "ipc://" + t.TempDir() + "/s"} {
		t.Run(scheme[:3], func(t *testing.T) {
			c := NewContext()
			dealer := newTest(t, c, opt.TypeDealer)
			set(t, dealer, "HELLO_MSG", "hello")
			set(t, dealer, "HICCUP_MSG", "hiccup")
			set(t, dealer, "RECONNECT_IVL", 10)
			bound := scheme
			for i := range 3 {
				router := newTest(t, c, opt.TypeRouter)
				set(t, router, "HELLO_MSG", "welcome")
				var err error
				if bound, err = router.Bind(bound); err != nil {
					t.Fatal(err)
				}
				if i == 0 {
					if err := dealer.Connect(bound); err != nil {
						t.Fatal(err)
					}
				}
				wantNext(t, dealer, "welcome")
				wantNext(t, router, "hello")
				closed(router)
				wantNext(t, dealer, "hiccup")
			}
		})
	}
}

func TestRouterNotify(t *testing.T) {
	c := NewContext()
	router := newTest(t, c, opt.TypeRouter)
	var bounds []string
	for bits := range 4 {
		set(t, router, "ROUTER_NOTIFY", bits)
		set(t, router, "DISCONNECT_MSG", "gone")
		bound, err := router.Bind("tcp://127.0.0.1:*")
		if err != nil {
			t.Fatal(err)
		}
		bounds = append(bounds, bound)
	}
	for bits, bound := range bounds {
		dealer := newTest(t, c, opt.TypeDealer)
		if err := dealer.Connect(bound); err != nil {
			t.Fatal(err)
		}
		send(t, dealer, "request")
		var want []string
		if bits&1 != 0 {
			want = append(want, "")
		}
		wantNext(t, router, append(want, "request")...)
		closed(dealer)
		want = []string{"gone"}
		if bits&2 != 0 {
			want = []string{"", "gone"}
		}
		wantNext(t, router, want...)
	}
	// A peer that we leave ourselves is not news.
	dealer := newTest(t, c, opt.TypeDealer)
	if err := dealer.Connect(bounds[3]); err != nil {
		t.Fatal(err)
	}
	send(t, dealer, "request")
	wantNext(t, router, "", "request")
	if err := router.Unbind(bounds[3]); err != nil {
		t.Fatal(err)
	}
	if err := dealer.WaitConnected(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if in, _, err := router.Ready(); in || err != nil {
		t.Errorf("more to receive: %v, %v", in, err)
	}
}

// Who has no use for these messages does not get them.
func TestNoticesElsewhere(t *testing.T) {
	c := NewContext()
	names := []string{"HELLO_MSG", "DISCONNECT_MSG", "HICCUP_MSG"}
	pull, push := newTest(t, c, opt.TypePull), newTest(t, c, opt.TypePush)
	for _, s := range []*Socket{pull, push} {
		for _, n := range names {
			set(t, s, n, n)
		}
	}
	for _, scheme := range schemes {
		bound, err := pull.Bind(scheme)
		if err != nil {
			t.Fatal(err)
		}
		if err := push.Connect(bound); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, m := range []string{"1", "2", "3"} {
		send(t, push, m)
		got = append(got, next(t, pull))
	}
	slices.Sort(got)
	if !slices.Equal(got, []string{"1", "2", "3"}) {
		t.Errorf("received %q", got)
	}
	closed(push)
	if in, _, err := pull.Ready(); in || err != nil {
		t.Errorf("more to receive: %v, %v", in, err)
	}
}
