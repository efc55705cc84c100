//go:build linux

package crowd

import (
	"testing"
	"time"
)

const (
	crowdSize  = 9_000 // of a usual limit of 20,000 descriptors for each process
	topicCount = 1_000_000
	idleTime   = 10 * time.Second
)

// BenchmarkAccepted is what an idle connection costs the one that accepts it.
func BenchmarkAccepted(b *testing.B) {
	sides(b, func(b *testing.B, lib string) {
		s := start(b, lib, "pull", 0, "tcp://127.0.0.1:*")
		addr := s.expect("at")
		before, cpu, began := s.memory(), s.cpu(), time.Now()
		c := start(b, "", "crowd", crowdSize, "push:"+addr[len("tcp://"):])
		c.expect("done")
		report(b, s, crowdSize, before, cpu, began)
		c.stop()
		s.stop()
	})
}

// BenchmarkConnected is what an idle connection costs the one that connects.
func BenchmarkConnected(b *testing.B) {
	sides(b, func(b *testing.B, lib string) {
		c := start(b, "", "hosts", crowdSize, "127.0.0.1:0")
		addr := c.expect("at")
		before, cpu, began := 0.0, 0.0, time.Now()
		s := start(b, lib, "push", crowdSize, addr)
		s.expect("done")
		c.expect("done")
		report(b, s, crowdSize, before, cpu, began)
		s.stop()
		c.stop()
	})
}

func report(b *testing.B, s *proc, n float64, before, cpu float64, began time.Time) {
	b.ReportMetric(n/time.Since(began).Seconds(), "conns/s")
	b.ReportMetric((s.cpu()-cpu)/n*1e6, "cpu-µs/conn")
	b.ReportMetric((s.memory()-before)/n, "bytes/conn")
}

// BenchmarkFanOut is how long it takes until everyone has one message.
func BenchmarkFanOut(b *testing.B) {
	sides(b, func(b *testing.B, lib string) {
		s := start(b, lib, "pub", 0, "tcp://127.0.0.1:*")
		addr := s.expect("at")
		c := start(b, "", "crowd", crowdSize, addr[len("tcp://"):])
		c.expect("done")
		const rounds = 5
		var took time.Duration
		for range rounds {
			time.Sleep(time.Second) // all is idle
			cpu := s.cpu()
			began := time.Now()
			c.say("once")
			s.say("1 x")
			s.expect("took")
			c.expect("done")
			took += time.Since(began)
			b.ReportMetric((s.cpu()-cpu)/crowdSize*1e6, "cpu-µs/peer")
		}
		b.ReportMetric(took.Seconds()*1e3/rounds, "ms/all")
		b.ReportMetric(s.memory()/crowdSize, "bytes/conn")
		c.stop()
		s.stop()
	})
}

// BenchmarkTopics is what a million subscriptions cost a publisher.
func BenchmarkTopics(b *testing.B) {
	sides(b, func(b *testing.B, lib string) {
		s := start(b, lib, "pub", 0, "tcp://127.0.0.1:*")
		addr := s.expect("at")
		c := start(b, "", "topics", topicCount, addr[len("tcp://"):])
		c.expect("ready")
		before, began := s.memory(), time.Now()
		c.say("subscribe")
		done := make(chan struct{})
		go func() { // waited for below
			defer close(done)
			c.expect("done")
		}()
		for ended := false; !ended; {
			s.say("1 end")
			s.expect("took")
			select {
			case <-done:
				ended = true
			case <-time.After(20 * time.Millisecond):
			}
		}
		b.ReportMetric(topicCount/time.Since(began).Seconds(), "subs/s")
		b.ReportMetric((s.memory()-before)/topicCount, "bytes/sub")
		const n = 3_000_000
		s.say("%d *", n)
		b.ReportMetric(n/s.number("took")*1e9, "hits/s")
		s.say("%d %s", n, "none")
		b.ReportMetric(n/s.number("took")*1e9, "misses/s")
		c.stop()
		s.stop()
	})
}

// BenchmarkQueued is what a million queued messages of 64 bytes cost.
func BenchmarkQueued(b *testing.B) {
	sides(b, func(b *testing.B, lib string) {
		s := start(b, lib, "queue", 1_000_000, "tcp://127.0.0.1:1")
		s.expect("at")
		before := s.memory()
		s.say("go")
		b.ReportMetric(1e6/s.number("took")*1e9, "msgs/s")
		b.ReportMetric((s.memory()-before)/1e6, "bytes/msg")
		s.stop()
	})
}

// BenchmarkIdle is the processor time of connections on which nothing happens.
func BenchmarkIdle(b *testing.B) {
	sides(b, func(b *testing.B, lib string) {
		s := start(b, lib, "pull", 0, "tcp://127.0.0.1:*")
		addr := s.expect("at")
		c := start(b, "", "crowd", 1000, "push:"+addr[len("tcp://"):])
		c.expect("done")
		time.Sleep(time.Second)
		before := s.cpu()
		time.Sleep(idleTime)
		b.ReportMetric((s.cpu()-before)*1e3, "cpu-ms")
		c.stop()
		s.stop()
	})
}
