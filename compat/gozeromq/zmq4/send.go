package zmq4

func (s *socket) Send(msg Msg) error { return s.send(msg.Frames) }

func (s *socket) SendMulti(msg Msg) error { return s.send(msg.Frames) }

func (s *socket) send(frames [][]byte) error {
	switch {
	case s.ctx.Err() != nil:
		return s.ctx.Err()
	case s.broken != nil:
		return s.broken
	case len(frames) == 0:
		return errNoFrames
	}
	ok, err := s.base.TrySend(frames...)
	if !ok && err == nil {
		err = s.base.Send(s.ctx, frames...)
	}
	return s.bare(err)
}
