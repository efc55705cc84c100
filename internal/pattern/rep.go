package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// rep is REP: a request, its reply, the next request (RFC 28).
type rep struct {
	in       fq
	owing    bool      // a request was received and not yet answered
	asker    *pipe.End // nil: gone
	envelope [][]byte  // every frame up to and with the empty one
	reply    msg.Message

	strays uint64 // replies whose asker had gone

	next     msg.Message // read ahead by CanRecv
	nextFrom *pipe.End   // nil: nothing read ahead
}

func newRep(*opt.Values) Pattern { return new(rep) }

func (r *rep) Attach(e *pipe.End) error {
	r.in.attach(e)
	return nil
}

// Detach leaves what the peer has asked to be received; what it is answered is
// dropped.
func (r *rep) Detach(e *pipe.End) {
	r.in.detach(e)
	e.Tag = departed{}
	if r.asker == e {
		r.asker = nil
	}
}

// departed is the Tag of a REP's peer that has gone.
type departed struct{}

func (r *rep) Readable(e *pipe.End) { r.in.readable(e) }
func (r *rep) Writable(*pipe.End)   {}
func (r *rep) CanSend() bool        { return r.owing }

// fetch sets m to the next request that has a return address.
func (r *rep) fetch(m *msg.Message) (*pipe.End, error) {
	for {
		e, err := r.in.recv(m)
		if err != nil {
			return nil, err
		}
		if envelope(m.Frames) > 0 {
			return e, nil
		}
	}
}

// envelope is the number of frames up to and with the first empty one; 0 if
// there is none or nothing follows it.
func envelope(frames [][]byte) int {
	for i := range len(frames) - 1 {
		if len(frames[i]) == 0 {
			return i + 1
		}
	}
	return 0
}

// Recv fails with EFSM while a reply is owed. A message without a return
// address is dropped and the next one tried.
func (r *rep) Recv(m *msg.Message) error {
	if r.owing {
		return errno.EFSM
	}
	e := r.nextFrom
	if e != nil {
		m.Take(&r.next)
		r.nextFrom = nil
	} else {
		var err error
		if e, err = r.fetch(m); err != nil {
			return err
		}
	}
	n := envelope(m.Frames)
	r.envelope = append(r.envelope[:0], m.Frames[:n]...)
	if n > 1 {
		m.Chunk = nil // the envelope stays in use when its body is not any more
	}
	m.Shift(n)
	if e.Tag == nil {
		r.asker = e
	}
	r.owing = true
	return nil
}

// Waiting implements Waiter.
func (r *rep) Waiting() int {
	n := r.in.Waiting()
	if r.nextFrom != nil {
		n++
	}
	return n
}

func (r *rep) CanRecv() bool {
	if r.owing {
		return false
	}
	if r.nextFrom == nil {
		r.nextFrom, _ = r.fetch(&r.next)
	}
	return r.nextFrom != nil
}

// Send fails with EFSM if no request was received. A reply that its asker has
// no room for, or is not there to get, is dropped.
func (r *rep) Send(m *msg.Message) error {
	if !r.owing {
		return errno.EFSM
	}
	r.owing = false
	if r.asker != nil {
		out := &r.reply
		out.Frames = append(append(out.Frames[:0], r.envelope...), m.Frames...)
		out.Shared, out.Held = m.Shared, m.Held
		if !r.asker.Send(out) {
			r.asker.Dropped.Add(1)
		}
		out.Reset()
		r.asker = nil
	} else {
		r.strays++
	}
	clear(r.envelope)
	return nil
}

// DroppedCount implements Dropper.
func (r *rep) DroppedCount() uint64 { return r.strays }

func (r *rep) Admit([]byte) error {
	if !r.owing {
		return errno.EFSM
	}
	return nil
}
