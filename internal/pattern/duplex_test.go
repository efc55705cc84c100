package pattern

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

func TestLoadBalance(t *testing.T) {
	for _, name := range []string{"PUSH", "DEALER"} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, name)
			r.refuses("0", errno.EAGAIN)
			r.canSend(false)
			r.hwm = 3
			a, b := r.peer("a"), r.peer("b")
			r.sends("1", "2", "3", "4")
			a.hears("1", "3")
			b.hears("2", "4")
			// a never reads: it takes what its mark allows, b the rest.
			r.sends("5", "6", "7", "8", "9", "10")
			b.hears("6", "8", "10")
			// Credit comes in twos, the low-water mark of three.
			r.sends("11", "12")
			r.canSend(false)
			r.refuses("14", errno.EAGAIN)
			a.hears("5", "7", "9")
			r.canSend(true)
			r.sends("14")
			b.hears("11", "12")
			a.hears("14")
			a.hang()
			r.sends("15", "16")
			b.hears("15", "16")
			b.hang()
			r.refuses("17", errno.EAGAIN)
		})
	}
}

func TestFairQueue(t *testing.T) {
	for _, name := range []string{"PULL", "DEALER", "XSUB"} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, name)
			r.gets()
			r.blind(errno.EAGAIN)
			a, b := r.peer("a"), r.peer("b")
			a.say("a1", "a2|more", "a3")
			b.say("b1", "b2")
			r.gets("a1", "b1", "a2|more", "b2", "a3")
			b.say("b3")
			a.say("a4")
			r.gets("b3", "a4")
			// What was sent before the end is received after it.
			a.say("a5", "a6")
			b.say("b4")
			a.hang()
			b.hang()
			r.gets("a5", "b4", "a6")
			c := r.peer("c")
			c.say("c1")
			r.gets("c1")
		})
	}
}

func TestFairQueueForgets(t *testing.T) {
	r := newRig(t, "PULL")
	q := r.pat.in.(*fq)
	var fars []*far
	for i := range 5 {
		f := r.offer("")
		q.Attach(f.near)
		fars = append(fars, f)
		if i%2 == 0 {
			f.say("x")
		}
	}
	for _, f := range fars {
		f.end.CloseOut()
		q.Detach(f.near)
	}
	var m msg.Message
	got := 0
	for {
		if q.recv(&m) == nil {
			break
		}
		got++
	}
	if got != 3 || len(q.ends) != 0 {
		t.Errorf("received %d and kept %d peers, want 3 and 0", got, len(q.ends))
	}
}

// A peer may go while its wake-up is still to be told.
func TestDetachBeforeReadable(t *testing.T) {
	r := newRig(t, "PULL")
	f := r.peer("a")
	r.gets()
	f.end.Send(&msg.Message{Frames: split("x")})
	f.end.CloseOut()
	r.in = nil
	r.pat.Detach(f.near)
	r.gets("x")
}

func TestPair(t *testing.T) {
	r := newRig(t, "PAIR")
	r.refuses("x", errno.EAGAIN)
	r.blind(errno.EAGAIN)
	r.hwm = 2
	a := r.peer("a")
	if err := r.pat.Attach(r.connecting("b").near); !errors.Is(err, errno.EADDRINUSE) {
		t.Errorf("a second peer that is not there yet: %v, want EADDRINUSE", err)
	}
	r.sends("1", "2|3")
	r.canSend(false)
	r.refuses("4", errno.EAGAIN)
	a.hears("1", "2|3")
	r.canSend(true)
	a.say("x", "y|z")
	a.hang()
	r.canSend(false)
	b := r.peer("b")
	b.say("b1")
	r.gets("x", "y|z", "b1")
	r.sends("5")
	b.hears("5")
	b.hang()
	if p := r.pat.out.(*pair); len(p.ends) != 0 {
		t.Errorf("%d peers kept", len(p.ends))
	}
}

func TestProbe(t *testing.T) {
	for _, name := range []string{"DEALER", "REQ", "ROUTER"} {
		r := newRig(t, name)
		r.peer("a").hears()
		r.v.Router.Probe = true
		r.peer("b").hears("")
	}
}

