package core

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// In-process peers share a pipe: what one socket queues the other takes, and no
// goroutine stands between.

// A meeting is the link of a connected inproc endpoint: one pipe between the socket
// that connects and the one that binds the name, before that or after.
//
//	       Bind, or bound already        either side leaves
//	alone -----------------------> joined -----------------> over
//	  |                               |                       ^
//	  |  the connecting side leaves:  | a pattern refuses     |
//	  |  with nothing sent, at once;  +---------------------->+
//	  +-- else when LINGER or the context ends, or on a Bind -+
//
// Alone, the connecting side has its place in its pattern (unless that must know
// the peer first), and what it sends is kept.
type meeting struct {
	ctx   *Context
	name  string
	near  side          // that connects
	far   side          // that has bound
	met   chan struct{} // closed when it does not wait for a bind any more
	last  []byte        // once joined: the far side's DISCONNECT_MSG
	marks sync.Mutex    // one change of marks at a time; comes before all locks of sockets
}

// A side is one End of the pipe and its Owner. The pipe is made before the far
// peer is known, which looks at its End when it comes.
type side struct {
	end  *pipe.End
	peer atomic.Pointer[peer] // nil: the name is not bound yet
}

// Wake implements pipe.Owner.
func (d *side) Wake(e *pipe.End, ev pipe.Event) {
	if p := d.peer.Load(); p != nil {
		p.s.Wake(e, ev)
	}
}

// Flush implements pipe.Owner.
func (d *side) Flush(e *pipe.End) {
	if p := d.peer.Load(); p != nil {
		p.s.Flush(e)
	}
}

// sends runs f as part of the sending half.
func (d *side) sends(f func()) {
	p := d.peer.Load()
	if p == nil {
		f() // nothing sends
		return
	}
	p.s.sendHalf.acquire()
	f()
	p.s.sendHalf.release()
}

// sides is p's side, and the other.
func (m *meeting) sides(p *peer) (its, other *side) {
	if p.incoming {
		return &m.far, &m.near
	}
	return &m.near, &m.far
}

// A boundName is the link of a bound inproc endpoint. Those that have joined stay.
type boundName struct{ ep *endpoint }

// Finish implements link.Link.
func (n boundName) Finish(bool) {
	c := n.ep.s.ctx
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bound[n.ep.name] == n.ep {
		delete(c.bound, n.ep.name)
	}
}

// Stop implements link.Link.
func (boundName) Stop() {}

// Done implements link.Link.
func (boundName) Done() <-chan struct{} { return atOnce }

var atOnce = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

func (s *Socket) bindInproc(name string) error {
	c := s.ctx
	ep := &endpoint{s: s, name: name, given: name, bound: true}
	ep.link = boundName{ep}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return errno.ETERM
	}
	if c.bound[name] != nil {
		c.mu.Unlock()
		return errno.EADDRINUSE
	}
	err := s.roster.open(ep, false, func() error {
		c.bound[name] = ep
		c.hadZAP = c.hadZAP || name == zapEndpoint
		return nil
	})
	var waiting []*meeting
	if err == nil {
		waiting = c.waiting[name]
		delete(c.waiting, name)
	}
	c.mu.Unlock()
	for _, m := range waiting {
		m.join(ep)
	}
	return err
}

func (s *Socket) connectInproc(name string) (*meeting, error) {
	m, err := s.newMeeting(name)
	if err != nil {
		return nil, err
	}
	// The connecting side first: what it says at once is then there when the
	// bound side looks.
	if p := m.near.peer.Load(); !s.row.NeedsPeer || p.id != "" {
		m.attach(p)
	}
	return m, m.meet()
}

