package main

import (
	"fmt"
	"runtime"
	"testing"
)

var places = []struct{ name, endpoint string }{
	{"tcp", "tcp://127.0.0.1:*"}, {"inproc", "inproc://bench"},
}

// BenchmarkMessage measures one message from one goroutine of the process to
// another, at steady state. Allocations are the whole process's: of both calls,
// and all that lies between. Bytes each are mostly the received chunk's, which
// messages share; allocs/1000 shows what is rounded away in allocs/op.
func BenchmarkMessage(b *testing.B) {
	for _, w := range ways {
		for _, place := range places {
			for _, size := range []int{16, 64, 1024, 65536} {
				b.Run(fmt.Sprintf("%s/%s/%d", w.name, place.name, size), func(b *testing.B) {
					w.flow(b, place.endpoint, size, func(receive func() error) {
						warm(b, receive)
						b.ReportAllocs()
						b.ResetTimer()
						b.ReportMetric(1000*allocs(b, b.N, receive), "allocs/1000")
					})
				})
			}
		}
	}
}

// TestAllocations holds what is promised: a message costs no memory but what
// the call returns, and now and then a chunk that messages share.
func TestAllocations(t *testing.T) {
	const rest = 0.4 // of an allocation: chunks, timers, the collector, a sender that is ahead
	for _, w := range ways {
		for _, place := range places {
			t.Run(w.name+"/"+place.name, func(t *testing.T) {
				w.flow(t, place.endpoint, 64, func(receive func() error) {
					warm(t, receive)
					if n := allocs(t, 50_000, receive); n > w.allocs+rest {
						t.Errorf("%.3f allocations for each message, more than %v", n, w.allocs)
					}
				})
			})
		}
	}
}

// warm receives enough to fill every buffer.
func warm(tb testing.TB, receive func() error) {
	for range 5_000 {
		if err := receive(); err != nil {
			tb.Fatal(err)
		}
	}
}

// allocs is how many allocations the process makes for each of n messages.
func allocs(tb testing.TB, n int, receive func() error) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range n {
		if err := receive(); err != nil {
			tb.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / float64(n)
}