func TestConflate(t *testing.T) {
	r := newRig(t, "DEALER")
	r.conflate = true
	f := r.peer("a")
	r.sends("1", "2|x", "3|y")
	f.hears("3|y")
	f.say("4", "5")
	r.gets("5")
}

// Types that are not in lockstep are used with one lock for each direction.
func TestTwoLocks(t *testing.T) {
	const peers, messages = 3, 300
	for _, row := range rows {
		if row.Lockstep || row.NoSend || row.NoRecv {
			continue
		}
		t.Run(row.Name, func(t *testing.T) {
			r := newRig(t, row.Name)
			s := &twoLocks{pat: r.pat}
			var wg sync.WaitGroup
			done := make(chan struct{})
			// Both loops are the test's, which waits for them.
			wg.Go(func() { s.sendUntil(done) })
			wg.Go(func() {
				defer close(done)
				var m msg.Message
				for got := 0; got < peers*messages; {
					if s.recv(&m) {
						got++
					} else {
						runtime.Gosched()
					}
				}
			})
			for i := range peers {
				s.visit(t, fmt.Sprint("peer", i), messages)
			}
			wg.Wait()
		})
	}
}

// twoLocks is a socket whose directions have a lock each.
type twoLocks struct {
	pat    *socket
	sendMu sync.Mutex
	recvMu sync.Mutex

	mu      sync.Mutex
	in, out []*pipe.End
}

func (s *twoLocks) Flush(e *pipe.End) { s.both(e.Flush) }

func (s *twoLocks) Wake(e *pipe.End, ev pipe.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ev&pipe.In != 0 {
		s.in = append(s.in, e)
	} else {
		s.out = append(s.out, e)
	}
}

func (s *twoLocks) take(list *[]*pipe.End) []*pipe.End {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := *list
	*list = nil
	return l
}

func (s *twoLocks) sendUntil(done chan struct{}) {
	m := &msg.Message{}
	for i := 0; ; i++ {
		select {
		case <-done:
			return
		default:
		}
		m.Set(split(fmt.Sprintf("peer%d|x", i%3)))
		s.sendMu.Lock()
		for _, e := range s.take(&s.out) {
			s.pat.Writable(e)
		}
		s.pat.CanSend()
		s.pat.Send(m)
		s.sendMu.Unlock()
	}
}

func (s *twoLocks) recv(m *msg.Message) bool {
	s.recvMu.Lock()
	defer s.recvMu.Unlock()
	for _, e := range s.take(&s.in) {
		s.pat.Readable(e)
	}
	return s.pat.CanRecv() && s.pat.Recv(m) == nil
}

// visit is the life of one peer.
func (s *twoLocks) visit(t *testing.T, id string, messages int) {
	l := new(lone)
	near, end := pipe.New(s, l, pipe.Marks{Send: 10}, false)
	near.SetPeer(&msg.Peer{RoutingID: []byte(id)})
	s.both(func() {
		if err := s.pat.Attach(near); err != nil {
			t.Error(err)
		}
	})
	var m msg.Message
	for range messages {
		l.sends(end, func() { end.Send(&msg.Message{Frames: split("\x02hello")}) })
		end.Recv(&m)
	}
	l.sends(end, end.CloseOut)
	end.CloseIn()
	s.both(func() { s.pat.Detach(near) })
}

// lone is the Owner at the other side, where one goroutine sends.
type lone struct {
	far
	mu    sync.Mutex
	asked atomic.Bool
}

func (l *lone) sends(e *pipe.End, f func()) {
	l.mu.Lock()
	f()
	l.mu.Unlock()
	l.answer(e)
}

func (l *lone) Flush(e *pipe.End) {
	l.asked.Store(true)
	l.answer(e)
}

func (l *lone) answer(e *pipe.End) {
	for l.asked.Load() && l.mu.TryLock() {
		l.asked.Store(false)
		e.Flush()
		l.mu.Unlock()
	}
}

func (s *twoLocks) both(f func()) {
	s.sendMu.Lock()
	s.recvMu.Lock()
	f()
	s.recvMu.Unlock()
	s.sendMu.Unlock()
}
