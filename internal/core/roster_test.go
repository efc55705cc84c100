package core

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
)

func TestRoster(t *testing.T) {
	var r roster
	starts := 0
	open := func(ep *endpoint, once bool) error {
		return r.open(ep, once, func() error { starts++; return nil })
	}
	bound := &endpoint{name: "inproc://x", given: "inproc://x", bound: true}
	there := &endpoint{name: "inproc://x", given: "inproc://x", peer: new(peer)}
	again := &endpoint{name: "inproc://x", given: "inproc://x", peer: new(peer)}
	for _, ep := range []*endpoint{bound, there, again} {
		if err := open(ep, false); err != nil {
			t.Fatal(err)
		}
	}
	if err := open(&endpoint{name: "inproc://x", given: "inproc://x"}, true); err != nil || starts != 3 || len(r.endpoints) != 3 {
		t.Errorf("once is enough: %v, %d started", err, starts)
	}
	broken := errors.New("broken")
	if err := r.open(&endpoint{name: "y"}, false, func() error { return broken }); err != broken || len(r.endpoints) != 3 || r.last != "y" {
		t.Errorf("one that does not start: %v", err)
	}
	late := new(peer)
	if !r.hold(late) || !slices.Equal(r.list(), []*peer{there.peer, again.peer, late}) {
		t.Error("not in the order in which they came")
	}
	r.forget(there.peer)
	if !slices.Equal(r.list(), []*peer{again.peer, late}) {
		t.Error("one that has gone is there")
	}
	if eps := r.take("inproc://x", true); !slices.Equal(eps, []*endpoint{bound}) {
		t.Error("what is bound on inproc goes by itself")
	}
	if eps := r.take("inproc://x", true); !slices.Equal(eps, []*endpoint{there, again}) || len(r.take("inproc://x", true)) != 0 {
		t.Error("all that are connected to a name go together")
	}
	r.leaving.Done()
	r.leaving.Done()
	if r.takeEnded(bound) {
		t.Error("ended twice")
	}
	if err := open(bound, false); err != nil {
		t.Fatal(err)
	}
	if eps, first := r.close(); !first || !slices.Equal(eps, []*endpoint{bound}) {
		t.Error("close takes what is left")
	}
	if _, first := r.close(); first || open(bound, false) != errno.ENOTSOCK || r.hold(new(peer)) {
		t.Error("closed, and open")
	}
	r.leaving.Wait()
}

// Whatever happens to both sides of a meeting at once, it ends, and neither socket counts
// a peer that has gone.
func TestMeetingFromManySides(t *testing.T) {
	for range 300 {
		b := newBench(t)
		push, pull := b.socket(opt.TypePush), b.socket(opt.TypePull)
		var wg sync.WaitGroup
		wg.Go(func() { // owned by the test, which waits
			push.Connect("inproc://x")
			push.Send(t.Context(), [][]byte{{1}}, true)
			push.Disconnect("inproc://x")
			push.Connect("inproc://x")
		})
		wg.Go(func() { // likewise
			pull.Bind("inproc://x")
			pull.Recv(t.Context(), true)
			pull.Unbind("inproc://x")
			pull.StartClose()
		})
		wg.Go(func() { // likewise
			push.Set(opt.ByName("SNDHWM"), 5)
			push.Stats()
			pull.Stats()
		})
		wg.Wait()
		b.closed(pull)
		b.ok(push.Disconnect("inproc://x"))
		if n := push.live.count() + pull.live.count(); n != 0 || len(push.roster.list())+len(pull.roster.list()) != 0 {
			t.Fatalf("%d peers are left", n)
		}
		b.closed(push)
	}
}

// The socket that has bound a name closes between being found and being joined.
func TestMeetingWithOneThatCloses(t *testing.T) {
	b := newBench(t)
	push, pull := b.socket(opt.TypePush), b.socket(opt.TypePull)
	_, err := pull.Bind("inproc://x")
	b.ok(err)
	ep := pull.ctx.bound["inproc://x"]
	m, err := push.newMeeting("inproc://x")
	b.ok(err)
	m.attach(m.near.peer.Load())
	b.closed(pull)
	m.join(ep)
	if push.live.count() != 0 || len(push.roster.list()) != 0 || !m.gone() {
		t.Error("it has a peer that is closed")
	}
	if why := push.Troubles(false); len(why) != 1 || why[0].Err != errParted {
		t.Errorf("the reason is %v", why)
	}
}
