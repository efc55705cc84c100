package core

import (
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// A Feed holds messages that a face has accepted for a socket, so that it need
// not call the socket for each of them:
//
//  1. Whoever lets go of the send lock grants the Feed as many messages as there
//     is room for, if an engine is awake: it will ask before it sleeps (Flush).
//  2. The face puts messages into the Feed. When it is granted no more it calls
//     the socket, as it would without.
//  3. Whoever takes the send lock, for whatever purpose, an engine that asks
//     included, takes what the Feed holds and ends the grant. So nobody who
//     holds the lock can tell that the messages were not sent at once.
//
// Both methods are called under the send lock.
type Feed interface {
	// Take ends the grant, and returns what was put, or the first half of it:
	// messages of one frame in ZMTP 3 framing, valid until the next Take, and
	// how many they are. It is called until that is none.
	Take() (wire []byte, msgs int)
	// Grant allows so many messages from now on.
	Grant(msgs int)
}

// a feeder is a socket's Feed, and what it gave and no peer had room for: peers
// have gone since. Under the send lock.
type feeder struct {
	s       *Socket
	feed    Feed
	granter pattern.Granter
	left    []byte
	msgs    int
}

// SetFeed has the socket take messages from f too; nil ends that, and takes the
// last. It reports false for socket types that cannot.
func (s *Socket) SetFeed(f Feed) bool {
	g, ok := s.pat.(pattern.Granter)
	if !ok {
		return false
	}
	s.send.Lock()
	old := s.send.feeder
	s.send.feeder = nil
	if f != nil {
		s.send.feeder = &feeder{s: s, feed: f, granter: g}
	}
	s.release(&s.send)
	if old != nil {
		s.roster.lose(old.msgs)
	}
	return true
}

// Fetch takes what the Feed holds.
func (s *Socket) Fetch() {
	s.send.Lock()
	s.release(&s.send)
}

// Lock takes the half's lock, and what its Feed holds.
func (h *half) Lock() {
	h.Mutex.Lock()
	h.enterLocked()
}

// enterLocked is what Lock does beside locking.
func (h *half) enterLocked() {
	if h.feeder != nil {
		h.feeder.pullLocked()
	}
}

// TryLock is Lock that does not wait.
func (h *half) TryLock() bool {
	if !h.Mutex.TryLock() {
		return false
	}
	h.enterLocked()
	return true
}

// Unlock gives the half's lock back, and grants its Feed what there is room for.
func (h *half) Unlock() {
	if h.feeder != nil {
		h.feeder.grantLocked()
	}
	h.Mutex.Unlock()
}

func (f *feeder) grantLocked() {
	if f.msgs == 0 && len(f.s.out.ends) == 0 && f.s.send.waiters == 0 {
		if n := f.granter.Grant(); n > 0 {
			f.feed.Grant(n)
		}
	}
}

func (f *feeder) pullLocked() {
	for {
		wire, msgs := f.feed.Take()
		if msgs == 0 && f.msgs == 0 {
			return
		}
		f.msgs += msgs
		if len(f.left) > 0 {
			f.left = append(f.left, wire...)
			wire = f.left
		}
		f.s.drainSendLocked()
		f.left = append(f.left[:0], f.sendLocked(wire)...)
		if msgs == 0 {
			return
		}
	}
}

// sendLocked sends what it can, and returns the rest.
func (f *feeder) sendLocked(wire []byte) []byte {
	if s := f.s.soleOut; s != nil {
		if e := s.SoleOut(); e != nil && e.SendRun(pipe.Messages{Wire: wire, N: f.msgs}) {
			f.msgs = 0
			return nil
		}
	}
	m := &f.s.send.msg
	for ; f.msgs > 0; f.msgs-- {
		_, size, h := zmtp.ParseHeader(wire)
		end := h + int(size)
		m.Frames = append(m.Frames[:0], wire[h:end:end])
		if f.s.pat.Send(m) != nil {
			break
		}
		wire = wire[end:]
	}
	m.Reset()
	return wire
}

// stuck reports whether what the Feed gave must be sent before anything else.
func (h *half) stuck() bool { return h.feeder != nil && h.feeder.msgs > 0 }
