package crowd

import (
	"bytes"
	"context"
	"net"
	"runtime"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// TestQuiet: connections that were busy once, both ways, and are quiet now, cost
// one goroutine each, and no buffers.
func TestQuiet(t *testing.T) {
	const n, count, size = 200, 300, 1000
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := zmq.New(zmq.Dealer, zmq.Linger.Of(0))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	addr, err := s.Bind("tcp://127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	goroutines, before := runtime.NumGoroutine(), heap()
	conns := make([]net.Conn, n)
	defer func() { hangUp(conns) }()
	burst := bytes.Repeat(testutil.Frame(0, make([]byte, size)), count)
	if err := each(n, func(i int) (err error) {
		if conns[i], err = net.Dial("tcp", addr[len("tcp://"):]); err != nil {
			return err
		}
		if err := greet(conns[i], "DEALER"); err != nil {
			return err
		}
		_, err = conns[i].Write(burst)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for range n * count {
		m, err := s.Recv(ctx)
		if err != nil {
			t.Fatal(err)
		}
		m.Release()
	}
	for range n {
		if err := s.Send(ctx, make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
	}
	if err := each(n, func(i int) error { return arrive(conns[i]) }); err != nil {
		t.Fatal(err)
	}
	for runtime.NumGoroutine() > goroutines+n+5 {
		if ctx.Err() != nil {
			t.Fatalf("%d goroutines for %d connections", runtime.NumGoroutine()-goroutines, n)
		}
		time.Sleep(10 * time.Millisecond)
	}
	cost := (heap() - before) / n
	t.Logf("%d bytes of heap for each connection", cost)
	if cost > 10<<10 {
		t.Errorf("a quiet connection costs %d bytes of heap", cost)
	}
}

// heap is what is in use when all garbage is gone.
func heap() int {
	var m runtime.MemStats
	for range 3 { // what pools keep survives the first
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
