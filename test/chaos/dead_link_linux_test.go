package chaos

import (
	"context"
	"os/exec"
	"strings"
	"testing"
)

// Fault A2: a connection whose link has died is given up after the heartbeat's
// timeout, whatever of it is full or goes on; one whose peer is only slow is not.
func TestDeadLink(t *testing.T) {
	for name, c := range map[string]struct {
		near, far string
		happens   func(c *link, far *exec.Cmd)
	}{
		"taken down at full rate": {"connect beats sends", "bind reads", func(c *link, _ *exec.Cmd) {
			must(t, c.down(true))
		}},
		"taken down while nothing is read": {"connect beats sends", "bind", func(c *link, _ *exec.Cmd) {
			must(t, c.down(true))
		}},
		"taken down at full rate, and nothing read either": {"connect beats sends", "bind sends", func(c *link, _ *exec.Cmd) {
			must(t, c.down(true))
		}},
		"nothing of ours arrives, all of theirs does": {"connect beats sends reads", "bind sends reads", func(c *link, _ *exec.Cmd) {
			must(t, c.oneWay(0, true))
		}},
		"with a peer that knows no PING": {"connect beats raw sends", "bind raw reads", func(c *link, _ *exec.Cmd) {
			must(t, c.down(true))
		}},
		"a slow reader": {"connect beats slowly sends", "bind crawls", nil},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := deadline(t)
			l, err := newLink()
			if err != nil {
				t.Skipf("two hosts take root and ip: %v", err)
			}
			t.Cleanup(l.remove)
			cmd, far := spawn(t, l.at(1), "ZMQ_CHAOS_ADDR=tcp://"+linkAddrs[1]+":*", "ZMQ_CHAOS_DOES="+c.far)
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
				c.happens(l, cmd)
				expect(t, ctx, near, "lost: ")
				return
			}
			select {
			case s := <-near:
				t.Errorf("the sender says %q", s)
			default:
			}
		})
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
