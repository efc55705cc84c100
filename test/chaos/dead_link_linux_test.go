package chaos

import (
	"context"
	"strings"
	"testing"
)

// A deadLinkCase is what happens to two processes on two hosts.
type deadLinkCase struct {
	near, far string // what they do, see hostChild
	happens   func(*link) error
}

func down(l *link) error { return l.down(true) }

// deadLinks are the cases, by the row of docs/reliability.md and by name.
var deadLinks = map[string]map[string]deadLinkCase{
	"R-any-dead": {
		"at full rate":                          {"connect beats sends", "bind reads", down},
		"while nothing is read":                 {"connect beats sends", "bind", down},
		"at full rate, and nothing read either": {"connect beats sends", "bind sends", down},
		"with a peer that knows no PING":        {"connect beats raw sends", "bind raw reads", down},
	},
	"R-any-dead-one-way": {
		"nothing of ours arrives, all of theirs does": {"connect beats sends reads", "bind sends reads", func(l *link) error { return l.oneWay(0, true) }},
	},
	"R-any-slow": {
		"a slow reader": {"connect beats slowly sends", "bind crawls", nil},
	},
}

// Fault A2: a connection whose link has died is given up after the heartbeat's
// timeout, whatever of it is full or goes on; one whose peer is only slow is not.
func TestDeadLink(t *testing.T) {
	for id, cases := range deadLinks {
		for name, c := range cases {
			t.Run(id+"/"+name, func(t *testing.T) { c.run(t) })
		}
	}
}

func (c *deadLinkCase) run(t *testing.T) {
	ctx := deadline(t)
	l, err := newLink()
	if err != nil {
		t.Skipf("two hosts take root and ip: %v", err)
	}
	t.Cleanup(l.remove)
	_, far := spawn(t, l.at(1), "ZMQ_CHAOS_ADDR=tcp://"+linkAddrs[1]+":*", "ZMQ_CHAOS_DOES="+c.far)
	_, near := spawn(t, l.at(0), "ZMQ_CHAOS_ADDR="+read(t, ctx, far), "ZMQ_CHAOS_DOES="+c.near)
	expect(t, ctx, near, "connected")
	expect(t, ctx, far, "connected")
	switch {
	case strings.Contains(c.far, "reads"):
		expect(t, ctx, far, "a hundred")
	case strings.Contains(c.far, "crawls"):
		for range 4 { // some times the timeout
			expect(t, ctx, far, "a hundred")
		}
	}
	if c.happens != nil {
		must(t, c.happens(l))
		expect(t, ctx, near, "lost: ")
		return
	}
	select {
	case s := <-near:
		t.Errorf("the sender says %q", s)
	default:
	}
}

func expect(t *testing.T, ctx context.Context, lines <-chan string, prefix string) {
	t.Helper()
	s := read(t, ctx, lines)
	for s == "a hundred" && s != prefix {
		s = read(t, ctx, lines)
	}
	if !strings.HasPrefix(s, prefix) {
		t.Fatalf("a child says %q, not %q", s, prefix)
	} else {
		t.Log(s)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
