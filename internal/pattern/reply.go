package pattern

import (
	"bytes"
	"encoding/binary"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// reqIn is the In of a req: it finds the reply among all that comes.
type reqIn struct{ *req }

func (r reqIn) Attach(e *pipe.End)   { r.in.Attach(e) }
func (r reqIn) Detach(e *pipe.End)   { r.in.Detach(e) }
func (r reqIn) Readable(e *pipe.End) { r.in.Readable(e) }

// Pick: EFSM if no request was sent.
func (r reqIn) Pick() (Source, error) {
	if !r.waiting {
		return Source{}, errno.EFSM
	}
	for !r.ready {
		if !r.pump() {
			return Source{}, errno.EAGAIN
		}
	}
	return Source{}, nil
}

func (r reqIn) Took(m *msg.Message) {
	m.Take(&r.reply)
	r.waiting, r.ready = false, false
}

func (r reqIn) Counts() Counts {
	c := r.in.Counts()
	if r.ready {
		c.Waiting++
	}
	return c
}

// pump reads one message, keeps it if it answers something, and reports
// whether there was one.
func (r *req) pump() bool {
	m := &r.scratch
	e := r.in.recv(m)
	if e == nil {
		return false
	}
	allowed := r.waiting && !r.ready && (r.asked == nil || r.asked == e)
	if !r.requests.take(e, m) && allowed && r.bodyLen(m) > 0 {
		m.Shift(len(m.Frames) - r.bodyLen(m))
		r.reply, r.scratch = r.scratch, r.reply
		r.ready = true
	}
	r.scratch.Reset()
	return true
}

// bodyLen is the number of frames behind the envelope that the request under
// way asks for; 0: there is no such envelope, or nothing behind it.
func (r *req) bodyLen(m *msg.Message) int {
	f := m.Frames
	if r.marked {
		var id [4]byte
		binary.NativeEndian.PutUint32(id[:], r.number)
		if !bytes.Equal(f[0], id[:]) {
			return 0
		}
		f = f[1:]
	}
	if len(f) < 2 || len(f[0]) != 0 {
		return 0
	}
	return len(f) - 1
}
