package pgm

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/opt"
)

// Everything arrives, once and in order, whatever the net does to it.
func TestLossIsRepaired(t *testing.T) {
	for _, c := range []struct {
		name       string
		loss, dup  float64
		jitter     time.Duration
		pubs, subs int
	}{
		{"none", 0, 0, 0, 1, 1},
		{"a little", 0.01, 0, 0, 1, 2},
		{"5 %", 0.05, 0.01, ms, 2, 2},
		{"10 %", 0.10, 0.05, 2 * ms, 1, 3},
		{"30 %", 0.30, 0.10, 5 * ms, 2, 2},
		{"disorder", 0, 0.30, 20 * ms, 1, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			for seed := range uint64(4) {
				n := newNet(t, seed)
				n.delay = ms
				set := simSettings(t)
				for range c.subs {
					n.sub(set)
				}
				for range c.pubs {
					// The window wraps round 2^32 on the way.
					n.pub(set, 1<<32-200)
				}
				n.run(100 * ms) // all are known
				n.loss, n.dup, n.jitter = c.loss, c.dup, c.jitter
				const count = 400
				for id := range count {
					for _, p := range n.pubs {
						p.send(id, n.rand.IntN(4000)*n.rand.IntN(2))
					}
					n.run(ms / 2)
				}
				n.run(20 * time.Second)
				n.loss = 0
				n.run(20 * time.Second)
				for _, s := range n.subs {
					if len(s.streams) != c.pubs {
						t.Errorf("%d streams", len(s.streams))
					}
					for _, st := range s.streams {
						st.complete(0, count-1)
					}
					if s.r.waiting != 0 || s.r.stored != 0 {
						t.Errorf("%d tasks, %d bytes are left", s.r.waiting, s.r.stored)
					}
				}
			}
		})
	}
}

// A packet that is lost with nothing behind it is found by way of a heartbeat.
func TestLastPacketIsRepaired(t *testing.T) {
	n := newNet(t, 1)
	s, p := n.sub(simSettings(t)), n.pub(simSettings(t), 0)
	n.run(50 * ms)
	n.loss = 1
	p.send(0, 100)
	n.run(ms)
	n.loss = 0
	n.run(time.Second)
	s.the().complete(0, 0)
}

// What the source has no more is lost: whole messages of the rest arrive, and
// the count of lost packets is right.
func TestLossBeyondRepair(t *testing.T) {
	for seed := range uint64(10) {
		n := newNet(t, seed)
		// 100 ms at 8 Mbit/s: a window of 66 packets.
		small := func(o *opt.Net) { o.Multicast.Rate, o.Multicast.RecoveryIvl = 8000, 100*ms }
		s, p := n.sub(simSettings(t, small)), n.pub(simSettings(t, small), 0)
		n.run(50 * ms)
		p.send(0, 10)
		n.run(50 * ms)
		n.loss = 0.3
		for id := 1; id <= 300; id++ {
			p.send(id, n.rand.IntN(6000))
		}
		n.run(3 * time.Second)
		n.loss = 0
		n.run(time.Second)
		p.send(301, 10)
		n.run(time.Second)
		st := s.the()
		st.ascending()
		if st.lost == 0 || len(st.ids) < 2 || st.ids[len(st.ids)-1] != 301 || len(st.ids) > 290 {
			t.Errorf("seed %d: %d packets lost, %d messages, %s", seed, st.lost, len(st.ids), ends(st.ids))
		}
	}
}

// A source that never answers is not asked for ever.
func TestNoAnswer(t *testing.T) {
	n := newNet(t, 1)
	s, p := n.sub(simSettings(t)), n.pub(simSettings(t), 0)
	n.run(50 * ms)
	p.send(0, 10)
	n.run(ms)
	n.loss = 1
	p.send(1, 10)
	n.run(ms)
	n.loss = 0
	n.cut = func(_, _ netip.Addr, b []byte) bool { return b[4] == nak }
	p.send(2, 10)
	began := n.now
	for len(s.the().ids) < 2 && n.now < began+time.Minute {
		n.run(100 * ms)
	}
	if took := n.now - began; took < 10*time.Second || took > 13*time.Second {
		t.Errorf("gave up after %v", took)
	}
	if st := s.the(); st.lost != 1 || fmt.Sprint(st.ids) != "[0 2]" {
		t.Errorf("%d lost, received %v", st.lost, st.ids)
	}
	if naks := n.seen[nak]; naks != maxTries {
		t.Errorf("%d NAKs", naks)
	}
}

// Receivers that miss the same packets do not all ask: the confirmation of the
// first one's request keeps the others quiet.
func TestSuppression(t *testing.T) {
	n := newNet(t, 3)
	set := simSettings(t)
	const subs = 10
	for range subs {
		n.sub(set)
	}
	p := n.pub(set, 0)
	n.run(50 * ms)
	id := 0
	for round := range 50 {
		n.cut = func(_, _ netip.Addr, b []byte) bool { return b[4] == odata && round%2 == 1 }
		p.send(id, 10)
		id++
		n.run(200 * ms)
	}
	n.run(time.Second)
	for _, s := range n.subs {
		s.the().ascending()
		if s.the().lost != 0 {
			t.Error("lost")
		}
	}
	// 24 packets were lost to all ten (the last gap ends with the heartbeat).
	if naks := n.seen[nak]; naks > 25*3 {
		t.Errorf("%d NAKs for 25 packets that %d receivers missed", naks, subs)
	}
	if r := n.seen[rdata] / subs; r > 25*2 {
		t.Errorf("%d repairs", r)
	}
}
