package conformance

import (
	"context"
	"fmt"
	"strings"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// feedPair is a publisher and a subscriber of the given types, connected.
func feedPair(b *bed, p, s zmq.Type, options ...zmq.Option) (pub, sub *zmq.Socket, addr string) {
	pub, addr = b.bound(p, options...)
	sub = b.connected(s, addr)
	return pub, sub, addr
}

func TestPrefixes(t *testing.T) {
	each(t, func(b *bed) {
		for _, p := range []zmq.Type{zmq.Pub, zmq.XPub} {
			pub, sub, _ := feedPair(b, p, zmq.Sub)
			b.ok(sub.Subscribe("goal", "go", "card/red", "\x00bin"))
			b.ok(pub.WaitSubscribers(b.ctx, "\x00bin", 1))
			for _, topic := range []string{"", "g", "go", "goa", "goal", "goals", "card/", "card/red", "card/red/2", "card/yellow", "\x00bin", "\x00", "GO"} {
				b.send(pub, topic, "x")
			}
			for _, topic := range []string{"go", "goa", "goal", "goals", "card/red", "card/red/2", "\x00bin"} {
				b.want(sub, topic, "x")
			}
			b.send(pub, "go.end")
			b.want(sub, "go.end")
		}
	})
}

// TestSubscriptionCounts: a topic asked for twice is taken back twice.
func TestSubscriptionCounts(t *testing.T) {
	each(t, func(b *bed) {
		pub, sub, _ := feedPair(b, zmq.Pub, zmq.Sub)
		b.ok(sub.Subscribe("a", "a", "end"))
		b.ok(sub.Unsubscribe("a", "never"))
		b.ok(pub.WaitSubscribers(b.ctx, "end", 1))
		b.send(pub, "a1")
		b.want(sub, "a1")
		b.ok(sub.Unsubscribe("a"))
		b.send(pub, "a2") // whichever side filters it, it does not come
		b.send(pub, "end")
		b.want(sub, "end")
		b.ok(sub.Unsubscribe("a")) // no error, and no debt
		b.ok(sub.Subscribe("a"))
		b.ok(pub.WaitSubscribers(b.ctx, "a", 1))
		b.send(pub, "a3")
		b.want(sub, "a3")
	})
}

// TestUnsubscribed: the publisher hears of it.
func TestUnsubscribed(t *testing.T) {
	each(t, func(b *bed) {
		for _, k := range []zmq.Type{zmq.Sub, zmq.XSub} {
			pub, sub, _ := feedPair(b, zmq.XPub, k)
			subscribe(b, sub, "a")
			b.want(pub, "\x01a")
			subscribe(b, sub, "")
			b.want(pub, "\x01")
			unsubscribe(b, sub, "a")
			b.want(pub, "\x00a")
			b.ok(pub.WaitSubscribers(b.ctx, "a", 1)) // by the empty topic
			unsubscribe(b, sub, "")
			b.want(pub, "\x00")
			b.send(pub, "a")
			if got := pub.Stats().Sent; got != 0 {
				b.Errorf("%d messages were sent to nobody", got)
			}
		}
	})
}

// TestSubscribeEarly: before there is any publisher, and to several.
func TestSubscribeEarly(t *testing.T) {
	each(t, func(b *bed) {
		sub := b.socket(zmq.Sub)
		b.ok(sub.Subscribe("a"))
		addr1, addr2 := b.free(), b.free()
		b.ok(sub.Connect(addr1))
		b.ok(sub.Subscribe("b"))
		b.ok(sub.Connect(addr2))
		for i, addr := range []string{addr1, addr2} {
			pub := b.socket(zmq.Pub)
			_, err := pub.Bind(addr)
			b.ok(err)
			for _, topic := range []string{"a", "b"} {
				b.ok(pub.WaitSubscribers(b.ctx, topic, 1))
				b.send(pub, topic, fmt.Sprint(i))
				b.want(sub, topic, fmt.Sprint(i))
			}
		}
	})
}

// TestResubscribe: a new connection knows the topics of now, not those of then.
func TestResubscribe(t *testing.T) {
	eachWire(t, func(b *bed) {
		for _, k := range []zmq.Type{zmq.Sub, zmq.XSub} {
			addr := b.free()
			pub := b.socket(zmq.XPub)
			_, err := pub.Bind(addr)
			b.ok(err)
			sub := b.connected(k, addr)
			for _, topic := range []string{"a", "b"} {
				subscribe(b, sub, topic)
				b.want(pub, "\x01"+topic)
			}
			for i := range 3 {
				b.ok(pub.Close())
				b.await("the connection is gone", func() bool { return sub.Stats().Peers == 0 })
				// While it is gone one topic goes and another comes.
				unsubscribe(b, sub, []string{"a", "t0", "t1"}[i])
				subscribe(b, sub, fmt.Sprint("t", i))
				pub = b.socket(zmq.XPub)
				_, err = pub.Bind(addr)
				b.ok(err)
				have := map[string]bool{}
				for !have[fmt.Sprint("t", i)] {
					m := b.recv(pub)[0]
					have[m[1:]] = m[0] == 1
				}
				for _, gone := range []string{"a", "t0", "t1"}[:i+1] {
					if have[gone] {
						b.Fatalf("still subscribed to %s: %v", gone, have)
					}
				}
				if !have["b"] {
					b.Fatalf("no longer subscribed to b: %v", have)
				}
				b.send(pub, fmt.Sprint("t", i), "x")
				b.want(sub, fmt.Sprint("t", i), "x")
				b.silent(pub)
			}
		}
	})
}

func TestXPubVerbose(t *testing.T) {
	each(t, func(b *bed) {
		for _, c := range []struct {
			option zmq.Option
			want   []string // what the user hears of: + + - - by two subscribers, then both leave
		}{
			{zmq.XPubVerbose.Of(false), []string{"\x01a", "\x01sync", "\x00a"}},
			{zmq.XPubVerbose.Of(true), []string{"\x01a", "\x01a", "\x01sync", "\x00a"}},
			{zmq.XPubVerboser.Of(true), []string{"\x01a", "\x01a", "\x00a", "\x01sync", "\x00a"}},
		} {
			pub, addr := b.bound(zmq.XPub, c.option)
			one, two := b.connected(zmq.Sub, addr), b.connected(zmq.Sub, addr)
			b.ok(one.Subscribe("a"))
			b.ok(pub.WaitSubscribers(b.ctx, "a", 1))
			b.ok(two.Subscribe("a"))
			b.ok(pub.WaitSubscribers(b.ctx, "a", 2))
			b.ok(one.Unsubscribe("a"))
			b.ok(one.Subscribe("sync"))
			b.ok(pub.WaitSubscribers(b.ctx, "sync", 1))
			b.ok(two.Unsubscribe("a"))
			b.ok(two.Subscribe("end"))
			for _, w := range c.want {
				b.want(pub, w)
			}
			b.want(pub, "\x01end")
			b.ok(two.Close()) // its topics go with it
			b.want(pub, "\x00end")
			b.silent(pub)
		}
	})
}

// TestXPubPeer: the user is told who subscribed.
func TestXPubPeer(t *testing.T) {
	eachWire(t, func(b *bed) {
		pub, sub, _ := feedPair(b, zmq.XPub, zmq.Sub)
		b.ok(sub.Subscribe("a"))
		m, err := pub.Recv(b.ctx)
		b.ok(err)
		if p := m.Peer(); p.SocketType != "SUB" || !p.Incoming {
			b.Errorf("the subscriber is %+v", p)
		}
	})
}

func TestXPubManual(t *testing.T) {
	each(t, func(b *bed) {
		pub, sub, addr := feedPair(b, zmq.XPub, zmq.Sub, zmq.XPubManual.Of(true))
		b.ok(sub.Subscribe("a"))
		b.want(pub, "\x01a")
		b.send(pub, "a", "not applied")
		b.ok(pub.Subscribe("b"))
		b.ok(sub.Subscribe("b")) // for its own filter
		b.want(pub, "\x01b")
		b.send(pub, "b", "applied")
		b.want(sub, "b", "applied")
		other := b.connected(zmq.Sub, addr)
		b.ok(other.Subscribe("c"))
		b.want(pub, "\x01c")
		b.ok(pub.Subscribe("c"))
		b.send(pub, "b", "only the first")
		b.send(pub, "c", "only the other")
		b.want(sub, "b", "only the first")
		b.want(other, "c", "only the other")
		b.ok(pub.Unsubscribe("c"))
		b.send(pub, "c", "nobody")
		b.ok(pub.Subscribe("c"))
		b.send(pub, "c", "again")
		b.want(other, "c", "again")
		plain, _ := b.bound(zmq.XPub)
		b.is(plain.Subscribe("x"), zmq.ErrInvalid)
	})
}

func TestXPubManualLastValue(t *testing.T) {
	each(t, func(b *bed) {
		pub, first, addr := feedPair(b, zmq.XPub, zmq.Sub, zmq.XPubManualLastValue.Of(true))
		b.ok(first.Subscribe("a"))
		b.want(pub, "\x01a")
		b.ok(pub.Subscribe("a"))
		b.send(pub, "a", "1")
		b.want(first, "a", "1")
		second := b.connected(zmq.Sub, addr)
		b.ok(second.Subscribe("a"))
		b.want(pub, "\x01a")
		b.ok(pub.Subscribe("a"))
		b.send(pub, "a", "for the newcomer alone")
		b.want(second, "a", "for the newcomer alone")
		b.send(pub, "a", "for both")
		b.want(first, "a", "for both")
		b.want(second, "a", "for both")
	})
}

func TestXPubWelcome(t *testing.T) {
	each(t, func(b *bed) {
		pub, addr := b.bound(zmq.XPub, zmq.XPubWelcome.Of([]byte("hello there")))
		sub := b.socket(zmq.Sub)
		b.ok(sub.Subscribe("hello", "x"))
		b.ok(sub.Connect(addr))
		b.want(sub, "hello there")
		b.ok(pub.WaitSubscribers(b.ctx, "x", 1))
		b.send(pub, "x")
		b.want(sub, "x")
	})
}

// TestXPubUserMessages: what is no subscription comes through.
func TestXPubUserMessages(t *testing.T) {
	each(t, func(b *bed) {
		pub, sub, _ := feedPair(b, zmq.XPub, zmq.XSub)
		b.send(sub, "up", "stream")
		b.want(pub, "up", "stream")
		b.send(sub, "")
		b.want(pub, "")
		b.send(sub, "\x01a", "tail")
		b.want(pub, "\x01a")
		b.want(pub, "tail")
		b.send(sub, "\x02a")
		b.want(pub, "\x02a")
	})
}

func TestOnlyFirstSubscribe(t *testing.T) {
	each(t, func(b *bed) {
		pub, addr := b.bound(zmq.XPub, zmq.OnlyFirstSubscribe.Of(true))
		sub := b.connected(zmq.XSub, addr, zmq.OnlyFirstSubscribe.Of(true))
		b.send(sub, "text", "\x01no topic")
		b.want(pub, "text", "\x01no topic")
		b.send(sub, "\x01a")
		b.want(pub, "\x01a")
	})
}

func TestInvertMatching(t *testing.T) {
	each(t, func(b *bed) {
		invert := zmq.InvertMatching.Of(true)
		pub, addr := b.bound(zmq.Pub, invert)
		sub := b.connected(zmq.Sub, addr, invert)
		b.ok(sub.Subscribe("a"))
		b.ok(pub.WaitSubscribers(b.ctx, "b", 1))
		b.await("the topic is there", func() bool {
			b.send(pub, "a")
			return pub.Stats().Sent == 0 || pub.WaitSubscribers(b.quiet(), "a", 1) != nil
		})
		b.send(pub, "b", "end")
		for {
			if m := b.recv(sub); m[0] == "b" {
				break
			} else if m[0] == "a" {
				b.Fatal("a was not filtered")
			}
		}
	})
}

// TestSlowSubscriber: who does not read misses messages, the others do not.
func TestSlowSubscriber(t *testing.T) {
	each(t, func(b *bed) {
		marks := []zmq.Option{zmq.SendHWM.Of(10), zmq.RecvHWM.Of(10), zmq.SendBuffer.Of(32 << 10), zmq.RecvBuffer.Of(32 << 10)}
		pub, addr := b.bound(zmq.Pub, marks...)
		slow := b.connected(zmq.Sub, addr, marks...)
		quick := b.connected(zmq.Sub, addr, marks...)
		b.ok(slow.Subscribe(""))
		b.ok(quick.Subscribe(""))
		b.ok(pub.WaitSubscribers(b.ctx, "", 2))
		body := strings.Repeat("x", 10000)
		const n = 300
		for i := range n {
			b.send(pub, fmt.Sprint(i), body)
			b.want(quick, fmt.Sprint(i), body)
		}
		if pub.Stats().Dropped == 0 {
			b.Error("nothing was dropped")
		}
		// What the slow one gets is in order and whole, and it comes back to life.
		last := -1
		take := func(m []string) bool {
			if m[0] == "end" {
				return true
			}
			i := 0
			fmt.Sscan(m[0], &i)
			if i <= last || m[1] != body {
				b.Fatalf("message %d after %d", i, last)
			}
			last = i
			return false
		}
		for b.ctx.Err() == nil {
			m, ok, err := slow.TryRecv()
			b.ok(err)
			if ok && take(text(m)) {
				return
			}
			if !ok && last >= 0 {
				b.send(pub, "end", "")
				b.want(quick, "end", "")
			}
		}
		b.Error("the slow one never recovered")
	})
}

// TestNoDrop: the publisher waits for the slowest.
func TestNoDrop(t *testing.T) {
	each(t, func(b *bed) {
		pub, addr := b.bound(zmq.Pub, zmq.XPubNoDrop.Of(true), zmq.SendHWM.Of(2))
		var subs []*zmq.Socket
		for range 2 {
			s := b.connected(zmq.Sub, addr, zmq.RecvHWM.Of(2), zmq.RecvBuffer.Of(32<<10))
			b.ok(s.Subscribe(""))
			subs = append(subs, s)
		}
		b.ok(pub.WaitSubscribers(b.ctx, "", 2))
		const n = 500
		body := strings.Repeat("x", 5000)
		wait := b.spawn(func() {
			for i := range n {
				if err := pub.Send(b.ctx, []byte(fmt.Sprint(i)), []byte(body)); err != nil {
					b.Error(err)
					return
				}
			}
		})
		for i := range n {
			for _, s := range subs {
				b.want(s, fmt.Sprint(i), body)
			}
		}
		wait()
		if d := pub.Stats().Dropped; d != 0 {
			b.Errorf("%d messages were dropped", d)
		}
		// With nobody reading it says so.
		fill(b, pub, "x", body)
		b.ok(pub.Set(zmq.SendTimeout.Of(1e6)))
		b.await("all queues are full", func() bool {
			err := pub.Send(b.ctx, []byte("x"), []byte(body))
			if err != nil {
				b.is(err, zmq.ErrAgain)
			}
			return err != nil
		})
	})
}

// TestConflate: only the newest is kept.
func TestConflate(t *testing.T) {
	each(t, func(b *bed) {
		for _, k := range []kind{{a: zmq.Push, z: zmq.Pull}, {a: zmq.Dealer, z: zmq.Dealer}, {a: zmq.Pub, z: zmq.Sub}} {
			from, addr := b.bound(k.a, zmq.Conflate.Of(true))
			to := b.socket(k.z, zmq.Conflate.Of(true))
			if k.z == zmq.Sub {
				b.ok(to.Subscribe(""))
			}
			b.ok(to.Connect(addr))
			b.ok(from.WaitConnected(b.ctx, 1))
			if k.z == zmq.Sub {
				b.ok(from.WaitSubscribers(b.ctx, "", 1))
			}
			const n = 2000
			for i := range n {
				b.send(from, fmt.Sprint(i))
			}
			last := -1
			for last != n-1 {
				i := 0
				fmt.Sscan(b.recv(to)[0], &i)
				if i <= last {
					b.Fatalf("message %d after %d", i, last)
				}
				last = i
			}
			b.silent(to)
		}
	})
}

// TestForwarder: XSUB and XPUB between publisher and subscriber pass topics up
// and messages down.
func TestForwarder(t *testing.T) {
	each(t, func(b *bed) {
		in, up := b.bound(zmq.XSub)
		out, down := b.bound(zmq.XPub)
		capture, tap := b.pair(zmq.Pair, zmq.Pair)
		b.spawn(func() { zmq.Proxy(b.ctx, in, out, capture) })
		pub := b.connected(zmq.Pub, up)
		subs := []*zmq.Socket{b.connected(zmq.Sub, down), b.connected(zmq.Sub, down)}
		for i, s := range subs {
			b.ok(s.Subscribe("all", fmt.Sprint("team", i)))
		}
		for _, topic := range []string{"all", "team0", "team1"} {
			b.ok(pub.WaitSubscribers(b.ctx, topic, 1))
		}
		b.send(pub, "other", "x")
		b.send(pub, "all", "x")
		for i, s := range subs {
			b.want(s, "all", "x")
			b.send(pub, fmt.Sprint("team", i), "y")
			b.want(s, fmt.Sprint("team", i), "y")
		}
		seen := map[string]bool{}
		for range 6 {
			seen[b.recv(tap)[0]] = true
		}
		for _, f := range []string{"\x01all", "\x01team0", "\x01team1", "all", "team0", "team1"} {
			if !seen[f] {
				b.Errorf("%q was not captured: %v", f, seen)
			}
		}
		b.own.Close()
	})
}

func TestWrongWay(t *testing.T) {
	b := lay(t, "inproc")
	for _, k := range []zmq.Type{zmq.Sub, zmq.Pull} {
		b.is(b.socket(k).Send(b.ctx, []byte("x")), zmq.ErrUnsupported)
	}
	for _, k := range []zmq.Type{zmq.Pub, zmq.Push} {
		_, err := b.socket(k).Recv(b.ctx)
		b.is(err, zmq.ErrUnsupported)
		_, _, err = b.socket(k).TryRecv()
		b.is(err, zmq.ErrUnsupported)
	}
	b.is(b.socket(zmq.Pull).Subscribe("x"), zmq.ErrInvalid)
	b.is(b.socket(zmq.XSub).Subscribe("x"), zmq.ErrInvalid)
	b.is(b.socket(zmq.Sub).WaitSubscribers(b.ctx, "x", 1), zmq.ErrUnsupported)
}

// A topic may be as large as a message.
func TestHugeTopic(t *testing.T) {
	each(t, func(b *bed) {
		pub, sub, _ := feedPair(b, zmq.Pub, zmq.Sub)
		topic := strings.Repeat("t", 300_000)
		b.ok(sub.Subscribe(topic))
		b.ok(pub.WaitSubscribers(b.ctx, topic, 1))
		b.send(pub, topic[1:])
		b.send(pub, topic+"!", "body")
		b.want(sub, topic+"!", "body")
		b.ok(sub.Unsubscribe(topic))
		b.await("no subscriber", func() bool {
			ctx, cancel := context.WithCancel(b.ctx)
			cancel()
			return pub.WaitSubscribers(ctx, topic, 1) != nil
		})
	})
}
