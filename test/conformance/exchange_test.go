package conformance

import (
	"fmt"
	"slices"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil/rows"
)

// kind is one pair of socket types, and how they talk.
type kind struct {
	a, z zmq.Type
	talk func(b *bed, a, z *zmq.Socket)
}

var kinds = []kind{
	{zmq.Push, zmq.Pull, stream},
	{zmq.Pair, zmq.Pair, both},
	{zmq.Dealer, zmq.Dealer, both},
	{zmq.Dealer, zmq.Router, routed},
	{zmq.Dealer, zmq.Rep, func(b *bed, a, z *zmq.Socket) { ask(b, a, z, "way", "back", "") }},
	{zmq.Req, zmq.Rep, func(b *bed, a, z *zmq.Socket) { ask(b, a, z) }},
	{zmq.Req, zmq.Router, reqRouter},
	{zmq.Router, zmq.Router, routers},
	{zmq.Pub, zmq.Sub, feed},
	{zmq.XPub, zmq.Sub, feed},
	{zmq.Pub, zmq.XSub, feed},
	{zmq.XPub, zmq.XSub, feed},
	// Types that are rows of a test: see package rows.
	{zmq.Type(rows.Scatter), zmq.Type(rows.Gather), stream},
	{zmq.Type(rows.Channel), zmq.Type(rows.Channel), both},
	{zmq.Type(rows.Client), zmq.Type(rows.Client), both},
}

const rounds = 40

// stream sends without waiting for the receiver.
func stream(b *bed, a, z *zmq.Socket) {
	wait := b.spawn(func() {
		for i := range rounds {
			if err := a.Send(b.ctx, []byte("part"), []byte(fmt.Sprint(i))); err != nil {
				b.Error(err)
				return
			}
		}
	})
	for i := range rounds {
		b.want(z, "part", fmt.Sprint(i))
	}
	wait()
}

func both(b *bed, a, z *zmq.Socket) {
	stream(b, a, z)
	stream(b, z, a)
}

func routed(b *bed, dealer, router *zmq.Socket) {
	wait := b.spawn(func() {
		for i := range rounds {
			if err := dealer.Send(b.ctx, []byte(fmt.Sprint(i))); err != nil {
				b.Error(err)
				return
			}
		}
	})
	id := ""
	for i := range rounds {
		m := b.recv(router)
		if len(m) != 2 || m[1] != fmt.Sprint(i) || id != "" && m[0] != id {
			b.Fatalf("message %d is %q, from %q before", i, m, id)
		}
		id = m[0]
	}
	wait()
	wait = b.spawn(func() {
		for i := range rounds {
			if err := router.Send(b.ctx, []byte(id), []byte(fmt.Sprint(i))); err != nil {
				b.Error(err)
				return
			}
		}
	})
	for i := range rounds {
		b.want(dealer, fmt.Sprint(i))
	}
	wait()
}

// ask sends requests with an envelope of the given frames.
func ask(b *bed, a, z *zmq.Socket, envelope ...string) {
	for i := range rounds {
		b.send(a, slices.Concat(envelope, []string{"what is", fmt.Sprint(i)})...)
		b.want(z, "what is", fmt.Sprint(i))
		b.send(z, "it is", fmt.Sprint(i))
		b.want(a, slices.Concat(envelope, []string{"it is", fmt.Sprint(i)})...)
	}
}

func reqRouter(b *bed, req, router *zmq.Socket) {
	for i := range rounds {
		b.send(req, fmt.Sprint(i))
		m := b.recv(router)
		if len(m) != 3 || m[1] != "" || m[2] != fmt.Sprint(i) {
			b.Fatalf("the router received %q", m)
		}
		b.send(router, m[0], "", "re", m[2])
		b.want(req, "re", fmt.Sprint(i))
	}
}

// routers have no way to begin but to know a name.
func routers(b *bed, a, z *zmq.Socket) {
	b.ok(a.WaitConnected(b.ctx, 1))
	b.ok(z.WaitConnected(b.ctx, 1))
	for i := range rounds {
		b.send(a, "z", "ping", fmt.Sprint(i))
		b.want(z, "a", "ping", fmt.Sprint(i))
		b.send(z, "a", "pong", fmt.Sprint(i))
		b.want(a, "z", "pong", fmt.Sprint(i))
	}
}

// feed sends one message at a time: with a mark of 1 more would be dropped.
func feed(b *bed, pub, sub *zmq.Socket) {
	subscribe(b, sub, "news.")
	b.ok(pub.WaitSubscribers(b.ctx, "news.", 1))
	if pub.Type() == zmq.XPub {
		b.want(pub, "\x01news.")
	}
	for i := range rounds {
		topic := "news." + fmt.Sprint(i)
		b.send(pub, "nothing"+topic, "for nobody")
		b.send(pub, topic, "body")
		b.want(sub, topic, "body")
	}
}

func subscribe(b *bed, s *zmq.Socket, topic string) {
	b.Helper()
	if s.Type() == zmq.XSub {
		b.send(s, "\x01"+topic)
		return
	}
	b.ok(s.Subscribe(topic))
}

func unsubscribe(b *bed, s *zmq.Socket, topic string) {
	b.Helper()
	if s.Type() == zmq.XSub {
		b.send(s, "\x00"+topic)
		return
	}
	b.ok(s.Unsubscribe(topic))
}

// TestExchange is every pair of types over every transport, with every kind of
// mark, bound and connected both ways and in both orders.
func TestExchange(t *testing.T) {
	for _, k := range kinds {
		t.Run(fmt.Sprintf("%s-%s", k.a, k.z), func(t *testing.T) {
			each(t, func(b *bed) { k.stamp(b) })
		})
	}
}

func (k kind) stamp(b *bed) {
	for _, hwm := range []int{1000, 1, 0} {
		for _, bindsA := range []bool{true, false} {
			for _, late := range []bool{false, true} {
				name := fmt.Sprintf("hwm=%d/%s-binds/late=%t", hwm, map[bool]zmq.Type{true: k.a, false: k.z}[bindsA], late)
				b.Run(name, func(t *testing.T) { k.once(lay(t, b.scheme), hwm, bindsA, late) })
			}
		}
	}
}

func (k kind) once(b *bed, hwm int, bindsA, late bool) {
	marks := []zmq.Option{zmq.SendHWM.Of(hwm), zmq.RecvHWM.Of(hwm)}
	named := func(t zmq.Type, id string) []zmq.Option {
		if t == zmq.Router {
			return append(marks[:2:2], zmq.RoutingID.Of([]byte(id)))
		}
		return marks
	}
	a := b.socket(k.a, named(k.a, "a")...)
	z := b.socket(k.z, named(k.z, "z")...)
	binder, dialer := a, z
	if !bindsA {
		binder, dialer = z, a
	}
	addr := b.free()
	if late {
		b.ok(dialer.Connect(addr))
	}
	got, err := binder.Bind(addr)
	b.ok(err)
	if got != addr {
		b.Errorf("bound %s, asked for %s", got, addr)
	}
	if !late {
		b.ok(dialer.Connect(addr))
	}
	k.talk(b, a, z)
	b.ok(a.Close())
	b.ok(z.Close())
}
