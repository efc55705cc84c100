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

// an inprocPeer is one side of such a pipe.
type inprocPeer struct {
	sock   atomic.Pointer[Socket] // nil while nobody has bound the name
	end    *pipe.End
	other  *inprocPeer
	name   string
	joined atomic.Bool   // both sides are there, and counted
	left   atomic.Bool   // this side has gone
	met    chan struct{} // connecting side: closed when nothing waits for a bind
	last   []byte        // connecting side, once joined: the other's DISCONNECT_MSG
	marks  *sync.Mutex   // of both sides: one change of marks at a time; comes before all locks of sockets

	// Under both of the socket's locks.
	attached bool
}

// Wake implements pipe.Owner: the pipe is made before its second owner is
// known, who will look at it when it comes.
func (p *inprocPeer) Wake(e *pipe.End, ev pipe.Event) {
	if s := p.sock.Load(); s != nil {
		s.Wake(e, ev)
	}
}

// Flush implements pipe.Owner.
func (p *inprocPeer) Flush(e *pipe.End) {
	if s := p.sock.Load(); s != nil {
		s.Flush(e)
	}
}

func (s *Socket) bindInproc(name string) error {
	c := s.ctx
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return errno.ETERM
	}
	if _, taken := c.bound[name]; taken {
		c.mu.Unlock()
		return errno.EADDRINUSE
	}
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		c.mu.Unlock()
		return errno.ENOTSOCK
	}
	c.bound[name] = s
	c.hadZAP = c.hadZAP || name == zapEndpoint
	s.endpoints = append(s.endpoints, &endpoint{name: name, given: name, bound: true})
	s.last = name
	s.mu.Unlock()
	waiting := c.waiting[name]
	delete(c.waiting, name)
	c.mu.Unlock()
	for _, p := range waiting {
		p.join(s)
	}
	return nil
}

func (s *Socket) connectInproc(name string) (*inprocPeer, error) {
	p, err := s.newInproc(name)
	if err != nil {
		return nil, err
	}
	// The connecting side first: what it says at once is then there when the
	// bound side looks.
	if !s.row.NeedsPeer || p.end.ID != "" {
		p.attach()
	}
	return p, p.meet(s.ctx)
}

// newInproc makes a connecting side, and the endpoint that it is.
func (s *Socket) newInproc(name string) (*inprocPeer, error) {
	marks := new(sync.Mutex)
	p, far := &inprocPeer{name: name, met: make(chan struct{}), marks: marks}, &inprocPeer{name: name, marks: marks}
	p.other, far.other = far, p
	p.sock.Store(s)
	s.lock()
	p.end, far.end = pipe.New(p, far, s.marksLocked(), false)
	p.end.Host, far.end.Host = p, far
	if id := s.vals.Router.ConnectRoutingID; len(id) > 0 && s.row.Names {
		p.end.ID = string(id)
		s.vals.Router.ConnectRoutingID = nil
	}
	s.greetLocked(p.end)
	s.unlock()

	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return nil, errno.ENOTSOCK
	}
	s.endpoints = append(s.endpoints, &endpoint{name: name, given: name, in: p})
	s.last = name
	s.inproc[p] = struct{}{}
	return p, nil
}

// meet joins a connecting side with whoever has bound its name, now or later.
func (p *inprocPeer) meet(c *Context) error {
	c.mu.Lock()
	if c.closed {
		close(p.met)
		c.mu.Unlock()
		return errno.ETERM
	}
	b, ok := c.bound[p.name]
	if !ok {
		c.waiting[p.name] = append(c.waiting[p.name], p)
	}
	c.mu.Unlock()
	switch {
	case ok:
		p.join(b)
	case p.left.Load():
		p.forget(true) // the socket closed before it could be found waiting
	default:
		p.remark() // the marks may have changed before it could be found
	}
	return nil
}

// join brings a connecting side together with the socket that bound the name.
func (p *inprocPeer) join(b *Socket) {
	s, far := p.sock.Load(), p.other
	far.sock.Store(b)
	close(p.met)
	b.mu.Lock()
	far.end.Order = pipe.NextOrder()
	b.inproc[far] = struct{}{}
	b.mu.Unlock()

	mine, theirs := s.inprocInfo(p.name), b.inprocInfo(p.name)
	mine.Incoming = true
	far.end.SetPeer(mine)
	p.end.SetPeer(theirs)
	p.remark()
	if p.left.Load() {
		// It connected, spoke and went before there was anyone to listen.
		far.attach()
		p.leave()
		return
	}
	b.lock()
	b.greetLocked(far.end)
	p.last = b.disconnectLocked()
	b.unlock()
	if !far.attach() || !p.attach() {
		p.refuse()
		return
	}
	p.joined.Store(true)
	far.joined.Store(true)
	s.live.add(nil)
	b.live.add(nil)
	// Either may have closed meanwhile, without seeing all of this.
	if b.isClosing() {
		far.leave()
	}
	if s.isClosing() {
		p.leave()
	}
}

