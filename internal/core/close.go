package core

import (
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// Closing:
//
//  1. StartClose makes all calls fail, frees the bound addresses, drops what was
//     received, and tells every pipe that nothing more will be sent.
//  2. Writers drain their pipes and end their connections; endpoints with
//     nothing to send end at once. One goroutine waits for them, for LINGER.
//  3. When that passes, or at Abort, what is left is cut off and counted.
//  4. Finished is closed when no goroutine of the socket is left.

// StartClose begins to close the socket; it does not wait. Doing it again is
// harmless.
func (s *Socket) StartClose() {
	eps, first := s.roster.close()
	if !first {
		return
	}
	s.terminate(errno.ENOTSOCK)
	s.lock()
	s.out.reset() // a message that has no last part yet
	s.requests.cancelLocked()
	s.unlock()
	for _, ep := range eps {
		ep.link.Finish(false)
	}
	for _, p := range s.roster.list() {
		p.Retire()
	}
	linger := s.linger()
	// Owned by the caller that closes the socket: Finished says when it has ended.
	go func() {
		s.finish(eps, linger)
		s.roster.leaving.Wait()
		s.events.StopMonitor()
		s.ctx.remove(s)
		s.events.Close()
		s.closeFD()
		close(s.finished)
	}()
}

// Finished is closed when the socket is gone, messages and goroutines and all.
func (s *Socket) Finished() <-chan struct{} { return s.finished }

// Abort cuts short what LINGER allows.
func (s *Socket) Abort() { s.abort() }

// Undelivered is the number of messages that were accepted for sending and
// dropped when the socket or an endpoint closed, and what is known of why. It is
// final once Finished.
func (s *Socket) Undelivered() (n int, why []Trouble) {
	r := &s.roster
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lost.n, r.lost.why
}

func (h *halves) linger() time.Duration {
	h.lock()
	defer h.unlock()
	return h.vals.Life.Linger
}

// finish waits until the endpoints have ended, for as long as linger allows,
// then ends them. Each peer counts what it was not sent: see drop.
func (s *Socket) finish(eps []*endpoint, linger time.Duration) {
	l := poll.NewLimit(s.aborted, linger)
	over := linger == 0
	for _, ep := range eps {
		if !over {
			over = l.Wait(ep.link.Done(), nil) != nil
		}
		before, _ := s.Undelivered()
		why := ep.troubles(false) // cutting it off is none
		if over {
			ep.link.Stop()
			<-ep.link.Done()
		}
		if ep.peer != nil {
			ep.peer.drop()
			s.roster.forget(ep.peer)
		}
		s.roster.explain(before, why)
	}
}
