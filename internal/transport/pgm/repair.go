package pgm

import "time"

const (
	// again is how long a NAK for the same packet is ignored after one was
	// answered: the others' NAKs crossed with that.
	again = 20 * time.Millisecond
	// answers is the time between two SPMs that were asked for.
	answers = 20 * time.Millisecond
)

// handle acts on a packet from the network. It reports whether the packet was
// for a session of another sender, whose it may be.
func (s *sender) handle(now time.Duration, p *packet) (other bool) {
	if !p.upstream() || p.sport != s.port {
		return false
	}
	if p.session != s.session {
		return true
	}
	switch {
	case p.kind == spmr:
		s.answer(now)
	case p.nla == s.nla && p.group == s.group:
		s.heardAt = now
		s.nak(now, p)
	}
	return false
}

// answer sends an SPM that was asked for, though not too many.
func (s *sender) answer(now time.Duration) {
	if now >= s.answerAt {
		s.answerAt = now + answers
		s.spm(false)
	}
}

// nak confirms what can be repaired, at once and in one packet, and queues it.
// A request for more than there is gets the answer what there is.
func (s *sender) nak(now time.Duration, p *packet) {
	var confirmed [1 + maxList]uint32
	n, gone := 0, false
	for i := range p.asked() {
		sqn := p.at(i)
		if !s.has(sqn) {
			gone = true
			continue
		}
		k := s.slot(sqn)
		if now < k.deaf {
			continue
		}
		k.deaf = now + again
		confirmed[n] = sqn
		n++
		if !k.queued {
			k.queued = true
			s.repairs = append(s.repairs, sqn)
		}
	}
	if gone {
		s.answer(now)
	}
	if n > 0 {
		s.control(func(b []byte) []byte {
			return s.appendRequest(b, ncf, s.nla, s.group, confirmed[:n])
		})
		s.resend(now)
	}
}

// resend sends again what was asked for, as far as the rate and out allow.
func (s *sender) resend(now time.Duration) {
	n := 0
	for _, sqn := range s.repairs {
		if s.has(sqn) {
			k := s.slot(sqn)
			if len(s.out) >= maxOut || !s.repair.take(now, s.cost(k.b)) {
				break
			}
			k.queued = false
			// It never goes out as it was again, so it can be changed.
			s.putData(k.b, rdata, sqn, s.trail, k.sum)
			s.out = append(s.out, k.b)
			s.awake(now)
		}
		n++
	}
	s.repairs = s.repairs[:copy(s.repairs, s.repairs[n:])]
}

// quiet reports that nobody has asked for anything for d since the last data.
func (s *sender) quiet(now, d time.Duration) bool {
	return s.held() == 0 || len(s.repairs) == 0 && now >= max(s.active, s.heardAt)+d
}
