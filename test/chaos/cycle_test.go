package chaos

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// heap is what is in use after collecting.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestCycles makes and closes a thousand connections, each of which delivers
// one message.
func TestCycles(t *testing.T) {
	ctx := deadline(t)
	n := 1000 * *scale
	ipc := "ipc://" + t.TempDir() + "/s"
	if len(ipc) > 100 {
		ipc = "ipc://*"
	}
	mark := testutil.Snapshot()
	pull := socket(t, zmq.Pull)
	var addrs []string
	for _, a := range []string{"tcp://127.0.0.1:*", ipc, fmt.Sprintf("inproc://cycles%d", *seed)} {
		addr, err := pull.Bind(a)
		if err != nil {
			t.Fatal(err)
		}
		addrs = append(addrs, addr)
	}
	var before uint64
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() { // owned by the test
			for i := w; i < n; i += 4 {
				push, err := zmq.New(zmq.Push, zmq.Linger.Of(-1))
				if err != nil {
					t.Error(err)
					return
				}
				if err := push.Connect(addrs[i%3]); err != nil {
					t.Error(err)
				}
				if err := push.Send(ctx, fmt.Append(nil, i)); err != nil {
					t.Error(err)
				}
				if i%2 == 0 { // half of them leave by Disconnect
					if err := push.Disconnect(addrs[i%3]); err != nil {
						t.Error(err)
					}
				}
				if err := push.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	seen := make(map[string]bool)
	for range n {
		m, err := pull.Recv(ctx)
		if err != nil {
			t.Fatalf("after %d messages: %v", len(seen), err)
		}
		if seen[string(m.Bytes())] {
			t.Fatalf("message %s came twice", m)
		}
		seen[string(m.Bytes())] = true
		if len(seen) == n/2 {
			before = heap()
		}
	}
	wg.Wait()
	await(t, ctx, "all peers are gone", func() bool { return pull.Stats().Peers == 0 })
	if after := heap(); after > before+8<<20 {
		t.Errorf("the heap has grown from %d to %d bytes in half of the cycles", before, after)
	}
	if st := pull.Stats(); st.Received != uint64(n) {
		t.Errorf("%d messages were counted, want %d", st.Received, n)
	}
	pull.Close()
	if left := mark.Wait(10 * time.Second); left != "" {
		t.Errorf("left behind:\n%.3000s", left)
	}
}

// TestRestarts: the bound side goes and comes back under a sender.
func TestRestarts(t *testing.T) {
	ctx := deadline(t)
	first := socket(t, zmq.Pull)
	addr := bind(t, first)
	push := socket(t, zmq.Push)
	connect(t, push, addr)
	n := 100 * *scale
	pull := first
	for i := range n {
		if err := push.Send(ctx, fmt.Append(nil, i)); err != nil {
			t.Fatal(err)
		}
		m, err := pull.Recv(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if string(m.Bytes()) != fmt.Sprint(i) {
			t.Fatalf("received %s, want %d", m, i)
		}
		pull.Close()
		await(t, ctx, "the loss is noticed", func() bool { return push.Stats().Peers == 0 })
		pull = socket(t, zmq.Pull)
		if _, err := pull.Bind("tcp://" + addr); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOpenAndClose closes sockets at any point of their connecting.
func TestOpenAndClose(t *testing.T) {
	ctx := deadline(t)
	mark := testutil.Snapshot()
	router := socket(t, zmq.Router)
	addr := bind(t, router)
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() { // owned by the test
			for i := range 60 * *scale {
				k := []zmq.Type{zmq.Dealer, zmq.Req, zmq.Router, zmq.Sub}[(w+i)%4]
				s, err := zmq.New(k, zmq.Linger.Of(0))
				if err != nil {
					t.Error(err)
					return
				}
				s.Connect("tcp://" + addr)
				for range i % 7 {
					runtime.Gosched()
				}
				s.TrySend([]byte(strings.Repeat("x", i)))
				if i%3 == 0 {
					go s.Close() // owned by the Close below, which waits as well
				}
				s.Close()
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		t.Fatal("it took for ever")
	}
	await(t, ctx, "all peers are gone", func() bool { return router.Stats().Peers == 0 })
	router.Close()
	if left := mark.Wait(10 * time.Second); left != "" {
		t.Errorf("left behind:\n%.3000s", left)
	}
}
