package pgm

import (
	"container/heap"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

const (
	simPort = 5555
	ms      = time.Millisecond
)

var simGroup = netip.MustParseAddr("239.192.1.1")

// A net carries packets between machines, and loses, repeats, delays and
// disorders them at random. Its time is its own: nothing waits.
type simNet struct {
	t    testing.TB
	rand *rand.Rand
	now  time.Duration

	loss, dup     float64       // chances
	delay, jitter time.Duration // each packet takes delay, and up to jitter more
	cut           func(from, to netip.Addr, b []byte) bool

	pubs    []*simPub
	subs    []*simSub
	packets simQueue
	seq     int
	carried int
	seen    map[byte]int // packets by type
}

type simPacket struct {
	at   time.Duration
	seq  int
	from netip.Addr
	b    []byte
	pub  *simPub
	sub  *simSub
}

type simQueue []*simPacket

func (q simQueue) Len() int      { return len(q) }
func (q simQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *simQueue) Push(x any)   { *q = append(*q, x.(*simPacket)) }
func (q simQueue) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].seq < q[j].seq
}
func (q *simQueue) Pop() any {
	p := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return p
}

func newNet(t testing.TB, seed uint64) *simNet {
	return &simNet{t: t, rand: rand.New(rand.NewPCG(seed, 1)), delay: ms / 10, seen: make(map[byte]int)}
}

func simOptions() *opt.Net {
	return &opt.Net{SndBuf: -1, RcvBuf: -1,
		Multicast: opt.Multicast{Rate: 400_000, RecoveryIvl: 10 * time.Second, Hops: 1, MaxTPDU: 1500, Loop: true}}
}

func simSettings(t testing.TB, change ...func(*opt.Net)) settings {
	o := simOptions()
	for _, f := range change {
		f(o)
	}
	s, err := settle(o, false, false)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// simPub is a publisher whose messages are numbered.
type simPub struct {
	net   *simNet
	addr  netip.Addr
	s     *sender
	gone  bool
	queue [][]byte
	begun bool
}

func simAddr(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}) }

func (n *simNet) pub(set settings, first uint32) *simPub {
	return n.pubAt(simAddr(1+len(n.pubs)), set, first)
}

func (n *simNet) pubAt(addr netip.Addr, set settings, first uint32) *simPub {
	p := &simPub{net: n, addr: addr}
	var session tsi
	binary.BigEndian.PutUint64(session[:], n.rand.Uint64())
	p.s = newSender(set, route{session, simPort}, p.addr, simGroup, first, n.now)
	n.pubs = append(n.pubs, p)
	p.transmit()
	return p
}

// message is a length, a number, and a body that follows from them.
func message(id, size int) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(8+size))
	b = binary.BigEndian.AppendUint32(b, uint32(id))
	for i := range size {
		b = append(b, byte(id+i))
	}
	return b
}

func (p *simPub) send(id, size int) { p.queue = append(p.queue, message(id, size)) }

// work writes what is queued, as far as the rate allows.
func (p *simPub) work() {
	for len(p.queue) > 0 {
		n := p.s.write(p.net.now, p.queue[0], !p.begun)
		p.begun = p.begun || n > 0
		p.queue[0] = p.queue[0][n:]
		if len(p.queue[0]) == 0 {
			p.queue, p.begun = p.queue[1:], false
		} else if len(p.s.out) == 0 {
			return
		}
		p.transmit()
	}
	p.s.flush(p.net.now)
	p.transmit()
}

func (p *simPub) next() time.Duration {
	at := p.s.next()
	if len(p.queue) > 0 || p.s.cur != nil {
		at = min(at, max(p.s.writable(), p.net.now))
	}
	return at
}

func (p *simPub) transmit() {
	for _, b := range p.s.out {
		for _, s := range p.net.subs {
			p.net.carry(p.addr, s.addr, b, nil, s)
		}
	}
	p.s.sent()
}

// carry sends a copy, or more, or none.
func (n *simNet) carry(from, to netip.Addr, b []byte, pub *simPub, sub *simSub) {
	n.seen[b[4]]++
	if n.cut != nil && n.cut(from, to, b) {
		return
	}
	for range 2 {
		if n.rand.Float64() >= n.loss {
			at := n.now + n.delay
			if n.jitter > 0 {
				at += time.Duration(n.rand.Int64N(int64(n.jitter)))
			}
			n.seq++
			heap.Push(&n.packets, &simPacket{at, n.seq, from, append([]byte(nil), b...), pub, sub})
		}
		if n.rand.Float64() >= n.dup {
			return
		}
	}
}

// simSub is a subscriber, and the sink of its receiver.
type simSub struct {
	net     *simNet
	addr    netip.Addr
	r       *receiver
	full    bool // the program does not receive
	foreign bool // what comes is no message of simPub's
	streams map[string]*simStream
	flushes int
}

