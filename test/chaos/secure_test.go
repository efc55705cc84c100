package chaos

import (
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// secured are the options of both sides of a mechanism.
func secured(t *testing.T, mechanism string) (server, client []zmq.Option) {
	t.Helper()
	if mechanism == "PLAIN" {
		return []zmq.Option{zmq.PlainServer.Of(true), zmq.Authenticate(allow{})},
			[]zmq.Option{zmq.PlainUsername.Of(user), zmq.PlainPassword.Of(password)}
	}
	mine, err := zmq.NewCurveCert()
	if err != nil {
		t.Fatal(err)
	}
	its, err := zmq.NewCurveCert()
	if err != nil {
		t.Fatal(err)
	}
	return []zmq.Option{its.AsServer(), zmq.Authenticate(allow{})}, []zmq.Option{mine.AsClient(its.Public)}
}

// TestCrowd: ten thousand strangers, as far as there are descriptors, who say
// nothing, or the start of a handshake, or nonsense. A client with the key gets in
// all the time, and nothing is left behind.
func TestCrowd(t *testing.T) {
	for _, mechanism := range []string{"PLAIN", "CURVE"} {
		t.Run(mechanism, func(t *testing.T) {
			ctx := deadline(t)
			mark := testutil.Snapshot()
			server, client := secured(t, mechanism)
			pull := socket(t, zmq.Pull, append(server, zmq.Backlog.Of(1000), zmq.MaxHandshakes.Of(500))...)
			addr := bind(t, pull)
			push := socket(t, zmq.Push, append(client, zmq.ReconnectInterval.Of(10*time.Millisecond))...)
			n := min(10_000, descriptors()/3-200)
			rng := rand.New(rand.NewPCG(*seed, 11))
			greeting := testutil.Greeting()
			copy(greeting[12:32], append([]byte(mechanism), make([]byte, 20)...))
			before := heap()
			var conns []net.Conn
			defer func() {
				for _, c := range conns {
					c.Close()
				}
			}()
			for i := range n {
				c, err := net.Dial("tcp", addr)
				if err != nil {
					t.Fatal(err)
				}
				conns = append(conns, c)
				switch i % 4 {
				case 0:
				case 1:
					c.Write(greeting[:rng.IntN(64)])
				case 2:
					c.Write(append(greeting, testutil.Frame(testutil.Command, append([]byte("\x05HELLO\x01"), noise(rng, 193)...))...))
				case 3:
					c.Write(noise(rng, 1+rng.IntN(1000)))
				}
				if i == n/2 {
					connect(t, push, addr) // in the middle of it
				}
			}
			if each := (int64(heap()) - int64(before)) / int64(n); each > 32<<10 {
				t.Errorf("a stranger costs %d bytes", each)
			}
			if err := push.Send(ctx, []byte("still here")); err != nil {
				t.Fatal(err)
			}
			if m, err := pull.Recv(ctx); err != nil || string(m.Bytes()) != "still here" {
				t.Errorf("received %q, %v", m, err)
			}
			if p := pull.Stats().Peers; p != 1 {
				t.Errorf("%d peers", p)
			}
			push.Close()
			pull.Close()
			for _, c := range conns {
				c.Close()
			}
			conns = nil
			if left := mark.Wait(20 * time.Second); left != "" {
				t.Errorf("left behind:\n%.3000s", left)
			}
		})
	}
}

// TestFlippedBits: a relay that changes bytes under CURVE. Nothing false
// arrives, and the connection is made again.
func TestFlippedBits(t *testing.T) {
	ctx := deadline(t)
	server, client := secured(t, "CURVE")
	pull := socket(t, zmq.Pull, server...)
	r := through(t, bind(t, pull), 20_000)
	r.set(flipping)
	push := socket(t, zmq.Push, append(client, zmq.ReconnectInterval.Of(time.Millisecond), zmq.SendHWM.Of(10))...)
	connect(t, push, r.addr())
	f := newFlow(1, rand.New(rand.NewPCG(*seed, 12)))
	var wg sync.WaitGroup
	wg.Go(func() { // owned by the test, ends with push
		for {
			if err := push.Send(ctx, f.next()...); err != nil {
				if !errors.Is(err, zmq.ErrClosed) {
					t.Error(err)
				}
				return
			}
		}
	})
	for range 1000 {
		m, err := pull.Recv(ctx)
		if err != nil {
			t.Error(err)
			break
		}
		f.enter(m.Peer().Conn, m.Frames())
	}
	pull.Close()
	push.Close()
	wg.Wait()
	if f.what != "" {
		t.Error(f.what)
	}
}
