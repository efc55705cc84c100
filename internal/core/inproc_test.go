package core

import (
	"sync"
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

// Whoever waits on a choosy half tries once after each event, and the token
// then rests.
func TestEveryWaiterTriesOnce(t *testing.T) {
	h := half{Mutex: new(sync.Mutex), choosy: true, waiters: 3}
	h.ready.wake, h.ready.watch = make(chan struct{}, 1), new(watchers)
	for range 2 {
		h.ready.event()
		tries := 0
		for {
			select {
			case <-h.ready.wake:
				tries++
				h.woke()
				continue
			default:
			}
			break
		}
		if tries != 3 {
			t.Fatalf("%d of 3 waiters tried", tries)
		}
	}
}