func (n *simNet) sub(set settings) *simSub {
	s := &simSub{net: n, addr: simAddr(101 + len(n.subs)), streams: make(map[string]*simStream)}
	s.r = newReceiver(set, simPort, s)
	s.r.random = func(d time.Duration) time.Duration { return time.Duration(n.rand.Int64N(int64(d))) }
	n.subs = append(n.subs, s)
	return s
}

func (s *simSub) Room() bool { return !s.full }
func (s *simSub) Flush()     { s.flushes++ }
func (s *simSub) Stream(name string) transport.Stream {
	st := &simStream{t: s.net.t, name: name, foreign: s.foreign}
	for s.streams[name] != nil {
		name += "'"
	}
	s.streams[name] = st
	return st
}

func (s *simSub) transmit() {
	for _, o := range s.r.out {
		for _, p := range s.net.pubs {
			if (o.to == simGroup || o.to == p.addr) && !p.gone {
				s.net.carry(s.addr, p.addr, o.b, p, nil)
			}
		}
	}
	s.r.begin()
	s.r.end()
}

// the is the only stream.
func (s *simSub) the() *simStream {
	s.net.t.Helper()
	if len(s.streams) != 1 {
		s.net.t.Fatalf("%d streams", len(s.streams))
	}
	for _, st := range s.streams {
		return st
	}
	return nil
}

// simStream takes messages out of the bytes, and checks them.
type simStream struct {
	t       testing.TB
	name    string
	part    []byte
	ids     []int
	lost    int
	losses  int
	dropped int // messages that were begun
	ended   bool
	healthy bool // a message has begun and nothing was lost since
	foreign bool // only where messages begin can be checked
}

func (s *simStream) Bytes(b []byte, begins bool) bool {
	if begins {
		if len(s.part) > 0 {
			s.dropped++
		}
		s.part, s.healthy = s.part[:0], true
	} else if !s.healthy {
		s.t.Errorf("%s: bytes that nothing began", s.name)
	}
	if s.foreign {
		return true
	}
	s.part = append(s.part, b...)
	for len(s.part) >= 8 {
		n := int(binary.BigEndian.Uint32(s.part))
		if n > len(s.part) {
			break
		}
		if n < 8 {
			s.t.Errorf("%s: a message of %d bytes", s.name, n)
			s.part = nil
			break
		}
		id := int(binary.BigEndian.Uint32(s.part[4:]))
		if string(s.part[:n]) != string(message(id, n-8)) {
			s.t.Errorf("%s: message %d is not as it was sent", s.name, id)
		}
		s.ids = append(s.ids, id)
		s.part = s.part[n:]
	}
	return true
}

func (s *simStream) Lost(n int) {
	s.lost += n
	s.losses++
	s.part, s.healthy = nil, false
}

func (s *simStream) End() { s.ended = true }

// ascending checks that each message came once and in its turn.
func (s *simStream) ascending() {
	s.t.Helper()
	for i := 1; i < len(s.ids); i++ {
		if s.ids[i] <= s.ids[i-1] {
			s.t.Errorf("%s: message %d behind %d", s.name, s.ids[i], s.ids[i-1])
			return
		}
	}
}

// complete checks that everything from message first to last came.
func (s *simStream) complete(first, last int) {
	s.t.Helper()
	s.ascending()
	if len(s.ids) != last-first+1 || s.ids[0] != first || s.ids[len(s.ids)-1] != last || s.lost != 0 {
		s.t.Errorf("%s: %d messages, %s; want %d to %d; %d packets lost", s.name, len(s.ids), ends(s.ids), first, last, s.lost)
	}
}

func ends(ids []int) string {
	if len(ids) == 0 {
		return "none"
	}
	return fmt.Sprintf("%d to %d", ids[0], ids[len(ids)-1])
}

// run lets the time pass.
func (n *simNet) run(d time.Duration) {
	n.t.Helper()
	end := n.now + d
	for range 50_000_000 {
		at := end
		var pub *simPub
		var sub *simSub
		for _, p := range n.pubs {
			if t := p.next(); !p.gone && t < at {
				at, pub = t, p
			}
		}
		for _, s := range n.subs {
			if t := s.r.next(); t < at {
				at, pub, sub = t, nil, s
			}
		}
		if len(n.packets) > 0 && n.packets[0].at <= at {
			p := heap.Pop(&n.packets).(*simPacket)
			n.now = max(n.now, p.at)
			n.deliver(p)
			continue
		}
		n.now = max(n.now, at)
		switch {
		case pub != nil:
			pub.s.tick(n.now)
			pub.transmit()
			pub.work()
		case sub != nil:
			sub.r.tick(n.now)
			sub.transmit()
		default:
			return
		}
	}
	n.t.Fatal("the machines do not come to rest")
}

func (n *simNet) deliver(p *simPacket) {
	n.carried++
	if p.sub != nil {
		p.sub.r.handle(n.now, p.from, simGroup, p.b)
		p.sub.transmit()
		return
	}
	if k, err := parse(p.b); err == nil && !p.pub.gone {
		p.pub.s.handle(n.now, &k)
		p.pub.transmit()
		p.pub.work()
	}
}
