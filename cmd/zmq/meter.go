package main

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeroth-mq/zmq"
)

// A meter counts what goes through a command, for the line of progress and for
// --stats. Counting may be done by any goroutine.
type meter struct {
	began          time.Time
	sent, received tally
}

type tally struct{ messages, bytes atomic.Uint64 }

func (t *tally) add(bytes int) {
	t.messages.Add(1)
	t.bytes.Add(uint64(bytes))
}

func (m *meter) count(frames [][]byte) {
	n := 0
	for _, f := range frames {
		n += len(f)
	}
	m.sent.add(n)
}

// The line of progress comes when a transfer turns out to be long.
const (
	progressAfter = time.Second
	progressEvery = 500 * time.Millisecond
)

// watch begins to count, and shows the progress if wanted. The function that it
// returns ends that.
func (m *meter) watch(c *console, wanted bool) (stop func()) {
	m.began = time.Now()
	if !wanted {
		return func() {}
	}
	done := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() { // owned by the caller, through stop
		tick := time.NewTicker(progressEvery)
		defer tick.Stop()
		var last uint64
		for {
			select {
			case <-done:
				c.Progress("")
				return
			case now := <-tick.C:
				n := m.sent.messages.Load() + m.received.messages.Load()
				if now.Sub(m.began) >= progressAfter && n > 0 {
					c.Progress(m.text(float64(n-last) / progressEvery.Seconds()))
				}
				last = n
			}
		}
	})
	return func() { close(done); running.Wait() }
}

// text is what went through, at how many messages a second.
func (m *meter) text(rate float64) string {
	var parts []string
	bytes := 0.0
	for _, t := range []struct {
		verb string
		*tally
	}{{"sent", &m.sent}, {"received", &m.received}} {
		if n := t.messages.Load(); n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", t.verb, n))
			bytes += float64(t.bytes.Load())
		}
	}
	if parts == nil {
		return "no messages"
	}
	size, unit := scaled(bytes)
	speed, times := scaled(rate)
	return fmt.Sprintf("%s messages, %s %sB, %s%s/s", strings.Join(parts, " and "), size, unit, speed, times)
}

// stats is the line of --stats.
func (m *meter) stats(c *console, s *zmq.Socket) {
	took := time.Since(m.began)
	n := m.sent.messages.Load() + m.received.messages.Load()
	line := m.text(float64(n)/max(took.Seconds(), 1e-9)) + ", in " + took.Round(time.Millisecond).String()
	if st := s.Stats(); st.Dropped > 0 {
		line += fmt.Sprintf(", %d dropped", st.Dropped)
	}
	c.Line(line)
}

// scaled cuts a number into about three digits and a unit.
func scaled(x float64) (digits, unit string) {
	units := []string{"", "k", "M", "G", "T"}
	for x >= 999.5 && len(units) > 1 {
		x /= 1000
		units = units[1:]
	}
	if x < 99.95 && units[0] != "" {
		return fmt.Sprintf("%.1f", x), units[0]
	}
	return fmt.Sprintf("%.0f", x), units[0]
}
