package pattern

import (
	"encoding/binary"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// requests are the numbered requests of a REQ, which so is a Requester.
type requests struct {
	numbered  map[uint32]*pipe.End // under way, and who was asked (nil: gone)
	replies   backlog[numberedReply]
	numbering bool // what was picked last is one, under next
	next      uint32
}

type numberedReply struct {
	id     uint32
	frames [][]byte
	peer   *msg.Peer
}

func newRequests() requests { return requests{numbered: make(map[uint32]*pipe.End)} }

// detach lets anyone answer in place of the one that is gone.
func (r *requests) detach(e *pipe.End) {
	for id, asked := range r.numbered {
		if asked == e {
			r.numbered[id] = nil
		}
	}
}

// freeAfter is the next number that REQ_CORRELATE may use.
func (r *requests) freeAfter(n uint32) uint32 {
	for {
		n = (n + 1) % RequestBase
		if _, taken := r.numbered[n]; !taken {
			return n
		}
	}
}

// enter notes the request that was sent to e.
func (r *requests) enter(e *pipe.End) { r.numbered[r.next] = e }

// take keeps m if it answers a numbered request.
func (r *requests) take(e *pipe.End, m *msg.Message) bool {
	if len(r.numbered) == 0 || len(m.Frames) < 3 || len(m.Frames[0]) != 4 || len(m.Frames[1]) != 0 {
		return false
	}
	id := binary.NativeEndian.Uint32(m.Frames[0])
	asked, ok := r.numbered[id]
	if !ok || asked != nil && asked != e {
		return false
	}
	delete(r.numbered, id)
	r.replies.push(numberedReply{id: id, frames: append([][]byte(nil), m.Frames[2:]...), peer: m.Peer})
	return true
}

// PickRequest: see Requester. It gives up nothing.
func (r *req) PickRequest(id uint32) (*Route, error) {
	if _, taken := r.numbered[id]; taken || r.waiting && r.marked && id == r.number {
		return nil, errno.EINVAL
	}
	if err := r.pick(); err != nil {
		return nil, err
	}
	r.numbering, r.next, r.route.To = true, id, r.picked
	r.enclose(id)
	return &r.route, nil
}

// TakeReply: see Requester.
func (r *req) TakeReply(m *msg.Message) (uint32, error) {
	for r.replies.len() == 0 {
		if !r.pump() {
			return 0, errno.EAGAIN
		}
	}
	p := r.replies.pop()
	m.Frames = append(m.Frames[:0], p.frames...)
	m.Peer, m.Chunk = p.peer, nil
	return p.id, nil
}

// CancelRequest: see Requester.
func (r *req) CancelRequest(id uint32) {
	if e, ok := r.numbered[id]; ok {
		delete(r.numbered, id)
		if e != nil {
			e.Withdraw(binary.NativeEndian.AppendUint32(nil, id))
		}
		return
	}
	r.replies.cut(func(p *numberedReply) bool { return p.id == id })
}
