package core

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/poll"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// Fault B9: marks that are set while inproc peers are connected, or wait for a
// bind, act at once, on either side, lowered and raised.
func TestMarksOfLiveInproc(t *testing.T) {
	const room = 200 // of either side, to begin with
	body := make([]byte, 100-2)
	for _, c := range []struct {
		name   string
		sender bool // whose mark
		value  int
		want   int
	}{
		{"SNDHWM", true, 5, room + 5}, {"RCVHWM", false, 5, room + 5},
		{"SNDHWM", true, 500, room + 500}, {"RCVHWM", false, 500, room + 500},
		{"SNDHWM_BYTES", true, 5 * 100, 5 + 9}, {"RCVHWM_BYTES", false, 5 * 100, 5 + 9},
		{"SNDHWM_BYTES", true, 0, 2 * room}, {"RCVHWM_BYTES", false, 0, 2 * room},
	} {
		for _, binds := range []bool{true, false} {
			b := newBench(t)
			push, pull := b.socket(opt.TypePush), b.socket(opt.TypePull)
			one, other := push, pull
			if !binds {
				one, other = pull, push
			}
			b.ok(push.Set(opt.ByName("SNDHWM"), room))
			b.ok(pull.Set(opt.ByName("RCVHWM"), room))
			b.ok(push.Set(opt.ByName("SNDHWM_BYTES"), 900))
			b.ok(pull.Set(opt.ByName("RCVHWM_BYTES"), 900))
			if c.value == 0 || c.name[3:] == "HWM" { // no bound of bytes
				b.ok(push.Set(opt.ByName("SNDHWM_BYTES"), 0))
			}
			_, err := one.Bind("inproc://x")
			b.ok(err)
			b.ok(other.Connect("inproc://x"))
			s := push
			if !c.sender {
				s = pull
			}
			b.ok(s.Set(opt.ByName(c.name), c.value))
			if got := b.fill(push, body); got != c.want {
				t.Errorf("%s is %d: %d messages, want %d", c.name, c.value, got, c.want)
			}
		}
	}
}

// fine is ok for goroutines.
func (b *bench) fine(err error) {
	b.Helper()
	if err != nil {
		b.Error(err)
	}
}

// fill sends until there is no room, and returns how many messages that were.
func (b *bench) fill(s *Socket, body []byte) (n int) {
	b.Helper()
	for {
		err := s.Send(context.Background(), [][]byte{body}, true)
		if err == errno.EAGAIN {
			return n
		}
		b.ok(err)
		n++
	}
}

// Fault B9: before the bind, only the connecting side's mark counts; who waits for
// room is woken when a mark is raised, and both sides may set theirs at once.
func TestMarksOfInprocChangeWhile(t *testing.T) {
	b := newBench(t)
	push, pull := b.socket(opt.TypePush), b.socket(opt.TypePull)
	b.ok(push.Connect("inproc://x"))
	b.ok(push.Set(opt.ByName("SNDHWM"), 5))
	if n := b.fill(push, nil); n != 5 {
		t.Errorf("nobody has bound: %d messages, want 5", n)
	}
	b.ok(pull.Set(opt.ByName("RCVHWM"), 5))
	_, err := pull.Bind("inproc://x")
	b.ok(err)
	if n := b.fill(push, nil); n != 5 {
		t.Errorf("bound: %d messages more, want 5", n)
	}
	var wg sync.WaitGroup
	wg.Go(func() { b.fine(push.Send(context.Background(), [][]byte{nil}, false)) }) // owned by the test, which waits
	b.ok(pull.Set(opt.ByName("RCVHWM"), 6))
	wg.Wait()
	for i := range 50 {
		wg.Go(func() { b.fine(push.Set(opt.ByName("SNDHWM"), 10+i)) })
		wg.Go(func() { b.fine(pull.Set(opt.ByName("RCVHWM"), 10+i)) })
	}
	wg.Wait()
	x, err := push.Get(opt.ByName("SNDHWM"))
	b.ok(err)
	y, err := pull.Get(opt.ByName("RCVHWM"))
	b.ok(err)
	if n := b.fill(push, nil) + 11; n != x.(int)+y.(int) {
		t.Errorf("%d messages, want %d and %d", n, x, y)
	}
}

// A socket that closes between registering a connection and waiting for its
// name has nothing to linger for.
func TestCloseWhileConnectingInproc(t *testing.T) {
	c := NewContext()
	s, err := NewSocket(c, opt.TypePush)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Set(opt.ByName("LINGER"), -1); err != nil {
		t.Fatal(err)
	}
	m, err := s.newMeeting("inproc://nobody")
	if err != nil {
		t.Fatal(err)
	}
	s.StartClose()
	if err := m.meet(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Finished():
	case <-time.After(testutil.Patience):
		t.Fatal("it lingers for nothing")
	}
	if len(c.waiting) != 0 {
		t.Error("the name still waits")
	}
}

// Every call that waits at a bell for all is woken by each event, and one that tried in vain
// before it happened tries again.
func TestEveryWaiterIsWoken(t *testing.T) {
	r := ready{watch: new(poll.Watchers)}
	r.SetUp(true)
	for range 2 {
		since := r.Rings()
		a, b := r.Listen(since), r.Listen(since)
		select {
		case <-a:
			t.Fatal("woken by nothing")
		default:
		}
		r.event()
		for _, wake := range []<-chan struct{}{a, b} {
			select {
			case <-wake:
			default:
				t.Fatal("asleep after an event")
			}
		}
		if r.Listen(since) != nil {
			t.Fatal("waits although something has happened since")
		}
		if err := poll.NewLimit(t.Context(), poll.Forever).Wait(r.Listen(since), nil); err != nil {
			t.Fatal(err)
		}
	}
}
