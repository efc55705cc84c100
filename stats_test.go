package zmq_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq"
)

// joined makes two sockets that have met.
func (r *rig) joined(at string, typ, peer zmq.Type, options ...zmq.Option) (s, p *zmq.Socket) {
	r.t.Helper()
	s, p = r.socket(typ), r.socket(peer)
	err := s.Set(options...)
	if err == nil {
		err = p.Set(options...)
	}
	if err == nil {
		at, err = s.Bind(at)
	}
	if err == nil && peer == zmq.Sub {
		err = p.Subscribe("")
	}
	if err == nil {
		err = p.Connect(at)
	}
	if err == nil {
		err = p.WaitConnected(r.stop, 1)
	}
	if err == nil && typ == zmq.Pub {
		err = s.WaitSubscribers(r.stop, "", 1)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return s, p
}

// shows waits until Stats tells what it ought to.
func (r *rig) shows(what string, s *zmq.Socket, ok func(zmq.Stats) bool) {
	r.t.Helper()
	for end := time.Now().Add(hangs); !ok(s.Stats()); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("%s: %s has %+v", what, s.Type(), s.Stats())
		}
	}
}

// Fault B10: at rest, after all was received, nothing waits, whatever the credit
// that comes in batches has told the queues; and every message is counted once.
func TestStatsAtRest(t *testing.T) {
	for _, at := range []string{"inproc://x", "tcp://127.0.0.1:*", "ipc://*"} {
		for _, types := range [][2]zmq.Type{
			{zmq.Push, zmq.Pull}, {zmq.Pair, zmq.Pair}, {zmq.Dealer, zmq.Dealer}, {zmq.Pub, zmq.Sub}, {zmq.Dealer, zmq.Router}, {zmq.Rep, zmq.Req},
		} {
			for _, n := range []uint64{1, 100, 452, 700} {
				for _, hwm := range []int{0, 1000} {
					name := fmt.Sprintf("%s/%s/%d messages, marks at %d", at[:strings.Index(at, ":")], types[0], n, hwm)
					t.Run(name, func(t *testing.T) { statsAtRest(t, at, types, n, hwm) })
				}
			}
		}
	}
}

