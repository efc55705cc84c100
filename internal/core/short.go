package core

import "github.com/zeroth-mq/zmq/internal/msg"

// Most messages are of one small frame, find everything ready, and concern nobody
// else: then what lies between the half's lock and the pipe has nothing to do. Such
// a message takes the short way, if the pattern has one (pattern.Putter, Nexter).
// Whatever else there is to think of, a call that waits, a peer that can move again,
// a Feed, the end, has it go the long way.

// putLocked sends a message of one frame the short way. False: it did nothing. The
// lock is that of the Mutex alone, and is given back by putDone.
func (s *Socket) putLocked(frame []byte) bool {
	h := &s.send
	return s.putter != nil && h.waiters == 0 && h.feeder == nil && s.calm(h) &&
		!(s.row.Lockstep && s.recv.ready.some.Load()) && s.putter.Put(frame)
}

func (s *Socket) putDone() {
	s.send.Mutex.Unlock()
	if s.send.ready.asked.Load() {
		s.answer()
	}
}

// nextLocked receives a message of one frame the short way. Its chunk is nil if
// there is none to be had so. The lock is that of the Mutex alone.
func (s *Socket) nextLocked() ([]byte, *msg.Chunk) {
	h := &s.recv
	if s.nexter == nil || h.waiters > 0 || s.blocked || !s.calm(h) {
		return nil, nil
	}
	return s.nexter.Next()
}

// calm reports whether nothing has happened that the pattern is to be told, or
// calls are to fail for.
func (s *Socket) calm(h *half) bool { return !h.ready.some.Load() && s.endErr.Load() == 0 }
