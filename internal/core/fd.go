package core

import "github.com/zeroth-mq/zmq/internal/poll"

// FD is a descriptor that becomes readable when something may have happened to
// the socket: then Ready says what, and makes it not readable again. The socket
// keeps it, and closes it in the end. ENOTSUP: not on this system.
//
// It tells of changes, not of states, as libzmq's does: a caller that was told goes on
// until Ready says that there is nothing left to do.
func (s *Socket) FD() (int, error) {
	if err := s.err(); err != nil {
		return -1, err
	}
	err := s.roster.whileOpen(func() error {
		if s.fd.Load() != nil {
			return nil
		}
		g, err := poll.NewSignal()
		if err == nil {
			s.fd.Store(g)
			s.Watch(g)
			g.Raise() // there may be something already
		}
		return err
	})
	if err != nil {
		return -1, err
	}
	return s.fd.Load().FD(), nil
}

// LowerFD makes the descriptor not readable without a look, and reports whether
// it was. libzmq does so in every call that would have to wait; a caller that does
// the same tries again afterwards.
func (s *Socket) LowerFD() bool {
	g := s.fd.Load()
	return g != nil && g.Lower()
}

// Unwatch ends what Watch began. The Watcher may be raised once more meanwhile.
func (s *Socket) Unwatch(x poll.Watcher) { s.watched.Remove(x) }

// closeFD is called when the socket is gone.
func (s *Socket) closeFD() {
	if g := s.fd.Load(); g != nil {
		s.watched.Remove(g)
		g.Close()
	}
}
