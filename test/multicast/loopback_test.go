package multicast

import (
	"fmt"
	"testing"
)

var pairs = []struct{ pub, sub kind }{{ours, ours}, {ours, libzmq}, {libzmq, ours}}

// exchange sends a plan from one publisher to some subscribers.
func (b *bed) exchange(t *testing.T, p plan, pub kind, from string, subs map[string]kind) {
	t.Helper()
	var all []*proc
	for place, k := range subs {
		s := b.start(t, k, place, "sub", "", plan{count: 1})
		s.until("ready")
		all = append(all, s)
	}
	x := b.start(t, pub, from, "pub", "p", p)
	for _, s := range all {
		s.until("joined")
	}
	x.tell()
	for _, s := range all {
		s.until("done")
		s.all("p", p)
	}
	x.tell()
}

func TestSizes(t *testing.T) {
	for _, c := range pairs {
		for name, p := range map[string]plan{
			"small":     {500, 50, 1, 0},
			"large":     {8, 1 << 20, 1, 0},
			"multipart": {50, 5000, 3, 0},
			"borders":   {3, 254, 2, 0},
		} {
			t.Run(fmt.Sprintf("%v to %v, %s", c.pub, c.sub, name), func(t *testing.T) {
				loopback(t).exchange(t, p, c.pub, "", map[string]kind{"": c.sub})
			})
		}
	}
}

// A subscriber that comes later gets what is sent from then on, whole messages only.
func TestLateJoiner(t *testing.T) {
	for _, c := range pairs {
		t.Run(fmt.Sprintf("%v to %v", c.pub, c.sub), func(t *testing.T) {
			b, p := loopback(t), plan{200, 20_000, 2, 10}
			early := b.start(t, c.sub, "", "sub", "", plan{count: 1})
			early.until("ready")
			x := b.start(t, c.pub, "", "pub", "p", p)
			early.until("joined")
			x.tell()
			early.until(fmt.Sprintf("p %d %d %d good", 20, p.parts, p.size))
			early.got = append(early.got, fmt.Sprintf("p %d %d %d good", 20, p.parts, p.size))
			late := b.start(t, c.sub, "", "sub", "", plan{count: 1})
			late.until("done")
			early.until("done")
			early.all("p", p)
			ids := late.ids("p", p)
			if len(ids) == 0 || ids[0] == 0 || len(ids) != p.count-ids[0] {
				t.Errorf("the late one received %d messages: %v", len(ids), ids)
			}
			x.tell()
		})
	}
}

// Two publishers of one group, and two subscribers, of different kinds.
func TestCrowd(t *testing.T) {
	b, p := loopback(t, "RATE=20000"), plan{100, 3000, 1, 1} // libzmq mixes the parts of different publishers
	var subs []*proc
	for _, k := range []kind{ours, libzmq} {
		s := b.start(t, k, "", "sub", "", plan{count: 2})
		s.until("ready")
		subs = append(subs, s)
	}
	var pubs []*proc
	for i, k := range []kind{ours, libzmq} {
		x := b.start(t, k, "", "pub", fmt.Sprintf("p%d", i), p)
		if i == 0 {
			for _, s := range subs {
				s.until("joined")
			}
		}
		pubs = append(pubs, x)
	}
	for _, x := range pubs {
		x.tell()
	}
	for _, s := range subs {
		s.until("done")
	}
	// The second publisher's first messages may be before it was heard.
	for _, s := range subs {
		s.all("p0", p)
		if ids := s.ids("p1", p); len(ids) == 0 || len(ids) != p.count-ids[0] {
			t.Errorf("%s: %d messages of the second publisher, from %v", s.name, len(ids), ids[:min(1, len(ids))])
		}
	}
}

// A publisher that starts again is heard again.
func TestRestart(t *testing.T) {
	for _, c := range pairs {
		t.Run(fmt.Sprintf("%v to %v", c.pub, c.sub), func(t *testing.T) {
			b, p := loopback(t), plan{50, 2000, 1, 0}
			s := b.start(t, c.sub, "", "sub", "", plan{count: 2})
			s.until("ready")
			x := b.start(t, c.pub, "", "pub", "first", p)
			s.until("joined")
			x.tell()
			s.until(fmt.Sprintf("first %d 1 %d good", p.count-1, p.size))
			x.kill()
			y := b.start(t, c.pub, "", "pub", "second", p)
			y.tell()
			s.until(fmt.Sprintf("second %d 1 %d good", p.count-1, p.size))
			y.tell()
		})
	}
}

// A subscriber whose buffer is too small for the rate loses packets all the
// time, and no message.
func TestOverrun(t *testing.T) {
	for _, pub := range []kind{ours, libzmq} {
		t.Run(pub.String(), func(t *testing.T) {
			b := loopback(t, "RCVBUF=5000")
			b.exchange(t, plan{40, 50_000, 1, 0}, pub, "", map[string]kind{"": ours})
		})
	}
}
