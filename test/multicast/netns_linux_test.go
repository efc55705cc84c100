package multicast

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A lab is three hosts, as network namespaces, that a bridge in a fourth joins,
// and which lose some of the packets that they receive.
type lab struct {
	t     *testing.T
	names map[string]string
}

// newLab makes one, or says why it cannot: it takes root, ip, and nft.
func newLab(t *testing.T) (*lab, error) {
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("not root")
	}
	for _, tool := range []string{"ip", "nft"} {
		if _, err := exec.LookPath(tool); err != nil {
			return nil, err
		}
	}
	l := &lab{t: t, names: make(map[string]string)}
	t.Cleanup(l.remove)
	for _, name := range []string{"hub", "a", "b", "c"} {
		full := fmt.Sprintf("zeroth-%d-%s", os.Getpid(), name)
		if err := run("ip", "netns", "add", full); err != nil {
			return nil, err
		}
		l.names[name] = full
	}
	if err := l.in("hub", "ip link add br0 type bridge mcast_snooping 0", "ip link set br0 up"); err != nil {
		return nil, err
	}
	for i, name := range []string{"a", "b", "c"} {
		if err := l.in("hub",
			fmt.Sprintf("ip link add name port-%s type veth peer name veth0 netns %s", name, l.names[name]),
			fmt.Sprintf("ip link set port-%s master br0 up", name)); err != nil {
			return nil, err
		}
		if err := l.in(name,
			"ip link set lo up",
			fmt.Sprintf("ip addr add 10.77.0.%d/24 dev veth0", i+1),
			fmt.Sprintf("ip addr add fd77::%d/64 dev veth0 nodad", i+1),
			"ip link set veth0 up"); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (l *lab) remove() {
	for _, full := range l.names {
		if err := run("ip", "netns", "del", full); err != nil {
			l.t.Error(err)
		}
	}
}

func run(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// in runs commands in a namespace.
func (l *lab) in(name string, commands ...string) error {
	for _, c := range commands {
		if err := run("ip", append([]string{"netns", "exec", l.names[name]}, strings.Fields(c)...)...); err != nil {
			return err
		}
	}
	return nil
}

// lose makes every host lose so many of a hundred packets that come in.
func (l *lab) lose(percent int) {
	l.t.Helper()
	for _, name := range []string{"a", "b", "c"} {
		if err := l.in(name, "nft flush ruleset", "nft add table inet lab",
			"nft add chain inet lab in { type filter hook input priority 0 ; }",
			fmt.Sprintf("nft add rule inet lab in meta l4proto { udp, 113 } numgen random mod 100 < %d drop", percent)); err != nil {
			l.t.Fatal(err)
		}
	}
}

// bed is the lab with endpoints of a scheme and a group.
func (l *lab) bed(scheme, network, group string, options ...string) *bed {
	b := &bed{prefix: make(map[string][]string), options: append([]string{"RATE=40000"}, options...)}
	for _, name := range []string{"a", "b", "c"} {
		b.prefix[name] = []string{"ip", "netns", "exec", l.names[name]}
	}
	b.endpoint = func(place string) string {
		return fmt.Sprintf("%s://%s%d;%s:5555", scheme, network, place[0]-'a'+1, group)
	}
	return b
}

// TestNetwork is about what only root can have: hosts of their own, packets that
// are lost on either side, and pgm itself.
func TestNetwork(t *testing.T) {
	l, err := newLab(t)
	if err != nil {
		t.Logf("NOT TESTED: loss in the network, pgm:// and IPv6 need root, ip and nft: %v", err)
		return
	}
	p := plan{100, 20_000, 2, 0}
	for _, c := range []struct {
		scheme, network, group string
		loss                   int
		libzmq                 bool
	}{
		{"epgm", "10.77.0.", "239.192.1.1", 0, true},
		{"epgm", "10.77.0.", "239.192.1.1", 1, true},
		{"epgm", "10.77.0.", "239.192.1.1", 10, true},
		{"pgm", "10.77.0.", "239.192.1.1", 5, true},
		{"epgm", "fd77::", "[ff08::1]", 5, true},
		{"pgm", "fd77::", "[ff08::1]", 5, false},
	} {
		l.lose(c.loss)
		b := l.bed(c.scheme, c.network, c.group)
		for _, pair := range []struct {
			name string
			pub  kind
			subs map[string]kind
		}{
			{"ours to ours twice", ours, map[string]kind{"b": ours, "c": ours}},
			{"ours to both", ours, map[string]kind{"b": ours, "c": libzmq}},
			{"libzmq to ours twice", libzmq, map[string]kind{"b": ours, "c": ours}},
		} {
			if !c.libzmq && pair.name != "ours to ours twice" {
				continue
			}
			t.Run(fmt.Sprintf("%s %s %d%%, %s", c.scheme, c.group, c.loss, pair.name), func(t *testing.T) {
				b.exchange(t, p, pair.pub, "a", pair.subs)
			})
		}
	}
}
