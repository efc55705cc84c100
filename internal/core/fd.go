package core

import "github.com/zeroth-mq/zmq/internal/errno"

// FD is a descriptor that becomes readable when something may have happened to
// the socket: then Ready says what, and makes it not readable again. The socket
// keeps it, and closes it in the end. ENOTSUP: not on this system.
//
// It tells of changes, not of states, as libzmq's does: who was told goes on
// until Ready says that there is nothing left to do.
func (s *Socket) FD() (int, error) {
	if err := s.err(); err != nil {
		return -1, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return -1, errno.ENOTSOCK
	}
	g := s.fd.Load()
	if g == nil {
		var err error
		if g, err = newSignal(); err != nil {
			return -1, err
		}
		s.fd.Store(g)
		s.watched.add(g)
		g.notify() // there may be something already
	}
	return g.fd(), nil
}

// closeFD is called when the socket is gone.
func (s *Socket) closeFD() {
	if g := s.fd.Load(); g != nil {
		s.watched.remove(g)
		g.close()
	}
}