func statsAtRest(t *testing.T, at string, types [2]zmq.Type, n uint64, hwm int) {
	r := newRig(t, false)
	from, to := r.joined(at, types[0], types[1], zmq.SendHWM.Of(hwm), zmq.RecvHWM.Of(hwm))
	if types[0] == zmq.Rep {
		from, to = to, from
	}
	subscriptions := to.Stats().Sent
	for range n {
		err := from.Send(r.stop, []byte("question"))
		if types[0] == zmq.Rep && err == nil {
			_, err = to.Recv(r.stop)
		}
		if types[0] == zmq.Rep && err == nil {
			err = to.Send(r.stop, []byte("answer"))
		}
		if types[0] == zmq.Rep && err == nil {
			_, err = from.Recv(r.stop)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	back := uint64(0)
	if types[0] == zmq.Rep {
		back = n
	} else {
		r.shows("nothing was received", to, func(st zmq.Stats) bool { return st.Received == n && st.RecvQueue == int(n) })
		r.shows("nothing was received", from, func(st zmq.Stats) bool {
			return at == "inproc://x" && st.SendQueue == int(n) || at != "inproc://x" && st.SendQueue == 0
		})
		for range n {
			if _, err := to.Recv(r.stop); err != nil {
				t.Fatal(err)
			}
		}
	}
	r.shows("all was received", from, func(st zmq.Stats) bool {
		return st.Sent == n && st.SendQueue == 0 && st.Received == back+subscriptions && st.Dropped == 0 && st.Peers == 1
	})
	r.shows("all was received", to, func(st zmq.Stats) bool {
		return st.Received == n && st.RecvQueue == 0 && st.Sent == back+subscriptions && st.Dropped == 0 && st.SendQueue == 0
	})
	for _, s := range []*zmq.Socket{from, to} {
		for p := range s.Peers() {
			if p.SendQueue != 0 || p.SendQueueBytes != 0 || p.RecvQueue != 0 || p.RecvQueueBytes != 0 {
				t.Errorf("%s: something waits: %+v", s.Type(), p)
			}
		}
	}
}

// Fault B10: under load no figure is beyond what can be.
func TestStatsUnderLoad(t *testing.T) {
	for at, written := range map[string]int{"inproc://x": 0, "tcp://127.0.0.1:*": 2000} { // what is being written may have arrived
		r := newRig(t, false)
		push, pull := r.joined(at, zmq.Push, zmq.Pull)
		var sent, got atomic.Int64
		const all = 50_000
		done := make(chan struct{})
		r.wg.Go(func() { // owned by the rig, which waits
			for range all {
				sent.Add(1)
				if push.Send(r.stop, []byte("message")) != nil {
					return
				}
			}
		})
		r.wg.Go(func() { // likewise
			defer close(done)
			for range all {
				if _, err := pull.Recv(r.stop); err != nil {
					return
				}
				got.Add(1)
			}
		})
		for going := true; going; {
			select {
			case <-done:
				going = false
			default:
			}
			had := got.Load()
			out, in := push.Stats(), pull.Stats()
			most := int(sent.Load() - had)
			if out.SendQueue < 0 || out.SendQueue > most+written || in.RecvQueue < 0 || in.RecvQueue > most {
				t.Fatalf("%s: at most %d wait, and %d are said to on one side, %d on the other", at, most, out.SendQueue, in.RecvQueue)
			}
			if out.Sent > uint64(sent.Load()) || in.Received < uint64(had) {
				t.Fatalf("%s: %d of %d sent, %d of %d received", at, out.Sent, sent.Load(), in.Received, had)
			}
		}
		r.shows("all was received", push, func(st zmq.Stats) bool { return st.Sent == all && st.SendQueue == 0 })
		r.shows("all was received", pull, func(st zmq.Stats) bool { return st.Received == all && st.RecvQueue == 0 })
	}
}

// Fault B10: what waits in other places than the queue of a live peer is told
// too, and so is what was dropped for a peer that is not there.
func TestStatsOfTheRest(t *testing.T) {
	r := newRig(t, false)
	push, pull := r.joined("tcp://127.0.0.1:*", zmq.Push, zmq.Pull)
	for range 10 {
		if err := push.Send(r.stop, nil); err != nil {
			t.Fatal(err)
		}
	}
	push.Close()
	r.shows("the peer has gone", pull, func(st zmq.Stats) bool { return st.Peers == 0 && st.RecvQueue == 10 })

	// A Poller that looks reads ahead.
	look := func(s *zmq.Socket) {
		t.Helper()
		p := zmq.NewPoller()
		defer p.Close()
		if err := p.Add(s, zmq.PollIn); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Wait(r.stop); err != nil {
			t.Fatal(err)
		}
		r.shows("a Poller has looked", s, func(st zmq.Stats) bool { return st.RecvQueue == 1 })
	}
	pub, sub := r.joined("inproc://pub", zmq.Pub, zmq.Sub)
	if err := pub.Send(r.stop, []byte("news")); err != nil {
		t.Fatal(err)
	}
	look(sub)
	rep, req := r.joined("inproc://rep", zmq.Rep, zmq.Req)
	if err := req.Send(r.stop, []byte("question")); err != nil {
		t.Fatal(err)
	}
	look(rep)
	m, err := rep.Recv(r.stop)
	if err == nil {
		err = rep.Send(r.stop, m.Bytes())
	}
	if err != nil {
		t.Fatal(err)
	}
	look(req)
	xpub, _ := r.joined("inproc://xpub", zmq.XPub, zmq.Sub)
	look(xpub)

	if _, err := req.Recv(r.stop); err != nil {
		t.Fatal(err)
	}
	if err := req.Send(r.stop, []byte("question")); err != nil {
		t.Fatal(err)
	}
	if _, err := rep.Recv(r.stop); err != nil {
		t.Fatal(err)
	}
	req.Close()
	if err := rep.Send(r.stop, []byte("answer")); err != nil {
		t.Fatal(err)
	}
	r.shows("the asker has gone", rep, func(st zmq.Stats) bool { return st.Dropped == 1 })
	router := r.socket(zmq.Router)
	if err := router.Set(zmq.RouterMandatory.Of(false)); err != nil {
		t.Fatal(err)
	}
	if err := router.Send(r.stop, []byte("nobody"), nil); err != nil {
		t.Fatal(err)
	}
	r.shows("there is no such peer", router, func(st zmq.Stats) bool { return st.Dropped == 1 })
}
