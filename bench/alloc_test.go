package main

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/zeroth-mq/zmq"
)

// BenchmarkSend and BenchmarkRecv measure one call with one frame at steady
// state, while another goroutine of the process does the opposite. Allocations
// are the whole process's: of Send, Recv, and all that lies between. Bytes each
// are mostly the received chunk's, which messages share; allocs/1000 shows what
// is rounded away in allocs/op.
func BenchmarkSend(b *testing.B) {
	eachPlace(b, func(b *testing.B, push, pull *zmq.Socket, size int) {
		ctx, cancel := context.WithCancel(b.Context())
		done := make(chan error, 1)
		// Owned by this function, which waits for it below.
		go func() {
			for {
				if _, err := pull.Recv(ctx); err != nil {
					done <- err
					return
				}
			}
		}()
		buf := make([]byte, size)
		steady(b, func() error { return push.Send(ctx, buf) })
		cancel()
		<-done
	})
}

func BenchmarkRecv(b *testing.B) {
	eachPlace(b, func(b *testing.B, push, pull *zmq.Socket, size int) {
		ctx, cancel := context.WithCancel(b.Context())
		done := make(chan error, 1)
		// Owned by this function, which waits for it below.
		go func() {
			buf := make([]byte, size)
			for {
				if err := push.Send(ctx, buf); err != nil {
					done <- err
					return
				}
			}
		}()
		steady(b, func() error {
			m, err := pull.Recv(ctx)
			if err == nil && len(m.Bytes()) != size {
				err = fmt.Errorf("%d bytes instead of %d", len(m.Bytes()), size)
			}
			return err
		})
		cancel()
		<-done
	})
}

// eachPlace runs f as sub-benchmarks, with two connected sockets of each kind.
func eachPlace(b *testing.B, f func(b *testing.B, push, pull *zmq.Socket, size int)) {
	for _, place := range []struct{ name, endpoint string }{
		{"tcp", "tcp://127.0.0.1:*"}, {"inproc", "inproc://bench"},
	} {
		for _, size := range []int{16, 64, 1024, 65536} {
			b.Run(fmt.Sprintf("%s/%d", place.name, size), func(b *testing.B) {
				zctx := zmq.NewContext()
				pull, push := socket(b, zctx, zmq.Pull), socket(b, zctx, zmq.Push)
				bound, err := pull.Bind(place.endpoint)
				if err != nil {
					b.Fatal(err)
				}
				if err := push.Connect(bound); err != nil {
					b.Fatal(err)
				}
				if err := push.WaitConnected(b.Context(), 1); err != nil {
					b.Fatal(err)
				}
				f(b, push, pull, size)
			})
		}
	}
}

// socket makes a socket that drops what is left when the benchmark ends.
func socket(b *testing.B, zctx *zmq.Context, t zmq.Type) *zmq.Socket {
	s, err := zctx.New(t, zmq.Linger.Of(0))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

// steady calls one b.N times, after enough calls to fill every buffer.
func steady(b *testing.B, one func() error) {
	for range 5_000 {
		if err := one(); err != nil {
			b.Fatal(err)
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if err := one(); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	runtime.ReadMemStats(&after)
	b.ReportMetric(1000*float64(after.Mallocs-before.Mallocs)/float64(b.N), "allocs/1000")
}
