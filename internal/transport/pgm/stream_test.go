package pgm

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/opt"
)

// publish makes the packets of messages of given sizes, and tells in which
// packet each begins. Some packets are flushed before they are full.
func publish(t *testing.T, rnd *rand.Rand, set settings, sizes []int) (list [][]byte, in []int) {
	s := newSender(set, testRoute, testAddr, simGroup, 0, 0)
	s.sent()
	now := time.Duration(0)
	take := func() {
		for _, b := range s.out {
			list = append(list, bytes.Clone(b))
		}
		s.sent()
	}
	for id, size := range sizes {
		b := message(id, size)
		for begins := true; len(b) > 0; now += ms {
			before := len(list) + len(s.out)
			full := s.cur != nil && len(s.cur) == dataHeader+set.maxTSDU
			n := s.write(now, b, begins)
			if begins && n > 0 {
				if full {
					before++
				}
				in = append(in, before)
				begins = false
			}
			b = b[n:]
			take()
		}
		if rnd.IntN(3) == 0 {
			for !s.flush(now) {
				now += ms
			}
			take()
		}
	}
	for !s.flush(now) {
		now += ms
	}
	take()
	return list, in
}

// Whoever joins at any packet gets all messages that begin from there on.
func TestJoinAnywhere(t *testing.T) {
	for seed := range uint64(20) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		set := simSettings(t, func(o *opt.Net) { o.Multicast.MaxTPDU = 150 + rnd.IntN(100) })
		room := set.maxTSDU - offsetLen
		var sizes []int
		for range 60 {
			size := rnd.IntN(3 * room)
			switch rnd.IntN(4) {
			case 0:
				size = room - 8 + rnd.IntN(3) - 1 // fills a packet, nearly, or more
			case 1:
				size = rnd.IntN(4)
			}
			sizes = append(sizes, size)
		}
		list, in := publish(t, rnd, set, sizes)
		for from := range list {
			n := newNet(t, 1)
			sub := n.sub(set)
			sub.r.begin()
			for _, b := range list[from:] {
				sub.r.handle(0, testAddr, simGroup, b)
			}
			first := slices.IndexFunc(in, func(k int) bool { return k >= from })
			if first < 0 {
				if st := sub.the(); len(st.ids) != 0 {
					t.Errorf("received %v", st.ids)
				}
				continue
			}
			sub.the().complete(first, len(sizes)-1)
		}
	}
}

// data builds a packet by hand.
func data(kind byte, sqn, trail uint32, start int, b string) []byte {
	p := make([]byte, dataHeader+offsetLen, dataHeader+offsetLen+len(b))
	binary.BigEndian.PutUint16(p[dataHeader:], uint16(start))
	p = append(p, b...)
	testRoute.putData(p, kind, sqn, trail, sum(p[dataHeader:]))
	return p
}

func one(id int) string { return string(message(id, 1)) }

// give hands packets to a subscriber.
func (s *simSub) give(list ...[]byte) {
	s.r.begin()
	for _, b := range list {
		s.r.handle(s.net.now, testAddr, simGroup, b)
	}
	s.r.end()
}

func (s *simSub) wants(ids string, lost int) {
	s.net.t.Helper()
	if st := s.the(); fmt.Sprint(st.ids) != ids || st.lost != lost {
		s.net.t.Errorf("received %v and lost %d packets; want %s and %d", st.ids, st.lost, ids, lost)
	}
}

func TestOffsets(t *testing.T) {
	half, rest := one(7)[:5], one(7)[5:]
	for _, c := range []struct {
		name string
		list [][]byte
		ids  string
		lost int
	}{
		{"as libzmq sends", [][]byte{data(odata, 0, 0, 0, one(1)), data(odata, 1, 0, 0, one(2)+one(3))}, "[1 2 3]", 0},
		{"none begins, then at the end", [][]byte{data(odata, 0, 0, noStart, "xx"), data(odata, 1, 0, 4, "tail"), data(odata, 2, 0, 0, one(1))}, "[1]", 0},
		{"no end offset when joined", [][]byte{data(odata, 0, 0, 0, half), data(odata, 1, 0, noStart, rest), data(odata, 2, 0, 0, one(8))}, "[7 8]", 0},
		{"a tail and a start", [][]byte{data(odata, 0, 0, 0, half), data(odata, 1, 0, len(rest), rest+one(8))}, "[7 8]", 0},
		{"a start where none can be", [][]byte{data(odata, 0, 0, 0, one(1)), data(odata, 1, 0, 99, one(2)), data(odata, 2, 0, 0, one(3))}, "[1 3]", 1},
		{"a start before the end", [][]byte{data(odata, 0, 0, 0, half), data(odata, 1, 0, 0, one(8))}, "[8]", 0},
		{"empty", [][]byte{data(odata, 0, 0, 0, ""), data(odata, 1, 0, 0, one(1)), data(odata, 2, 0, noStart, ""), data(odata, 3, 0, 0, one(2))}, "[1 2]", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newNet(t, 1).sub(simSettings(t))
			s.give(c.list...)
			s.wants(c.ids, c.lost)
		})
	}
}
