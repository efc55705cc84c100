package zmq

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/link"
)

// logger is the Option of Logger.
type logger struct{ l *slog.Logger }

func (o logger) apply(s *Socket) error {
	if o.l == nil {
		s.inner().Events().OnEvent(nil)
		return nil
	}
	j := &journal{l: o.l.With("socket", s.Type().String()), faults: make(map[fault]*tally), down: make(map[string]bool)}
	s.inner().Events().OnEvent(j.event)
	return nil
}

// A journal writes events as lines: all of them at level Debug, and what a
// person should know higher. A fault that comes back is told once, and then
// counted, with a line for each minute. Many goroutines may call it at once.
type journal struct {
	l *slog.Logger

	mu     sync.Mutex
	faults map[fault]*tally
	down   map[string]bool // endpoints that connect, and of which a fault was told
}

// a fault is what is told once.
type fault struct {
	endpoint string
	kind     link.Kind
	host     string // of a bound endpoint: the peer's
}

// a tally is what is known of a fault.
type tally struct {
	line time.Time // when it was told last
	more int       // how often it came back since
}

const (
	// faultsAgain is how long a fault that comes back is only counted.
	faultsAgain = time.Minute
	// faultsKept bounds them: there may be any number of hosts. Those beyond
	// are counted as one.
	faultsKept = 1000
)

func (j *journal) event(ev link.Event) {
	level, text := judge(&ev)
	count := 0
	switch {
	case level > slog.LevelDebug && ev.Kind != link.BindFailed && ev.Kind != link.CloseFailed:
		var told bool
		if count, told = j.count(&ev); !told {
			level = slog.LevelDebug
		}
	case ev.Kind == link.HandshakeDone && !ev.Incoming && j.recovered(ev.Endpoint):
		level, text = slog.LevelInfo, "connection is up"
	}
	if !j.l.Enabled(context.Background(), level) {
		return
	}
	attrs := []slog.Attr{slog.String("endpoint", ev.Endpoint)}
	if ev.Remote != "" {
		attrs = append(attrs, slog.String("remote", ev.Remote))
	}
	if ev.Err != nil {
		attrs = append(attrs, slog.Any("error", ev.Err))
	}
	if ev.Delay > 0 {
		attrs = append(attrs, slog.Duration("delay", ev.Delay))
	}
	if count > 1 {
		attrs = append(attrs, slog.Int("count", count))
	}
	j.l.LogAttrs(context.Background(), level, text, attrs...)
}

// judge says how much an event matters, and what it is called in a line.
func judge(ev *link.Event) (slog.Level, string) {
	text := EventKind(ev.Kind).String()
	if ev.Own() {
		return slog.LevelDebug, text
	}
	switch ev.Kind {
	case link.HandshakeFailed, link.HandshakeBroken, link.HandshakeRefused, link.AcceptFailed, link.BindFailed, link.CloseFailed, link.Lost, link.Dropped, link.Waiting:
		return slog.LevelWarn, text
	case link.Closed:
		if !ev.Incoming && ev.Err != nil {
			return slog.LevelInfo, "cannot connect"
		}
	case link.Disconnected:
		switch {
		case errors.Is(ev.Err, errno.ErrLimit):
			return slog.LevelWarn, text
		case !ev.Incoming && !ev.Early():
			return slog.LevelInfo, "connection lost"
		}
	}
	return slog.LevelDebug, text
}

// count notes a fault. It reports whether there should be a line about it, and
// how many it is about.
func (j *journal) count(ev *link.Event) (n int, told bool) {
	key := fault{endpoint: ev.Endpoint, kind: ev.Kind}
	if ev.Incoming {
		_, addr, _ := strings.Cut(ev.Remote, "://")
		key.host, _, _ = net.SplitHostPort(addr)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	t := j.faults[key]
	if t == nil && len(j.faults) >= faultsKept {
		j.forgetLocked(ev.Time)
	}
	if t == nil && len(j.faults) >= faultsKept {
		key.host = "others"
		t = j.faults[key]
	}
	if t == nil {
		t = new(tally)
		j.faults[key] = t
	}
	t.more++
	if ev.Time.Sub(t.line) < faultsAgain {
		return 0, false
	}
	n, t.more, t.line = t.more, 0, ev.Time
	if !ev.Incoming {
		j.down[ev.Endpoint] = true
	}
	return n, true
}

// forgetLocked makes room: what has not come back for so long would be told
// again anyway.
func (j *journal) forgetLocked(now time.Time) {
	for key, t := range j.faults {
		if now.Sub(t.line) >= faultsAgain {
			delete(j.faults, key)
		}
	}
}

// recovered reports whether an endpoint that has a connection was said to have
// none.
func (j *journal) recovered(endpoint string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	was := j.down[endpoint]
	delete(j.down, endpoint)
	return was
}
