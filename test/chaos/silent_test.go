package chaos

import (
	"net"
	"runtime"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// TestSilent: two thousand connections that say nothing, half of them before
// and half after the handshake. The socket stays usable, each costs little, and
// closing ends them all.
func TestSilent(t *testing.T) {
	ctx := deadline(t)
	mark := testutil.Snapshot()
	pull := socket(t, zmq.Pull, zmq.Backlog.Of(1000))
	addr := bind(t, pull)
	n := min(2000**scale, descriptors()/2-200)
	before := heap()
	var conns []net.Conn
	defer func() {
		for _, c := range conns {
			c.Close()
		}
	}()
	for i := range n {
		if i%2 == 0 {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			conns = append(conns, c)
			continue
		}
		p, err := testutil.Dial(addr, "PUSH")
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, p)
	}
	if err := pull.WaitConnected(ctx, n/2); err != nil {
		t.Fatal(err)
	}
	each := (int64(heap()) - int64(before)) / int64(n)
	t.Logf("%d connections, %d bytes of heap for each with both its ends, %d goroutines", n, each, runtime.NumGoroutine())
	if each > 32<<10 {
		t.Errorf("a silent connection costs %d bytes", each)
	}
	push := socket(t, zmq.Push)
	connect(t, push, addr)
	if err := push.Send(ctx, []byte("still here")); err != nil {
		t.Fatal(err)
	}
	if m, err := pull.Recv(ctx); err != nil || string(m.Bytes()) != "still here" {
		t.Errorf("received %q, %v", m, err)
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
}

// TestSilentAreDropped: who does not shake hands in time is let go, many at
// once.
func TestSilentAreDropped(t *testing.T) {
	ctx := deadline(t)
	mark := testutil.Snapshot()
	pull := socket(t, zmq.Pull, zmq.HandshakeInterval.Of(100*time.Millisecond), zmq.Backlog.Of(1000))
	addr := bind(t, pull)
	for range 200 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.Write(testutil.Greeting()[:20])
	}
	// Only the listener's goroutine is left, and our ends.
	await(t, ctx, "their goroutines are gone", func() bool { return mark.Goroutines() <= 1 })
}
