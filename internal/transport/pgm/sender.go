package pgm

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// A sender is what a publisher does, without I/O:
//
//  1. write fills packets with the stream; a full one, or what flush finds, goes
//     out as soon as the rate allows, and is kept in the window.
//  2. handle hears what receivers miss (repair.go).
//  3. tick sends again what was asked for, and SPMs: what makes receivers miss
//     the last packets.
//
// Packets to send collect in out; all go to the group. The caller sends them
// and calls sent before the next call but write and flush. It is for one
// goroutine at a time.
type sender struct {
	route
	set   settings
	nla   netip.Addr // ours
	group netip.Addr

	// The window: [trail, lead] are kept, in win[(first+sqn-trail) mod len].
	// It grows until it has its size; then first moves.
	win         []kept
	first       int
	trail, lead uint32

	cur   []byte // the packet that is being filled; its header comes last
	start int    // where the first message begins in its data, or noStart
	rate  bucket

	spmSqn    uint32
	beat      int           // of heartbeats
	beatAt    time.Duration // never: no heartbeat is due
	ambientAt time.Duration
	answerAt  time.Duration // when the next SPMR, or hopeless NAK, may be answered
	heardAt   time.Duration // when something was last asked for
	active    time.Duration // when data was last sent

	repairs []uint32 // to be sent again, in order
	repair  bucket

	out [][]byte
	ctl []byte // where packets without data are built
}

// kept is a packet in the window.
type kept struct {
	b      []byte
	sum    uint64        // of its TSDU
	deaf   time.Duration // NAKs for it are ignored until then
	queued bool          // in repairs
}

const never = time.Duration(1<<63 - 1)

// SPMs follow the last data after these pauses, so that a receiver that has lost it finds
// out; and one goes out every ambient, whatever happens.
var heartbeats = [...]time.Duration{
	100 * time.Millisecond, 100 * time.Millisecond, 100 * time.Millisecond, 100 * time.Millisecond,
	100 * time.Millisecond, 1300 * time.Millisecond, 7 * time.Second, 16 * time.Second,
}

const (
	ambient = 30 * time.Second
	// openings is how often the first and the last SPM are sent.
	openings = 3
	// maxOut is how many packets may wait for the caller. No window is less.
	maxOut = 32
	// burst is what may be sent at once after a pause.
	burst = time.Millisecond
)

// newSender makes a sender whose data begins with sequence number first, and
// announces it.
func newSender(set settings, r route, nla, group netip.Addr, first uint32, now time.Duration) *sender {
	packet := float64(set.overhead + set.maxTSDU)
	s := &sender{
		route: r, set: set, nla: nla, group: group,
		trail: first, lead: first - 1,
		rate:      newBucket(set.rate, max(2*packet, set.rate*burst.Seconds())),
		repair:    newBucket(set.rate, min(maxOut*packet, max(2*packet, set.rate*burst.Seconds()))),
		beatAt:    never,
		ambientAt: now + ambient,
		answerAt:  now,
		active:    now,
		start:     noStart,
	}
	s.rate.filled, s.repair.filled = now, now
	for range openings {
		s.spm(false)
	}
	return s
}

// write takes as much of b, the next bytes of the stream, as rate and out allow
// now. begins says that a message begins with b. If it takes less than all, the
// caller sends what is in out, waits until writable, and goes on.
func (s *sender) write(now time.Duration, b []byte, begins bool) (n int) {
	for n < len(b) {
		if len(s.cur) == dataHeader+s.set.maxTSDU && !s.flush(now) {
			return n
		}
		if s.cur == nil {
			s.cur = s.newPacket()
		}
		if begins && n == 0 && s.start == noStart {
			s.start = len(s.cur) - dataHeader - offsetLen
		}
		k := min(len(b)-n, dataHeader+s.set.maxTSDU-len(s.cur))
		s.cur = append(s.cur, b[n:n+k]...)
		n += k
	}
	return n
}

// newPacket is an empty one, with room for the headers.
func (s *sender) newPacket() []byte {
	if s.full() {
		// The oldest one's, which leaves the window first.
		k := &s.win[s.first]
		b := k.b
		*k = kept{}
		s.first = (s.first + 1) % len(s.win)
		s.trail++
		return b[:dataHeader+offsetLen]
	}
	return make([]byte, dataHeader+offsetLen, dataHeader+s.set.maxTSDU)
}

func (s *sender) full() bool { return s.held() == s.set.sendWindow() }

// held is the number of packets in the window.
func (s *sender) held() int { return int(s.lead + 1 - s.trail) }

// flush sends the packet that is being filled. False: not now.
func (s *sender) flush(now time.Duration) bool {
	if s.cur == nil {
		return true
	}
	if len(s.out) >= maxOut || !s.rate.take(now, s.cost(s.cur)) {
		return false
	}
	b := s.cur
	binary.BigEndian.PutUint16(b[dataHeader:], uint16(s.start))
	k := kept{b: b, sum: sum(b[dataHeader:])}
	s.lead++
	s.putData(b, odata, s.lead, s.trail, k.sum)
	if len(s.win) < s.set.sendWindow() {
		s.win = append(s.win, k)
	} else {
		*s.slot(s.lead) = k
	}
	s.out = append(s.out, b)
	s.cur, s.start = nil, noStart
	s.awake(now)
	return true
}

func (s *sender) cost(b []byte) float64 { return float64(len(b) - dataHeader + s.set.overhead) }

// writable is when flush may succeed, as far as that is a matter of the rate.
func (s *sender) writable() time.Duration {
	if s.cur == nil {
		return 0
	}
	return s.rate.ready(s.cost(s.cur))
}

// slot is where a packet of the window is.
func (s *sender) slot(sqn uint32) *kept {
	return &s.win[(s.first+int(sqn-s.trail))%len(s.win)]
}

// has reports whether sqn is in the window.
func (s *sender) has(sqn uint32) bool { return int64(sqn-s.trail) < int64(s.held()) }

// awake begins the heartbeats anew: data was sent.
func (s *sender) awake(now time.Duration) {
	s.active = now
	s.beat = 0
	s.beatAt = now + heartbeats[0]
}

// tick does what is due.
func (s *sender) tick(now time.Duration) {
	if now >= s.ambientAt {
		s.spm(false)
		s.ambientAt = now + ambient
	}
	if now >= s.beatAt {
		s.spm(false)
		s.beatAt = never
		if s.beat++; s.beat < len(heartbeats) {
			s.beatAt = now + heartbeats[s.beat]
		}
	}
	s.resend(now)
}

// next is when tick is due.
func (s *sender) next() time.Duration {
	at := min(s.ambientAt, s.beatAt)
	if len(s.repairs) > 0 {
		at = min(at, s.repair.ready(float64(s.set.overhead+s.set.maxTSDU)))
	}
	return at
}

// finish says that no more comes.
func (s *sender) finish() {
	for range openings {
		s.spm(true)
	}
}

// spm queues an SPM.
func (s *sender) spm(fin bool) {
	s.control(func(b []byte) []byte { return s.appendSPM(b, s.spmSqn, s.trail, s.lead, s.nla, fin) })
	s.spmSqn++
}

// control queues a packet that f appends.
func (s *sender) control(f func([]byte) []byte) {
	at := len(s.ctl)
	s.ctl = f(s.ctl) // if that moves, older packets stay where they were
	s.out = append(s.out, s.ctl[at:len(s.ctl):len(s.ctl)])
}

// sent empties out.
func (s *sender) sent() {
	clear(s.out)
	s.out, s.ctl = s.out[:0], s.ctl[:0]
}
