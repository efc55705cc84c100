//go:build linux

package chaos

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"
)

// A link is two hosts, as network namespaces that a pair of interfaces joins.
// Nothing outside of them is touched.
type link struct {
	names [2]string
}

// Where the hosts are.
var linkAddrs = [2]string{"10.78.0.1", "10.78.0.2"}

const linkDev = "chaos0"

var links atomic.Int64 // for their names

// newLink makes one, or says why it can't: it takes root, and ip.
func newLink() (*link, error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("network namespaces need root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		return nil, errors.New("network namespaces need ip (package iproute2)")
	}
	l, n := &link{}, links.Add(1)
	for i := range l.names {
		l.names[i] = fmt.Sprintf("chaos-%d-%d-%c", os.Getpid(), n, 'a'+i)
		if err := ip("netns", "add", l.names[i]); err != nil {
			l.names[i] = ""
			l.remove()
			return nil, err
		}
	}
	err := ip("-n", l.names[0], "link", "add", "name", linkDev, "type", "veth", "peer", "name", linkDev, "netns", l.names[1])
	for i, name := range l.names {
		for _, c := range []string{"link set lo up", "addr add " + linkAddrs[i] + "/24 dev " + linkDev, "link set " + linkDev + " up"} {
			if err == nil {
				err = ip(append([]string{"-n", name}, strings.Fields(c)...)...)
			}
		}
	}
	if err != nil {
		l.remove()
		return nil, err
	}
	return l, nil
}

func ip(args ...string) error {
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return nil
}

// at is the command that runs another on host i.
func (l *link) at(i int) []string { return []string{"ip", "netns", "exec", l.names[i]} }

func (l *link) remove() {
	for _, name := range l.names {
		if name != "" {
			ip("netns", "del", name)
		}
	}
}

func (l *link) on(i int, command string) error {
	return ip(append([]string{"-n", l.names[i]}, strings.Fields(command)...)...)
}

// down takes the link down, or up again.
func (l *link) down(is bool) error {
	state := "up"
	if is {
		state = "down"
	}
	return l.on(0, "link set "+linkDev+" "+state)
}

// oneWay loses all that host i sends: it is told that the other has a hardware
// address that nobody has.
func (l *link) oneWay(i int, is bool) error {
	if is {
		return l.on(i, "neigh replace "+linkAddrs[1-i]+" lladdr 02:00:00:00:0b:ad dev "+linkDev+" nud permanent")
	}
	return l.on(i, "neigh del "+linkAddrs[1-i]+" dev "+linkDev)
}

// blackHole loses packets of more than 600 bytes that host i sends, and tells
// nobody: the other's interface does not take them, though its connections say
// that they can.
func (l *link) blackHole(i int, is bool) error {
	mtu, far := "1500", 1-i
	if is {
		mtu = "600"
		// Else many packets go as one, which passes whatever the size is.
		if err := l.on(i, "link set "+linkDev+" gso_max_segs 1"); err != nil {
			return err
		}
	}
	if err := l.on(far, "link set "+linkDev+" mtu "+mtu); err != nil {
		return err
	}
	return l.on(far, "route replace 10.78.0.0/24 dev "+linkDev+" src "+linkAddrs[far]+" advmss 1460")
}

// networks are what can happen to packets between two hosts, with heartbeats and
// without: without them TCP goes on when the network does, and nothing may be
// lost; with them the loss of the connection is noticed by both sides.
func networks() []scenario {
	harms := []struct {
		name string
		do   func(l *link, is bool) error
	}{
		{"link-down", func(l *link, is bool) error { return l.down(is) }},
		{"one-way-to-receiver", func(l *link, is bool) error { return l.oneWay(0, is) }},
		{"one-way-to-sender", func(l *link, is bool) error { return l.oneWay(1, is) }},
		{"mtu-black-hole", func(l *link, is bool) error { return l.blackHole(0, is) }},
	}
	var all []scenario
	for i, h := range harms {
		for j, name := range []string{"push-pull", "dealer-router", "push-pull-bound"} {
			for k, beats := range []bool{true, false} {
				s := hurtSides[(3*i+2*j+k)%len(hurtSides)]
				what, p := "net/"+h.name, patternOf(name)
				if !beats {
					what = "net-short/" + h.name
				}
				all = append(all, scenario{fmt.Sprintf("%s/%s/%s-%s", what, name, s[0], s[1]), 3, func(r *run) error { return r.network(p, s, beats, h.do) }})
			}
		}
	}
	return all
}

// How the loss of the network is noticed.
const (
	netBeat    = 300 * time.Millisecond
	netBeatEnd = time.Second
)

func (r *run) network(p pattern, sides [2]string, beats bool, harm func(*link, bool) error) error {
	l, err := newLink()
	if err != nil {
		r.skipped = err.Error()
		return nil
	}
	defer l.remove()
	x, err := r.newExchange(p, sides[0], sides[1], "NULL")
	if err != nil {
		return err
	}
	defer x.discard()
	w := window{}
	x.spaces = l.names
	x.bindAt = "tcp://" + linkAddrs[x.binder()] + ":*"
	if beats {
		w = window{wireWindow + queueWindow, "in flight, queue"}
		for i := range x.opts {
			x.opts[i] = append(x.opts[i], beating(netBeat, netBeatEnd)...)
		}
	}
	if err := x.join(nil); err != nil {
		return err
	}
	x.under(func() int { return x.partition(beats, func(is bool) error { return harm(l, is) }) })
	x.finish(w)
	return nil
}

// partition does harm to the network, and mends it: with heartbeats when both
// sides have noticed. It returns how many connections may have been lost.
func (x *exchange) partition(beats bool, harm func(bool) error) int {
	time.Sleep(200 * time.Millisecond) // at full rate
	before := [2]map[string]bool{x.peer(0).connections(), x.peer(1).connections()}
	began := time.Now()
	if err := harm(true); err != nil {
		x.fail("%v", err)
	}
	if !beats {
		time.Sleep(min(x.took, 2*time.Second))
	} else if !x.noticed(before, began) {
		x.stuck++
		x.fail("the loss of the network was not noticed within %v, heartbeats are %v and %v", patience, netBeat, netBeatEnd)
	}
	down := time.Since(began)
	if err := harm(false); err != nil {
		x.fail("%v", err)
	}
	if !beats {
		return 1
	}
	return 2 + int(down/netBeatEnd) // connections that were made meanwhile, small packets passing
}

// noticed waits until each side has ended the connections that it had.
func (x *exchange) noticed(before [2]map[string]bool, began time.Time) bool {
	var took [2]time.Duration
	for took[0] == 0 || took[1] == 0 {
		if time.Since(began) > patience {
			return false
		}
		time.Sleep(20 * time.Millisecond)
		for i := range took {
			if took[i] > 0 {
				continue
			}
			left := false
			for c := range x.peer(i).connections() {
				left = left || before[i][c]
			}
			if !left {
				took[i] = time.Since(began)
			}
		}
	}
	x.note = fmt.Sprintf("noticed after %.1fs and %.1fs", took[0].Seconds(), took[1].Seconds())
	return true
}
