package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// TestLoadBalance: each peer gets every n-th message.
func TestLoadBalance(t *testing.T) {
	each(t, func(b *bed) {
		for _, k := range []kind{{a: zmq.Push, z: zmq.Pull}, {a: zmq.Dealer, z: zmq.Dealer}} {
			from, addr := b.bound(k.a)
			const peers, turns = 3, 10
			var list []*zmq.Socket
			for i := range peers {
				list = append(list, b.connected(k.z, addr))
				b.ok(from.WaitConnected(b.ctx, i+1))
			}
			for i := range peers * turns {
				b.send(from, fmt.Sprint(i))
			}
			firsts := map[string]bool{}
			for _, p := range list {
				first := b.recv(p)[0]
				firsts[first] = true
				n := 0
				fmt.Sscan(first, &n)
				for i := 1; i < turns; i++ {
					b.want(p, fmt.Sprint(n+i*peers))
				}
			}
			if len(firsts) != peers || !firsts["0"] || !firsts["1"] || !firsts["2"] {
				b.Errorf("the first messages went %v", firsts)
			}
		}
	})
}

// TestTwoServers: of two servers each gets every other request.
func TestTwoServers(t *testing.T) {
	each(t, func(b *bed) {
		req := b.socket(zmq.Req)
		for _, name := range []string{"even", "odd"} {
			rep, addr := b.bound(zmq.Rep)
			b.ok(req.Connect(addr))
			b.spawn(func() {
				for {
					m, err := rep.Recv(b.ctx)
					if err != nil {
						return
					}
					rep.Send(b.ctx, []byte(name), m.Bytes())
				}
			})
		}
		b.ok(req.WaitConnected(b.ctx, 2))
		var got []string
		for i := range 10 {
			b.send(req, fmt.Sprint(i))
			m := b.recv(req)
			if m[1] != fmt.Sprint(i) {
				b.Fatalf("request %d was answered %q", i, m)
			}
			got = append(got, m[0])
		}
		for i, name := range got {
			if name != got[i%2] || got[0] == got[1] {
				b.Fatalf("answered by %v", got)
			}
		}
		b.ok(b.own.Close())
	})
}

// TestFairQueue: peers are received from round robin, however much each has sent.
func TestFairQueue(t *testing.T) {
	each(t, func(b *bed) {
		for _, k := range []kind{{a: zmq.Pull, z: zmq.Push}, {a: zmq.Dealer, z: zmq.Dealer}, {a: zmq.Router, z: zmq.Dealer}} {
			to, addr := b.bound(k.a)
			counts := []int{30, 10, 20}
			for i, n := range counts {
				p := b.connected(k.z, addr)
				for j := range n {
					b.send(p, fmt.Sprint(i), fmt.Sprint(j))
				}
			}
			// All of it has to be there before the order can tell anything.
			b.await("all is queued", func() bool { return to.Stats().Received == 60 })
			var order []string
			next := map[string]int{}
			for range 60 {
				m := b.recv(to)
				from, at := m[len(m)-2], m[len(m)-1]
				if at != fmt.Sprint(next[from]) {
					b.Fatalf("message %s of %s came as its %d.", at, from, next[from])
				}
				next[from]++
				order = append(order, from)
			}
			for turn := range 10 {
				three := slices.Clone(order[3*turn : 3*turn+3])
				slices.Sort(three)
				if strings.Join(three, "") != "012" {
					b.Fatalf("%s received in the order %v", to.Type(), order)
				}
			}
		}
	})
}

// TestFairUnderFlood: a peer that sends without end does not keep another's
// message out.
func TestFairUnderFlood(t *testing.T) {
	each(t, func(b *bed) {
		pull, addr := b.bound(zmq.Pull)
		loud := b.connected(zmq.Push, addr, zmq.Linger.Of(0))
		b.spawn(func() {
			for loud.Send(b.ctx, []byte("noise")) == nil {
			}
		})
		b.want(pull, "noise")
		calm := b.connected(zmq.Push, addr)
		b.send(calm, "news")
		for b.recv(pull)[0] != "news" {
		}
		b.ok(pull.Close())
		loud.Close()
	})
}

// TestFullPeerIsPassedOver: who has no room is skipped, and served again when
// there is.
func TestFullPeerIsPassedOver(t *testing.T) {
	each(t, func(b *bed) {
		push, addr := b.bound(zmq.Push, zmq.SendHWM.Of(2), zmq.SendBuffer.Of(64<<10))
		var pulls []*zmq.Socket
		for range 2 {
			pulls = append(pulls, b.connected(zmq.Pull, addr, zmq.RecvHWM.Of(2), zmq.RecvBuffer.Of(64<<10)))
		}
		b.ok(push.WaitConnected(b.ctx, 2))
		body := strings.Repeat("x", 32<<10)
		const n = 600
		wait := b.spawn(func() {
			for i := range n {
				if err := push.Send(b.ctx, []byte(fmt.Sprint(i)), []byte(body)); err != nil {
					b.Error(err)
					return
				}
			}
		})
		seen := make(map[string]bool)
		take := func(m []string) {
			if seen[m[0]] || m[1] != body {
				b.Fatalf("message %s twice or broken", m[0])
			}
			seen[m[0]] = true
		}
		// Only one of them reads: most must come to it.
		for len(seen) < n*3/4 {
			take(b.recv(pulls[0]))
		}
		// Then both, until all is there.
		for len(seen) < n {
			for _, p := range pulls {
				if m, ok, err := p.TryRecv(); ok {
					take(text(m))
				} else {
					b.ok(err)
				}
			}
			if b.ctx.Err() != nil {
				b.Fatalf("only %d messages of %d came", len(seen), n)
			}
		}
		wait()
	})
}
