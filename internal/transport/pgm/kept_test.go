package pgm

import (
	"net/netip"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/opt"
)

// kept is what the packets that are stored take, at least.
func (r *receiver) kept() (n int) {
	for _, s := range r.sources {
		for _, b := range s.have.m {
			n += cap(b) + 32
		}
		for _, q := range s.queue {
			n += cap(q.tsdu) + 32
		}
	}
	return n
}

// Fault B8: what packets take that are stored is what is counted, however small they
// are and whatever they are: packets that nobody sent, in and out of order, and gaps
// without end between them.
func TestKeptIsCounted(t *testing.T) {
	for name, packet := range map[string]func(i uint32) []byte{
		"in order":     func(i uint32) []byte { return data(odata, i/1000, 0, 0, "") },
		"out of order": func(i uint32) []byte { return data(odata, 1+i/1000, 0, 0, "") },
		"gaps":         func(i uint32) []byte { return data(odata, 2*(i/1000), 2*(i/1000), 0, "") },
		"then gaps": func(i uint32) []byte {
			if i < 1000 {
				return data(odata, 0, 0, 0, "")
			}
			return testRoute.appendSPM(nil, i, 2+i, 2+i, testAddr, false)
		},
		"large": func(i uint32) []byte { return data(odata, i/1000, 0, 0, string(make([]byte, 1000))) },
	} {
		t.Run(name, func(t *testing.T) {
			n := newNet(t, 1)
			s := n.sub(simSettings(t, func(o *opt.Net) { o.Multicast.Rate = 1_000_000 }))
			s.r.budget = 1 << 20
			s.full, s.foreign = true, true
			most := 0
			for i := range uint32(200_000) {
				from := netip.AddrFrom4([4]byte{10, 1, byte(i % 1000 >> 8), byte(i % 1000)})
				s.r.begin()
				s.r.handle(n.now, from, simGroup, packet(i))
				s.r.end()
				if i%1000 == 0 {
					most = max(most, s.r.kept())
				}
			}
			if most > s.r.budget || s.r.stored > s.r.budget || most > s.r.stored {
				t.Errorf("%d bytes are kept and %d counted; %d are allowed", most, s.r.stored, s.r.budget)
			}
			if name != "then gaps" && s.r.stored < s.r.budget-2*usualPacket {
				t.Errorf("%d bytes are kept, and there is room for %d", s.r.stored, s.r.budget)
			}
			queued := 0
			for _, st := range s.r.sources {
				queued += len(st.queue)
			}
			if queued > s.r.stored/packetCost*2+len(s.r.sources) {
				t.Errorf("%d entries are queued with %d bytes", queued, s.r.stored)
			}
			s.r.close()
			if s.r.stored != 0 {
				t.Errorf("%d bytes are left", s.r.stored)
			}
		})
	}
}

// Fault B8: what is not missed any more leaves nothing behind, when a window jumps
// again and again and each time is said to miss as much as may be asked for.
func TestJumpingWindow(t *testing.T) {
	n := newNet(t, 1)
	s := n.sub(simSettings(t, func(o *opt.Net) { o.Multicast.Rate = 1_000_000 }))
	list := make([]uint32, 1+maxList)
	most := 0
	for i := range uint32(500) {
		first := i * 4000
		s.give(testRoute.appendSPM(nil, i, first, first+3000, testAddr, false))
		for k := range list {
			list[k] = first + 1000 + uint32(k)
		}
		for range 40 {
			s.give(testRoute.appendRequest(nil, ncf, testAddr, simGroup, list))
			for k := range list {
				list[k] += uint32(len(list))
			}
		}
		most = max(most, len(s.r.tasks))
	}
	if s.r.waiting == 0 || most > s.r.waiting+maxSpans+10 {
		t.Errorf("%d tasks, of which %d wait", most, s.r.waiting)
	}
	for i, e := range s.r.tasks {
		if e.t.place != i+1 || i > 0 && s.r.tasks[(i-1)/2].at > e.at {
			t.Fatalf("the heap is none at %d", i)
		}
	}
	s.r.close()
	for _, e := range s.r.tasks {
		if !e.t.s.gone {
			t.Error("a task of a source that is there")
		}
	}
}

// Tasks come out in the order of their times, whatever was put off or taken out.
func TestTasks(t *testing.T) {
	n := newNet(t, 3)
	src := &source{}
	var h tasks
	var all []*task
	for range 2000 {
		if k := n.rand.IntN(3); k > 0 || len(all) == 0 {
			x := &task{s: src, at: time.Duration(n.rand.IntN(100)) * ms}
			all = append(all, x)
			h.add(x)
		} else {
			i := n.rand.IntN(len(all))
			h.remove(all[i])
			h.remove(all[i])
			all = append(all[:i], all[i+1:]...)
		}
	}
	last := time.Duration(0)
	for range all {
		x := h.take(100 * ms)
		if x == nil || x.at < last || x.place != 0 {
			t.Fatalf("took %+v after %v", x, last)
		}
		last = x.at
	}
	if h.take(never-1) != nil || len(h) != 0 {
		t.Errorf("%d are left", len(h))
	}
}