// remark bounds both directions by what the two sockets allow now: each by the
// sum of the one's sending and the other's receiving marks. While nobody has
// bound the name only the connecting side has any.
func (p *inprocPeer) remark() {
	p.marks.Lock()
	defer p.marks.Unlock()
	s, b := p.sock.Load(), p.other.sock.Load()
	if b == nil {
		m := s.marksOf()
		p.sends(func() { p.end.SetSendMarks(m.Send, m.SendBytes) })
		return
	}
	sm, bm := s.marksOf(), b.marksOf()
	p.sends(func() { p.end.SetSendMarks(sum(sm.Send, bm.Recv), sum(sm.SendBytes, bm.RecvBytes)) })
	p.other.sends(func() { p.other.end.SetSendMarks(sum(bm.Send, sm.Recv), sum(bm.SendBytes, sm.RecvBytes)) })
}

func sum(a, b int) int {
	if a == 0 || b == 0 {
		return 0
	}
	return a + b
}

func (s *Socket) marksOf() pipe.Marks {
	s.lock()
	defer s.unlock()
	return s.marksLocked()
}

// inprocInfo is what the other side may know of s.
func (s *Socket) inprocInfo(name string) *msg.Peer {
	s.lock()
	defer s.unlock()
	return &msg.Peer{
		SocketType: s.row.Name,
		RoutingID:  slices.Clone(s.vals.Wire.RoutingID),
		Endpoint:   name, Local: name, Remote: name,
	}
}

// attach gives the side to its pattern; false: that refused it. Who would have
// to wait for its place is refused, too: its Send says at once that it has none.
func (p *inprocPeer) attach() bool {
	s := p.sock.Load()
	defer s.settle()
	s.lock()
	defer s.unlock()
	if p.attached {
		return true
	}
	if s.pat.Attach(p.end) != nil {
		return false
	}
	if p.end.AtDoor {
		s.pat.Detach(p.end)
		return false
	}
	p.attached = true
	s.send.ready.event()
	s.recv.ready.event()
	return true
}

// refuse ends both sides of a pipe that one of them has no place for. What was
// sent already is lost.
func (p *inprocPeer) refuse() {
	for _, side := range []*inprocPeer{p, p.other} {
		side.sends(func() { side.end.Dropped.Add(uint64(side.end.Queued())) })
	}
	p.other.leave()
	p.leave()
}

// leave ends this side: what it has sent stays for the other side to read, with
// the message that that wants to have last; what it was sent and has not read is
// dropped, which the other side counts. That is told. Doing it twice is harmless.
func (p *inprocPeer) leave() {
	told := p.left.Swap(true) || !p.joined.Load()
	read, was := p.drop()
	if !told && len(p.last) > 0 {
		p.end.SendAs(p.other.end.Peer().Noticed(msg.Gone), p.last)
	}
	p.end.CloseIn() // nothing more comes into it
	p.sends(p.end.CloseOut)
	p.other.detach(func() {
		if o := p.other; was && !o.sock.Load().row.Subscribes { // subscriptions are no messages
			o.end.Dropped.Add(o.end.Depth().Sent - read)
		}
	})
	p.other.sends(p.other.end.CloseOut)
}

// drop takes the side from its pattern, with what it has received, and returns how
// many messages of the other side were read. False: that was done before.
func (p *inprocPeer) drop() (read uint64, was bool) {
	p.detach(func() {
		read, _ = p.end.Taken()
		was = true
		p.end.DropInput()
	})
	return read, was
}

// sends runs f as part of the sending half.
func (p *inprocPeer) sends(f func()) {
	s := p.sock.Load()
	if s == nil {
		f() // nobody sends
		return
	}
	s.send.Lock()
	f()
	s.release(&s.send)
}

// detach takes the side from its pattern, once; first is called before that, under
// the socket's locks. What has been received can still be read.
func (p *inprocPeer) detach(first func()) {
	s := p.sock.Load()
	if s == nil {
		return
	}
	s.lock()
	if p.attached {
		p.attached = false
		if p.end.AtDoor {
			p.end.Dropped.Add(uint64(p.end.Depth().RecvMsgs))
		}
		first()
		s.pat.Detach(p.end)
		s.retireLocked(p.end)
	}
	s.unlock()
	s.mu.Lock()
	delete(s.inproc, p)
	s.mu.Unlock()
	if p.joined.Swap(false) {
		s.live.remove(nil)
	}
	s.send.ready.event()
	s.recv.ready.event()
	s.settle()
	s.sweep()
}

// gone reports that the socket on the other side was there and has left, and
// that everything it has sent can be seen.
func (p *inprocPeer) gone() bool { return p.other.left.Load() && !p.joined.Load() }

// forget takes the connecting side from those who wait for a bind, if it still
// does, and returns how many messages it had sent. With unsent set it does so
// only if that is none.
func (p *inprocPeer) forget(unsent bool) (lost int) {
	c := p.sock.Load().ctx
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.Index(c.waiting[p.name], p)
	p.sends(func() { lost = p.end.Queued() })
	if i < 0 || unsent && lost > 0 {
		return 0
	}
	c.waiting[p.name] = slices.Delete(c.waiting[p.name], i, i+1)
	if len(c.waiting[p.name]) == 0 {
		delete(c.waiting, p.name)
	}
	close(p.met)
	return lost
}

func (s *Socket) unbindInproc(name string) {
	c := s.ctx
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bound[name] == s {
		delete(c.bound, name)
	}
}
