package engine

import (
	"net"
	"syscall"
	"time"
)

// A deadLink finds out from the system whether the peer's system is still
// there. The peer's program may be slow, or stopped: its system acknowledges what
// it has room for, and answers when it is asked for room. One that does neither
// for the timeout, although it was sent something, is dead.
//
// The system does not say since when something has gone unanswered, so what one
// check finds counts from shortly before. Times are the beat's.
//
// The zero value watches nothing: on systems that do not tell (all but Linux),
// and over ipc, where the link cannot die. A dead link is noticed there by a PING
// that was written, or when the system gives up.
type deadLink struct {
	ask   func() (tcpState, bool) // nil: watches nothing
	every int64                   // between two checks

	checked int64  // when it last asked the system
	pending bool   // something that was sent goes unanswered
	since   int64  // since when; while pending
	acked   uint64 // at the last check
	heard   int64  // when the system last heard from the peer's, before since

	mark uint64 // what is acknowledged when the PING that asks has arrived
	read uint64 // what was when behind was last asked
}

// A tcpState is what the system knows of a TCP connection.
type tcpState struct {
	acked    uint64        // bytes that the peer's system has acknowledged, ever
	left     int           // bytes that were written and are not acknowledged
	unsent   int           // of these, what has not been sent yet
	resent   bool          // some of them were sent again, in vain so far
	probed   bool          // the peer was asked for room, and has not answered yet
	noWindow bool          // the peer has no room
	heard    time.Duration // since the last segment of the peer that acknowledges anything
}

const (
	// leastCheck is the shortest time between two checks. TCP itself does not
	// repeat anything sooner than after 200 ms.
	leastCheck = 100 * time.Millisecond
	// ackSlack is more than the grain of the system's times, and less than
	// 200 ms.
	ackSlack = 50 * time.Millisecond
)

// watch begins to watch conn, if the system tells anything of it.
func (d *deadLink) watch(conn net.Conn, every time.Duration) {
	c, ok := conn.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return
	}
	ask := func() (tcpState, bool) { return askTCP(raw) }
	if _, ok := ask(); ok {
		d.ask, d.every = ask, int64(max(every, leastCheck))
	}
}

// next is when to check next; 0: never.
func (d *deadLink) next(timeout time.Duration) int64 {
	if d.ask == nil {
		return 0
	}
	t := d.checked + d.every
	if d.pending {
		t = min(t, d.since+int64(timeout))
	}
	return t
}

// dead checks, if it is time, and reports whether the link is dead.
func (d *deadLink) dead(now int64, timeout time.Duration) bool {
	if d.ask == nil || now < d.next(timeout) {
		return false
	}
	s, ok := d.ask()
	if !ok { // closed
		d.ask = nil
		return false
	}
	heard := now - int64(s.heard)
	switch {
	case !s.resent && !s.probed:
		d.pending = false
	case !d.pending, s.acked != d.acked, (s.probed || s.noWindow) && heard > d.heard+int64(ackSlack):
		// The last one is an answer that is not an acknowledgement of
		// anything new: that there is still no room.
		d.pending, d.heard = true, heard
		d.since = max(heard, now-min(d.every, int64(timeout/4)))
	}
	d.checked, d.acked = now, s.acked
	return d.pending && now >= d.since+int64(timeout)
}

// asks notes that a PING was written.
func (d *deadLink) asks() {
	if d.ask == nil {
		return
	}
	s, _ := d.ask()
	d.mark, d.read = s.acked+uint64(s.left), s.acked
}

// behind reports whether the peer cannot have answered that PING for what lies in
// front of it: the PING has not arrived, since the peer's system has no room for
// it; or it has, and the peer has been reading since behind was last asked, which
// shows when more waits to be sent than there is room for.
func (d *deadLink) behind() bool {
	if d.ask == nil {
		return false
	}
	s, ok := d.ask()
	read := s.acked != d.read
	d.read = s.acked
	return ok && s.left > 0 && (s.acked < d.mark || s.unsent > 0 && read)
}
