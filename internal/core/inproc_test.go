package core

import (
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/opt"
)

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
	p, err := s.newInproc("inproc://nobody")
	if err != nil {
		t.Fatal(err)
	}
	s.StartClose()
	if err := p.meet(c); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Finished():
	case <-time.After(20 * time.Second):
		t.Fatal("it lingers for nothing")
	}
	if len(c.waiting) != 0 {
		t.Error("the name still waits")
	}
}

// Whoever waits on a choosy half is woken by each event, and who tried in vain
// before it happened tries again.
func TestEveryWaiterIsWoken(t *testing.T) {
	r := ready{choosy: true, watch: new(watchers)}
	for range 2 {
		since := r.epoch.Load()
		a, b := r.listen(since), r.listen(since)
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
		if r.listen(since) != nil {
			t.Fatal("waits although something has happened since")
		}
	}
}
