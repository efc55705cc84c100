package zmq

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/msg"
)

// lines are what a Logger writes of events that come d after each other.
func lines(level slog.Level, d time.Duration, events ...link.Event) []string {
	var out bytes.Buffer
	l := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		switch a.Key {
		case "level", "msg", "count":
			return a
		}
		return slog.Attr{}
	}}))
	j := &journal{l: l, faults: make(map[fault]*tally), down: make(map[string]bool)}
	now := time.Unix(1, 0)
	for _, ev := range events {
		ev.Time = now
		ev.Endpoint = "tcp://10.0.0.7:5555"
		j.event(ev)
		now = now.Add(d)
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

func times(n int, ev link.Event) (list []link.Event) {
	for range n {
		list = append(list, ev)
	}
	return list
}

// Fault B13: a refused peer was a warning ten times a second, on both sides. The
// first is told, and then a count.
func TestFaultsAreCounted(t *testing.T) {
	refusal := &engine.HandshakeError{Err: &mech.AuthError{Status: 400}, Peer: &msg.Peer{}}
	for _, side := range []link.Event{
		{Kind: link.HandshakeRefused, Err: refusal},
		{Kind: link.HandshakeRefused, Err: refusal, Incoming: true, Remote: "tcp://10.0.0.8:4711"},
		{Kind: link.AcceptFailed, Err: errno.EMFILE, Incoming: true},
	} {
		got := lines(slog.LevelInfo, time.Second, times(125, side)...)
		if len(got) != 3 || strings.Contains(got[0], "count") || !strings.HasSuffix(got[1], " count=60") || !strings.HasSuffix(got[2], " count=60") ||
			!strings.HasPrefix(got[0], "level=WARN ") {
			t.Errorf("%q", got)
		}
		if all := lines(slog.LevelDebug, time.Second, times(125, side)...); len(all) != 125 {
			t.Errorf("%d lines at level Debug", len(all))
		}
	}
	var hosts []link.Event
	for i := range 3 * faultsKept {
		hosts = append(hosts, link.Event{Kind: link.HandshakeRefused, Err: refusal, Incoming: true, Remote: fmt.Sprintf("tcp://[fd00::%x]:1", i)})
	}
	if got := lines(slog.LevelInfo, time.Millisecond, hosts...); len(got) != faultsKept+1 {
		t.Errorf("%d hosts make %d lines", len(hosts), len(got))
	}
	if got := lines(slog.LevelInfo, time.Second, hosts...); len(got) < 2*faultsKept {
		t.Errorf("slowly, %d hosts make %d lines", len(hosts), len(got))
	}
}

// Fault B13: a dead backend was not worth a line. That it cannot be reached, is
// lost, and is there again, is each worth one.
func TestBackendsComeAndGo(t *testing.T) {
	peer := &msg.Peer{Mechanism: "NULL"}
	done := link.Event{Kind: link.HandshakeDone, Peer: peer}
	lost := link.Event{Kind: link.Disconnected, Peer: peer, Err: errno.ECONNRESET}
	dead := []link.Event{{Kind: link.ConnectDelayed}, {Kind: link.Closed, Err: errno.ECONNREFUSED}, {Kind: link.ConnectRetried, Err: errno.ECONNREFUSED, Delay: 1}}
	var all []link.Event
	add := func(list ...link.Event) { all = append(all, list...) }
	for range 10 {
		add(dead...)
	}
	add(done, lost)
	for range 5 {
		add(dead...)
	}
	add(done)
	for range 20 { // it flaps
		add(lost, done)
	}
	add(link.Event{Kind: link.Disconnected, Peer: peer, Err: engine.ErrClosing}) // we close
	want := []string{
		`level=INFO msg="cannot connect"`, `level=INFO msg="connection is up"`,
		`level=INFO msg="connection lost"`, `level=INFO msg="connection is up"`,
	}
	if got := lines(slog.LevelInfo, 100*time.Millisecond, all...); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q", got)
	}
	if got := lines(slog.LevelInfo, time.Second, done, link.Event{Kind: link.Closed, Incoming: true}); fmt.Sprint(got) != "[]" {
		t.Errorf("all went well, and %q was said", got)
	}
	incoming := lost
	incoming.Incoming = true
	if got := lines(slog.LevelInfo, time.Second, incoming); fmt.Sprint(got) != "[]" {
		t.Errorf("a client has gone, and %q was said", got)
	}
	own := link.Event{Kind: link.HandshakeFailed, Err: &engine.HandshakeError{Err: engine.ErrClosing}}
	if got := lines(slog.LevelInfo, time.Second, own); fmt.Sprint(got) != "[]" {
		t.Errorf("we closed, and %q was said", got)
	}
}
