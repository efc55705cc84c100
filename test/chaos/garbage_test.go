package chaos

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// victims are all types that speak ZMTP, with a peer for each.
var victims = []struct{ k, peer zmq.Type }{
	{zmq.Pair, zmq.Pair}, {zmq.Pub, zmq.Sub}, {zmq.Sub, zmq.Pub}, {zmq.Req, zmq.Rep}, {zmq.Rep, zmq.Req},
	{zmq.Dealer, zmq.Router}, {zmq.Router, zmq.Dealer}, {zmq.Pull, zmq.Push}, {zmq.Push, zmq.Pull},
	{zmq.XPub, zmq.XSub}, {zmq.XSub, zmq.XPub},
}

// soon ends what could go on for ever.
func soon() time.Time { return time.Now().Add(5 * time.Millisecond) }

// TestGarbage attacks a listener of every type in every way, and then uses it.
func TestGarbage(t *testing.T) {
	mark := testutil.Snapshot()
	before := heap()
	t.Run("all", func(t *testing.T) {
		for _, v := range victims {
			t.Run(v.k.String(), func(t *testing.T) {
				t.Parallel()
				garbage(t, v.k, v.peer)
			})
		}
	})
	if after := heap(); after > before+16<<20 {
		t.Errorf("the heap has grown from %d to %d bytes", before, after)
	}
	if left := mark.Wait(10 * time.Second); left != "" {
		t.Errorf("left behind:\n%.3000s", left)
	}
}

func garbage(t *testing.T, k, peer zmq.Type) {
	ctx := deadline(t)
	options := []zmq.Option{zmq.RouterMandatory.Of(false)}
	if k != zmq.Router {
		options = nil
	}
	s := socket(t, k, options...)
	if k == zmq.Sub {
		if err := s.Subscribe(""); err != nil {
			t.Fatal(err)
		}
	}
	addr := bind(t, s)
	// Whatever the attackers say is read and thrown away meanwhile.
	quiet, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { // owned by this test
		for quiet.Err() == nil {
			if _, err := s.Recv(quiet); err != nil && k != zmq.Rep && k != zmq.Req {
				return
			}
			if k == zmq.Rep || k == zmq.Req {
				s.TrySend([]byte("re"))
				time.Sleep(time.Millisecond)
			}
		}
	})
	rng := rand.New(rand.NewPCG(*seed, uint64(k)))
	for range *scale {
		for _, a := range attacks {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatalf("before %q: %v", a.name, err)
			}
			a.strike(c, rng, peer.String(), soon())
		}
	}
	await(t, ctx, "the attackers are gone", func() bool { return s.Stats().Peers == 0 })
	stop()
	wg.Wait()
	s.Close()
}

// TestUsableUnderFire: a good peer's messages go on while others attack.
func TestUsableUnderFire(t *testing.T) {
	ctx := deadline(t)
	pull := socket(t, zmq.Pull)
	addr := bind(t, pull)
	push := socket(t, zmq.Push)
	connect(t, push, addr)
	fire, cease := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for w := range 3 {
		wg.Go(func() { // owned by the test
			rng := rand.New(rand.NewPCG(*seed, uint64(w)))
			for fire.Err() == nil {
				c, err := net.Dial("tcp", addr)
				if err != nil {
					t.Error(err)
					return
				}
				// Not PUSH: what they say must not come between.
				attacks[rng.IntN(len(attacks))].strike(c, rng, "PAIR", soon())
			}
		})
	}
	for i := range 3000 * *scale {
		if err := push.Send(ctx, fmt.Append(nil, i)); err != nil {
			t.Fatal(err)
		}
		m, err := pull.Recv(ctx)
		// Noise may happen to be a peer of ZMTP 1.0 or 2.0 that sends messages;
		// only 3.x says what it is.
		for err == nil && m.Peer().SocketType != "PUSH" {
			m, err = pull.Recv(ctx)
		}
		if err != nil {
			t.Fatal(err)
		}
		if m.Len() != 1 || string(m.Bytes()) != fmt.Sprint(i) {
			t.Fatalf("received %.50q, want %d", m.Frames(), i)
		}
	}
	cease()
	wg.Wait()
}

// TestConnectToGarbage: the other way round, we connect to something that is no
// peer, and go on trying until it is one.
func TestConnectToGarbage(t *testing.T) {
	ctx := deadline(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	push := socket(t, zmq.Push, zmq.RefusedIntervalMax.Of(0)) // no longer pauses
	connect(t, push, addr)
	rng := rand.New(rand.NewPCG(*seed, 3))
	for _, a := range attacks {
		c, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		a.strike(c, rng, "PAIR", soon())
	}
	ln.Close()
	await(t, ctx, "the last of them is gone", func() bool { return push.Stats().Peers == 0 })
	pull := socket(t, zmq.Pull)
	if _, err := pull.Bind("tcp://" + addr); err != nil {
		t.Fatal(err)
	}
	if err := push.Send(ctx, []byte("patience")); err != nil {
		t.Fatal(err)
	}
	m, err := pull.Recv(ctx)
	if err != nil || string(m.Bytes()) != "patience" {
		t.Errorf("received %q, %v", m, err)
	}
}

// TestSlowFrame: a frame of great length costs memory only as it arrives.
func TestSlowFrame(t *testing.T) {
	ctx := deadline(t)
	pull := socket(t, zmq.Pull, zmq.MaxMsgSize.Of(-1), zmq.MaxMessage.Of(0))
	addr := bind(t, pull)
	before := heap()
	var peers []*testutil.Peer
	for range 50 {
		p, err := testutil.Dial(addr, "PUSH")
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		p.Write(endless(0, math.MaxInt))
		p.Write(make([]byte, 1000))
		peers = append(peers, p)
	}
	if err := pull.WaitConnected(ctx, len(peers)); err != nil {
		t.Fatal(err)
	}
	if after := heap(); after > before+uint64(len(peers))<<20 {
		t.Errorf("the heap has grown from %d to %d bytes for %d frames that were only announced", before, after, len(peers))
	}
}
