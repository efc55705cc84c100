package core

import "github.com/zeroth-mq/zmq/internal/msg"

// Where a half has to do with one peer only, the next message needs its lock and
// the pipe, and nothing of what lies between. So the half keeps that End as its
// sole one while nothing else is to be thought of: nobody waits, no face has
// messages of its own, and the last call succeeded. Whoever takes the half's lock
// by half.Lock ends that; the next call on the long way begins it anew.

// putLocked sends a message of one frame the short way. False: it did nothing. The
// lock is that of the Mutex alone, and is given back by putDone.
func (s *Socket) putLocked(frame []byte) bool {
	h := &s.send
	return h.sole != nil && !h.ready.some.Load() && s.endErr.Load() == 0 && h.sole.Put(frame)
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
	if h.sole == nil || h.ready.some.Load() || s.endErr.Load() != 0 {
		return nil, nil
	}
	frame, chunk := h.sole.Next()
	for s.filter != nil && chunk != nil && !s.filter.Wants(frame) {
		chunk.Release()
		frame, chunk = h.sole.Next()
	}
	return frame, chunk
}

// soleSendLocked and soleRecvLocked end a call that has succeeded.
func (s *Socket) soleSendLocked() {
	if s.soleOut != nil && s.send.feeder == nil {
		s.send.sole = s.soleOut.SoleOut()
	}
}

func (s *Socket) soleRecvLocked() {
	if s.soleIn != nil && s.recv.waiters == 0 {
		s.recv.sole = s.soleIn.SoleIn()
	}
}
