package core

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/internal/testutil/rows"
)

// Properties are told from a message on to the next, whole or by its parts, over every
// transport: of the types of package rows, which know them.
func TestProps(t *testing.T) {
	for _, addr := range []string{"tcp://127.0.0.1:*", "inproc://props"} {
		t.Run(addr[:strings.Index(addr, ":")], func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), testutil.Patience)
			defer cancel()
			b := newBench(t)
			pair := func(bound, connected int) (*Socket, *Socket) {
				x, y := b.socket(bound), b.socket(connected)
				at, err := x.Bind(fmt.Sprint(addr, map[bool]string{true: fmt.Sprint(bound)}[addr[0] == 'i']))
				b.ok(err)
				b.ok(y.Connect(at))
				b.ok(x.WaitConnected(ctx, 1))
				return x, y
			}

			server, client := pair(rows.Server, rows.Client)
			b.ok(client.Send(ctx, [][]byte{[]byte("one")}, false))
			r, err := server.Recv(ctx, false)
			b.ok(err)
			props := r.Props()
			if props == nil || props.RoutingID == 0 || string(r.First) != "one" {
				t.Fatalf("received %q with %+v", r.First, props)
			}
			kept := r.Clone()
			b.ok(server.SendWith(ctx, kept.Props(), [][]byte{[]byte("re one")}, false))
			b.ok(server.SendPart(ctx, []byte("by parts"), props, false, false))
			for _, want := range []string{"re one", "by parts"} {
				if r, err := client.Recv(ctx, false); err != nil || string(r.First) != want || r.Props() != nil {
					t.Errorf("received %q with %+v, %v; want %q", r.First, r.Props(), err, want)
				}
			}
			for name, err := range map[string]error{
				"no routing id":    server.Send(ctx, [][]byte{[]byte("x")}, true),
				"an unknown one":   server.SendWith(ctx, &msg.Props{RoutingID: 1 << 31}, [][]byte{[]byte("x")}, true),
				"by its last part": server.SendPart(ctx, []byte("x"), nil, false, true),
				"by a first part":  server.SendPart(ctx, []byte("x"), &msg.Props{RoutingID: 7}, true, true),
			} {
				if err != errno.EHOSTUNREACH {
					t.Errorf("%s: %v, want EHOSTUNREACH", name, err)
				}
			}
			b.ok(client.Send(ctx, [][]byte{[]byte("two")}, false))
			var p Part
			if b.ok(server.RecvPart(ctx, false, &p)); p.Props == nil || *p.Props != *props {
				t.Errorf("a part came with %+v, want %+v", p.Props, props)
			}

			radio, dish := pair(rows.Radio, rows.Dish)
			b.ok(radio.SendWith(ctx, &msg.Props{Group: "weather"}, [][]byte{[]byte("rain")}, false))
			if r, err := dish.Recv(ctx, false); err != nil || string(r.First) != "rain" || r.Props() == nil || r.Props().Group != "weather" {
				t.Errorf("received %q with %+v, %v", r.First, r.Props(), err)
			}

			// A Joint hands them on, as a proxy does.
			b.ok(client.Send(ctx, [][]byte{[]byte("echo")}, false))
			j := NewJoint(server, server)
			j.Lock()
			b.ok(j.Wait(ctx, Receiving, j, func() error {
				m, err := j.Recv()
				if err == nil {
					err = j.Send(0, m, false)
				}
				return err
			}))
			j.Unlock()
			if r, err := client.Recv(ctx, false); err != nil || string(r.First) != "echo" {
				t.Errorf("received %q, %v", r.First, err)
			}
		})
	}
}

// TOPICS_COUNT is of the types that have topics, and of no other.
func TestTopicsCount(t *testing.T) {
	b := newBench(t)
	count := opt.ByName("TOPICS_COUNT")
	sub := b.socket(opt.TypeSub)
	b.ok(sub.Subscribe([]byte("a")))
	b.ok(sub.Subscribe([]byte("b")))
	for typ, want := range map[int]any{opt.TypePub: 0, opt.TypeXPub: 0, opt.TypeXSub: 0} {
		if n, err := b.socket(typ).Get(count); err != nil || n != want {
			t.Errorf("%s: %v, %v", opt.TypeName(typ), n, err)
		}
	}
	if n, err := sub.Get(count); err != nil || n != 2 {
		t.Errorf("SUB: %v, %v; want 2", n, err)
	}
	if _, err := b.socket(opt.TypePush).Get(count); !errors.Is(err, errno.EINVAL) {
		t.Errorf("PUSH: %v, want EINVAL", err)
	}
}
