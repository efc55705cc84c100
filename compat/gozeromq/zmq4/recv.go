package zmq4

import (
	"io"

	"github.com/zeroth-mq/zmq"
)

func (s *socket) Recv() (Msg, error) {
	for {
		if err := s.ctx.Err(); err != nil {
			return Msg{}, err
		}
		m, ok, err := s.base.TryRecv()
		if ok {
			return owned(m), nil
		}
		if err != nil {
			return Msg{}, s.bare(err)
		}
		// All that has come over a connection is received before it is told that
		// the connection was lost.
		lost, wait := s.losses.take()
		if lost {
			return failed(io.EOF)
		}
		if m, err = s.base.Recv(wait); err == nil {
			return owned(m), nil
		}
		if wait.Err() == nil || s.ctx.Err() != nil {
			return Msg{}, s.bare(err)
		}
	}
}

// Messages of fewer bytes are copied, since a small frame would keep all that
// was received with it in memory.
const largeMessage = 32 << 10

// owned makes a Msg that is the program's alone: its frames may be written and
// appended to.
func owned(m zmq.Message) Msg {
	frames := m.Frames()
	size := m.Size()
	if size >= largeMessage && m.Peer().Remote != "" && !isInproc(m.Peer().Endpoint) {
		for i, f := range frames {
			frames[i] = f[:len(f):len(f)]
		}
		return Msg{Frames: frames}
	}
	b := make([]byte, 0, size)
	for i, f := range frames {
		n := len(b)
		b = append(b, f...)
		frames[i] = b[n:len(b):len(b)]
	}
	m.Release()
	return Msg{Frames: frames}
}
