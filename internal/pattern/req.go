package pattern

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// req is REQ: a request, its reply, the next request (RFC 28); and beside that
// any number of numbered requests.
type req struct {
	opt *opt.Values
	out lb
	in  fq

	waiting bool      // a request was sent and its reply not yet received
	asked   *pipe.End // who may answer; nil: gone, anyone may
	marked  bool      // the request under way carries number
	number  uint32    // of the last request sent with REQ_CORRELATE
	reply   msg.Message
	ready   bool // reply holds the answer

	requests
	scratch msg.Message
	id      [4]byte
}

func newReq(v *opt.Values) Pattern {
	return &req{opt: v, number: rand.Uint32() % RequestBase, requests: newRequests()}
}

func (r *req) Attach(e *pipe.End) error {
	if r.opt.Router.Probe {
		probe(e)
	}
	r.out.attach(e)
	r.in.attach(e)
	return nil
}

// Detach lets anyone answer in place of the one that is gone.
func (r *req) Detach(e *pipe.End) {
	r.out.detach(e)
	r.in.detach(e)
	if r.asked == e {
		r.asked = nil
	}
	r.requests.detach(e)
}

func (r *req) Readable(e *pipe.End) { r.in.readable(e) }
func (r *req) Writable(e *pipe.End) { r.out.writable(e) }

func (r *req) Admit([]byte) error {
	if r.waiting && !r.opt.Req.Relaxed {
		return errno.EFSM
	}
	if !r.out.canSend() {
		return errno.EAGAIN
	}
	return nil
}

func (r *req) CanSend() bool { return r.Admit(nil) == nil }

// Send fails with EFSM while a reply is awaited, unless REQ_RELAXED is set:
// then the request before is given up. What has come in until now answers
// nothing and is dropped.
func (r *req) Send(m *msg.Message) error {
	if err := r.Admit(nil); err != nil {
		return err
	}
	r.waiting, r.ready, r.asked = false, false, nil
	r.reply.Reset()
	for r.pump() {
	}
	r.marked = r.opt.Req.Correlate
	if r.marked {
		r.number = r.freeAfter(r.number)
	}
	e, err := r.sendEnveloped(m, r.marked, r.number)
	if err != nil {
		return err
	}
	r.waiting, r.asked = true, e
	return nil
}

// pump reads one message, keeps it if it answers something, and reports
// whether there was one.
func (r *req) pump() bool {
	m := &r.scratch
	e, err := r.in.recv(m)
	if err != nil {
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
		binary.NativeEndian.PutUint32(r.id[:], r.number)
		if !bytes.Equal(f[0], r.id[:]) {
			return 0
		}
		f = f[1:]
	}
	if len(f) < 2 || len(f[0]) != 0 {
		return 0
	}
	return len(f) - 1
}

// Recv fails with EFSM if no request was sent.
func (r *req) Recv(m *msg.Message) error {
	if !r.waiting {
		return errno.EFSM
	}
	if !r.CanRecv() {
		return errno.EAGAIN
	}
	m.Take(&r.reply)
	r.waiting, r.ready = false, false
	return nil
}

func (r *req) CanRecv() bool {
	for r.waiting && !r.ready && r.pump() {
	}
	return r.ready
}