// newMeeting makes a connected endpoint, with its peer.
func (s *Socket) newMeeting(name string) (*meeting, error) {
	m := &meeting{ctx: s.ctx, name: name, met: make(chan struct{})}
	ep := &endpoint{s: s, name: name, given: name, link: m}
	ep.trouble.last = Trouble{Endpoint: name, Err: errUnbound}
	p := &peer{s: s, ep: ep, meeting: m}
	ep.peer = p
	m.near.peer.Store(p)
	s.lock()
	p.id = s.connectIDLocked()
	m.near.end, m.far.end = pipe.New(&m.near, &m.far, s.marksLocked(), false)
	p.end = m.near.end
	p.end.ID, p.end.Host = p.id, p
	s.greetLocked(p.end)
	s.unlock()
	return m, s.roster.open(ep, false, func() error { return nil })
}

// meet joins a connecting side with the socket that binds its name, now or later.
func (m *meeting) meet() error {
	c := m.ctx
	c.mu.Lock()
	if c.closed {
		close(m.met)
		c.mu.Unlock()
		return errno.ETERM
	}
	ep := c.bound[m.name]
	if ep == nil {
		c.waiting[m.name] = append(c.waiting[m.name], m)
	}
	c.mu.Unlock()
	switch {
	case ep != nil:
		m.join(ep)
	case m.near.peer.Load().retired.Load():
		m.forget(true) // the socket closed before it could be found waiting
	default:
		m.remark() // the marks may have changed before it could be found
	}
	return nil
}

// join brings the connecting side together with the endpoint that bound the name.
func (m *meeting) join(ep *endpoint) {
	a := m.near.peer.Load()
	b := &peer{s: ep.s, ep: ep, incoming: true, meeting: m, end: m.far.end}
	b.end.Host, b.end.Order = b, pipe.NextOrder()
	m.far.peer.Store(b)
	close(m.met)
	b.s.roster.hold(b)

	mine, theirs := a.s.inprocInfo(m.name), b.s.inprocInfo(m.name)
	mine.Incoming = true
	m.far.end.SetPeer(mine)
	m.near.end.SetPeer(theirs)
	m.remark()
	if !a.retired.Load() {
		b.s.lock()
		b.s.greetLocked(m.far.end)
		m.last = b.s.disconnectLocked()
		b.s.unlock()
	}
	both := m.attach(b) && m.attach(a)
	if a.retired.Load() {
		m.leave(a) // it connected, spoke and went before there was anything to listen
		return
	}
	if !both {
		m.refuse()
		return
	}
	a.ep.trouble.met()
	for _, p := range []*peer{a, b} {
		p.live.Store(true)
	}
	for _, p := range []*peer{a, b} {
		p.s.lock()
		p.countLocked()
		p.s.unlock()
	}
	// Either may have closed meanwhile, without seeing all of this.
	for _, p := range []*peer{b, a} {
		if p.retired.Load() || p.s.roster.isClosed() {
			m.leave(p)
		}
	}
}

// remark bounds both directions by what the two sockets allow now: each by the
// sum of the one's sending and the other's receiving marks. While the name is not
// bound only the connecting side has any.
func (m *meeting) remark() {
	m.marks.Lock()
	defer m.marks.Unlock()
	a, b := m.near.peer.Load(), m.far.peer.Load()
	am := a.s.marksOf()
	if b == nil {
		m.near.sends(func() { m.near.end.SetSendMarks(am.Send, am.SendBytes) })
		return
	}
	bm := b.s.marksOf()
	m.near.sends(func() { m.near.end.SetSendMarks(sum(am.Send, bm.Recv), sum(am.SendBytes, bm.RecvBytes)) })
	m.far.sends(func() { m.far.end.SetSendMarks(sum(bm.Send, am.Recv), sum(bm.SendBytes, am.RecvBytes)) })
}

func sum(a, b int) int {
	if a == 0 || b == 0 {
		return 0
	}
	return a + b
}

func (h *halves) marksOf() pipe.Marks {
	h.lock()
	defer h.unlock()
	return h.marksLocked()
}

// inprocInfo is what the other side may know of s.
func (h *halves) inprocInfo(name string) *msg.Peer {
	h.lock()
	defer h.unlock()
	return &msg.Peer{
		SocketType: h.row.Name,
		RoutingID:  slices.Clone(h.vals.Wire.RoutingID),
		Endpoint:   name, Local: name, Remote: name,
	}
}

