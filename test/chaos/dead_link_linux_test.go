package chaos

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func words(s string) []string { return strings.Fields(s) }

// a cable joins two hosts, as network namespaces.
type cable struct {
	t     *testing.T
	hosts [2]string
}

// newCable makes one, or says why it cannot: it takes root and ip.
func newCable(t *testing.T) (*cable, error) {
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("not root")
	}
	c := &cable{t: t}
	for i := range c.hosts {
		name := fmt.Sprintf("zeroth-%d-end%d", os.Getpid(), i)
		if err := ip("netns", "add", name); err != nil {
			return nil, err
		}
		t.Cleanup(func() { ip("netns", "del", name) })
		c.hosts[i] = name
	}
	if err := ip(words("link add veth0 netns " + c.hosts[0] + " type veth peer name veth0 netns " + c.hosts[1])...); err != nil {
		return nil, err
	}
	for i := range c.hosts {
		c.at(i, fmt.Sprintf("addr add 10.78.0.%d/24 dev veth0", i+1))
		c.at(i, "link set veth0 up")
	}
	return c, nil
}

func ip(args ...string) error {
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return nil
}

// at runs ip on one host.
func (c *cable) at(host int, command string) {
	c.t.Helper()
	if err := ip(append([]string{"-n", c.hosts[host]}, words(command)...)...); err != nil {
		c.t.Fatal(err)
	}
}

// run starts a child on a host: see hostChild.
func (c *cable) run(host int, addr, does string) (*exec.Cmd, <-chan string) {
	c.t.Helper()
	return spawnBy(c.t, []string{"ip", "netns", "exec", c.hosts[host]}, "host", "ZMQ_CHAOS_ADDR="+addr, "ZMQ_CHAOS_DOES="+does)
}

// Fault A2: a connection whose link has died is given up after the heartbeat's
// timeout, whatever of it is full or goes on; one whose peer is only slow is not.
func TestDeadLink(t *testing.T) {
	for name, c := range map[string]struct {
		near, far string
		happens   func(c *cable, far *exec.Cmd)
	}{
		"taken down at full rate": {"connect beats sends", "bind reads", func(c *cable, _ *exec.Cmd) {
			c.at(1, "link set veth0 down")
		}},
		"taken down while nothing is read": {"connect beats sends", "bind", func(c *cable, _ *exec.Cmd) {
			c.at(1, "link set veth0 down")
		}},
		"taken down at full rate, and nothing read either": {"connect beats sends", "bind sends", func(c *cable, _ *exec.Cmd) {
			c.at(1, "link set veth0 down")
		}},
		"nothing of ours arrives, all of theirs does": {"connect beats sends reads", "bind sends reads", func(c *cable, _ *exec.Cmd) {
			c.at(0, "neigh replace 10.78.0.2 lladdr 02:00:00:00:00:99 dev veth0 nud permanent")
		}},
		"a slow reader": {"connect beats slowly sends", "bind crawls", nil},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := deadline(t)
			cable, err := newCable(t)
			if err != nil {
				t.Skipf("two hosts take root and ip: %v", err)
			}
			cmd, far := cable.run(1, "tcp://10.78.0.2:*", c.far)
			_, near := cable.run(0, read(t, ctx, far), c.near)
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
				c.happens(cable, cmd)
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
