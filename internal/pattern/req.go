package pattern

import (
	"encoding/binary"
	"math/rand/v2"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// req is REQ: a request, its reply, the next request (RFC 28); and beside that
// any number of numbered requests. It is the Out, and a Sink: see Send.
type req struct {
	opt *opt.Values
	out lb
	in  fq

	route  Route
	prefix [2][]byte // of route: a number if there is to be one, and the empty frame
	picked *pipe.End // where it leads

	waiting bool      // a request was sent and its reply not yet received
	asked   *pipe.End // who may answer; nil: gone, anyone may
	marked  bool      // the request under way carries number
	number  uint32    // of the last request sent with REQ_CORRELATE
	reply   msg.Message
	ready   bool // reply holds the answer

	requests
	scratch msg.Message
}

func newReq(v *opt.Values) (Out, In) {
	r := &req{opt: v, out: newLB(v), number: rand.Uint32() % RequestBase, requests: newRequests()}
	return r, reqIn{r}
}

func (r *req) Attach(e *pipe.End) error { return r.out.Attach(e) }
func (r *req) Writable(e *pipe.End)     { r.out.Writable(e) }

// Detach lets anyone answer in place of the one that is gone.
func (r *req) Detach(e *pipe.End) {
	r.out.Detach(e)
	if r.asked == e {
		r.asked = nil
	}
	r.requests.detach(e)
}

// Pick: EFSM while a reply is awaited, unless REQ_RELAXED is set.
func (r *req) Pick([]byte) (*Route, error) {
	if r.waiting && !r.opt.Req.Relaxed {
		return nil, errno.EFSM
	}
	if err := r.pick(); err != nil {
		return nil, err
	}
	r.numbering = false
	if r.waiting {
		r.route.To = r
	} else {
		r.dropStale()
		r.route.To = r.picked
	}
	if r.route.Prefix = r.prefix[1:]; r.opt.Req.Correlate {
		r.enclose(r.freeAfter(r.number))
	}
	return &r.route, nil
}

// pick chooses the peer that is asked.
func (r *req) pick() error {
	to, err := r.out.Pick(nil)
	if err == nil {
		r.picked = to.To.(*pipe.End)
	}
	return err
}

// enclose has the request that was picked carry a number.
func (r *req) enclose(number uint32) {
	r.prefix[0] = binary.NativeEndian.AppendUint32(r.prefix[0][:0], number)
	r.route.Prefix = r.prefix[:]
}

// dropStale drops what has come in until now: it answers nothing.
func (r *req) dropStale() {
	r.ready, r.asked = false, nil
	r.reply.Reset()
	for r.pump() {
	}
}

// Send sends the request that was picked, and gives up the one before, whose reply may
// be there.
func (r *req) Send(m *msg.Message) bool {
	r.waiting = false
	r.dropStale()
	return r.picked.Send(m)
}

func (r *req) Put([]byte) bool { return false }
func (r *req) CanSend() bool   { return r.picked.CanSend() }
func (r *req) Grant() int      { return 0 }

func (r *req) Sent(to *Route) {
	r.out.next()
	if r.numbering {
		r.enter(r.picked)
		return
	}
	r.waiting, r.asked = true, r.picked
	if r.marked = len(to.Prefix) > 1; r.marked {
		r.number = binary.NativeEndian.Uint32(to.Prefix[0])
	}
}