// attach gives a side to its pattern; false: that refused it. A peer that would
// have to wait for its place is refused, too: its Send says at once that it has
// none.
func (m *meeting) attach(p *peer) bool {
	s := p.s
	defer s.settle()
	s.lock()
	defer s.unlock()
	if p.attachLocked() != nil {
		return false
	}
	if p.end.AtDoor {
		p.detachLocked()
		return false
	}
	s.recvHalf.ready.event()
	return true
}

// refuse ends both sides of a pipe that one of them has no place for. What was
// sent already is lost.
func (m *meeting) refuse() {
	for _, d := range []*side{&m.near, &m.far} {
		d.sends(func() { d.end.Dropped.Add(uint64(d.end.Queued())) })
	}
	m.leave(m.far.peer.Load())
	m.leave(m.near.peer.Load())
}

// leave ends p's side: what it has sent stays for the other side to read, with
// the message that that wants to have last; what it was sent and has not read is
// dropped, which the other side counts. That is told. Doing it twice is harmless.
func (m *meeting) leave(p *peer) {
	its, other := m.sides(p)
	told := p.retired.Swap(true) || !p.live.Load()
	read, had := uint64(0), false
	m.part(p, func() {
		read, _ = its.end.Taken()
		had = true
		its.end.DropInput()
	})
	if !told && !p.incoming && len(m.last) > 0 {
		its.end.SendAs(other.end.Peer().Noticed(msg.Gone), m.last)
	}
	its.end.CloseIn() // nothing more comes into it
	its.sends(its.end.CloseOut)
	if o := other.peer.Load(); o != nil {
		m.part(o, func() {
			if had && !o.s.row.Subscribes { // subscriptions are no messages
				other.end.Dropped.Add(other.end.Depth().Sent - read)
			}
		})
	}
	other.sends(other.end.CloseOut)
}

// part takes a side from its pattern, once; first is called before that, under the
// socket's locks. What has been received can still be read.
func (m *meeting) part(p *peer, first func()) {
	s := p.s
	s.lock()
	if p.attached {
		if p.end.AtDoor {
			p.end.Dropped.Add(uint64(p.end.Depth().RecvMsgs))
		}
		first()
		p.detachLocked()
		s.past.keep(p.end)
		p.end = nil
	} else if p.retired.Load() {
		p.end = nil
	}
	s.unlock()
	s.roster.forget(p)
	p.gone()
	if !p.incoming && m.gone() {
		p.ep.trouble.parted(m.name)
	}
	s.sendHalf.ready.event()
	s.recvHalf.ready.event()
	s.settle()
	s.sweep()
}

// gone reports that the socket on the far side was there and has left, and that
// everything it has sent can be seen.
func (m *meeting) gone() bool {
	b := m.far.peer.Load()
	return b != nil && b.retired.Load() && !m.near.peer.Load().live.Load()
}

// forget takes the meeting from those that wait for a bind, if it still does, and
// returns how many messages the connecting side had sent. With unsent set it does
// so only if that is none.
func (m *meeting) forget(unsent bool) (lost int) {
	c := m.ctx
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.Index(c.waiting[m.name], m)
	m.near.sends(func() { lost = m.near.end.Queued() })
	if i < 0 || unsent && lost > 0 {
		return 0
	}
	c.waiting[m.name] = slices.Delete(c.waiting[m.name], i, i+1)
	if len(c.waiting[m.name]) == 0 {
		delete(c.waiting, m.name)
	}
	close(m.met)
	return lost
}

// Finish implements link.Link.
func (m *meeting) Finish(bool) {
	m.leave(m.near.peer.Load())
	m.forget(true)
}

// Stop implements link.Link: what waits for a bind is lost.
func (m *meeting) Stop() {
	m.near.peer.Load().s.roster.lose(m.forget(false))
}

// Done implements link.Link.
func (m *meeting) Done() <-chan struct{} { return m.met }
