package core

import (
	"cmp"
	"slices"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
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
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return
	}
	s.closing = true
	eps := s.endpoints
	s.endpoints = nil
	s.mu.Unlock()
	s.terminate(errno.ENOTSOCK)
	s.giveUp() // there is nothing to linger for
	for _, ep := range eps {
		ep.begin(s, false)
	}
	for _, p := range s.inprocPeers() {
		p.leave()
	}
	linger := s.linger()
	// Owned by whoever closes the socket: Finished says when it has ended.
	go func() {
		s.finish(eps, linger)
		s.leaving.Wait()
		s.setMonitor(nil)
		s.ctx.remove(s)
		s.events.close()
		s.closeFD()
		close(s.finished)
	}()
}

// Err is why every call fails, ETERM or ENOTSOCK; nil while they do not.
func (s *Socket) Err() error { return s.err() }

// Finished is closed when the socket is gone, messages and goroutines and all.
func (s *Socket) Finished() <-chan struct{} { return s.finished }

// Abort cuts short what LINGER allows.
func (s *Socket) Abort() { s.abort() }

// Undelivered is the number of messages that were accepted for sending and
// dropped when the socket or an endpoint closed, and what is known of why. It is
// final once Finished.
func (s *Socket) Undelivered() (n int, why []Trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost.n, s.lost.why
}

func (s *Socket) isClosing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing
}

// inprocPeers are the peers over inproc, in the order in which they came.
func (s *Socket) inprocPeers() []*inprocPeer {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]*inprocPeer, 0, len(s.inproc))
	for p := range s.inproc {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b *inprocPeer) int { return cmp.Compare(a.end.Order, b.end.Order) })
	return list
}

func (s *Socket) linger() time.Duration {
	s.lock()
	defer s.unlock()
	return s.vals.Life.Linger
}

// begin starts to end an endpoint; left: alone, not with its socket.
func (ep *endpoint) begin(s *Socket, left bool) {
	switch {
	case ep.lis != nil:
		ep.lis.Close()
		for _, p := range ep.sessions(s) {
			p.retire()
		}
	case ep.dial != nil:
		ep.peer.retire()
		ep.dial.Finish(left)
	case ep.in != nil:
		ep.in.leave()
		ep.in.forget(true)
	default:
		s.unbindInproc(ep.name)
	}
}

// sessions are the live peers of an endpoint.
func (ep *endpoint) sessions(s *Socket) []*peer {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*peer
	for p := range s.peers {
		if p.ep == ep {
			list = append(list, p)
		}
	}
	return list
}

// lose counts messages that were not delivered, and keeps why.
func (s *Socket) lose(n int, why ...Trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost.n += n; n > 0 {
		s.lost.why = append(s.lost.why, why...)
	}
}

// finish waits until the endpoints have ended, for as long as linger allows,
// then ends them. Each peer counts what it was not sent: see drop.
func (s *Socket) finish(eps []*endpoint, linger time.Duration) {
	l := newLimit(s.aborted, linger)
	over := linger == 0
	for _, ep := range eps {
		var done <-chan struct{}
		var cut func()
		switch {
		case ep.lis != nil:
			done, cut = ep.lis.Done(), ep.lis.Stop
		case ep.dial != nil:
			done, cut = ep.dial.Done(), ep.dial.Stop
		case ep.in != nil:
			done, cut = ep.in.met, func() { s.lose(ep.in.forget(false)) }
		default:
			continue
		}
		if !over {
			over = l.wait(done, nil) != nil
		}
		before, _ := s.Undelivered()
		why := ep.troubles(false) // cutting it off is none
		if over {
			cut()
			<-done
		}
		if ep.peer != nil {
			ep.peer.drop()
		}
		s.mu.Lock()
		delete(s.peers, ep.peer)
		if s.lost.n > before {
			s.lost.why = append(s.lost.why, why...)
		}
		s.mu.Unlock()
	}
}
