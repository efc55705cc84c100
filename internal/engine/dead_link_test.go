package engine

import (
	"testing"
	"time"
)

// a look is what the system says at one time, and whether that is the end.
type look struct {
	at   time.Duration
	s    tcpState
	dead bool
}

// Fault A2: what the peer's system acknowledges and answers decides whether the
// link is dead, not whether there was room to write a PING.
func TestDeadLink(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	for name, looks := range map[string][]look{
		"idle for long": {
			{10 * s, tcpState{acked: 5, heard: 10 * s}, false},
			{60 * s, tcpState{acked: 5, heard: 60 * s}, false},
		},
		"goes on": {
			{1 * s, tcpState{acked: 10, left: 9, resent: true}, false},
			{2 * s, tcpState{acked: 20, left: 9, resent: true}, false},
			{3 * s, tcpState{acked: 30, left: 9, resent: true}, false},
			{4 * s, tcpState{acked: 40, left: 9, resent: true}, false},
			{5 * s, tcpState{acked: 50, left: 9, resent: true}, false},
		},
		"taken down": {
			{9 * s, tcpState{acked: 10, left: 9}, false},
			{10 * s, tcpState{acked: 10, left: 9, resent: true, heard: 900 * ms}, false},
			{12 * s, tcpState{acked: 10, left: 9, resent: true, heard: 2900 * ms}, false},
			{13 * s, tcpState{acked: 10, left: 9, resent: true, heard: 3900 * ms}, true},
		},
		"taken down while the peer goes on sending": {
			{1 * s, tcpState{acked: 10, left: 9, resent: true}, false},
			{2 * s, tcpState{acked: 10, left: 9, resent: true}, false},
			{3 * s, tcpState{acked: 10, left: 9, resent: true}, false},
			{4 * s, tcpState{acked: 10, left: 9, resent: true}, true},
		},
		"nothing read, every question answered": {
			{10 * s, tcpState{acked: 10, left: 9, probed: true, noWindow: true, heard: 5 * s}, false},
			{12 * s, tcpState{acked: 10, left: 9, probed: true, noWindow: true, heard: 1 * s}, false},
			{14 * s, tcpState{acked: 10, left: 9, noWindow: true, heard: 3 * s}, false},
			{99 * s, tcpState{acked: 10, left: 9, noWindow: true, heard: 85 * s}, false},
			{100 * s, tcpState{acked: 10, left: 9, probed: true, noWindow: true, heard: 86 * s}, false},
			{101 * s, tcpState{acked: 10, left: 9, noWindow: true, heard: 0}, false},
		},
		"sent again into a full peer, which says so": {
			{1 * s, tcpState{acked: 10, left: 9, resent: true, noWindow: true}, false},
			{3 * s, tcpState{acked: 10, left: 9, resent: true, noWindow: true, heard: 1 * s}, false},
			{5 * s, tcpState{acked: 10, left: 9, resent: true, noWindow: true, heard: 1 * s}, false},
			{7 * s, tcpState{acked: 10, left: 9, resent: true, noWindow: true, heard: 1 * s}, false},
		},
		"nothing read, then taken down": {
			{9 * s, tcpState{acked: 10, left: 9, noWindow: true, heard: 5 * s}, false},
			{10 * s, tcpState{acked: 10, left: 9, probed: true, noWindow: true, heard: 6 * s}, false},
			{11 * s, tcpState{acked: 10, left: 9, probed: true, noWindow: true, heard: 7*s + 4*ms}, false},
			{13 * s, tcpState{acked: 10, left: 9, probed: true, noWindow: true, heard: 9*s + 4*ms}, true},
		},
	} {
		var now tcpState
		d := deadLink{ask: func() (tcpState, bool) { return now, true }, every: int64(leastCheck)}
		for _, l := range looks {
			now = l.s
			if got := d.dead(int64(l.at), 3*time.Second); got != l.dead {
				t.Errorf("%s: after %v dead is %v", name, l.at, got)
			}
		}
	}
}

// A PING that has not reached the peer's system asks nothing yet, and one behind
// messages that the peer is reading does not either.
func TestBehind(t *testing.T) {
	for name, c := range map[string]struct {
		now  tcpState
		want bool
	}{
		"not arrived, and no room":        {tcpState{acked: 100, left: 50, unsent: 50}, true},
		"not arrived, more written":       {tcpState{acked: 149, left: 500, unsent: 100}, true},
		"arrived, and the peer reads":     {tcpState{acked: 150, left: 500, unsent: 100}, true},
		"arrived, and nothing waits":      {tcpState{acked: 150}, false},
		"arrived, and nothing is held up": {tcpState{acked: 190, left: 10}, false},
		"a system that does not count":    {tcpState{}, false},
	} {
		now := tcpState{acked: 100, left: 50}
		d := deadLink{ask: func() (tcpState, bool) { return now, true }}
		d.asks()
		if now = c.now; d.behind() != c.want {
			t.Errorf("%s: behind is not %v", name, c.want)
		}
		if now.acked >= 150 && d.behind() {
			t.Errorf("%s: behind, although nothing was read since", name)
		}
	}
	var d deadLink
	if d.asks(); d.behind() || d.dead(1e15, time.Second) || d.next(time.Second) != 0 {
		t.Error("a link that cannot be watched")
	}
}
