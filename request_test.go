package zmq_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/zeroth-mq/zmq"
)

// soon is a context that has ended once something waits on it: its Done is asked
// for by calls that wait, and by nothing else.
type soon struct {
	context.Context
	end func()
}

func endsWhenWaited(parent context.Context) *soon {
	ctx, cancel := context.WithCancel(parent)
	return &soon{ctx, cancel}
}

func (c *soon) Done() <-chan struct{} {
	c.end()
	return c.Context.Done()
}

// Fault B11: requests that were given up before there was a server are not
// executed when one comes, and take up no room.
func TestRequestsGivenUpAreNotSent(t *testing.T) {
	for _, at := range []string{"inproc://late", "ipc:///" + t.TempDir() + "/late"} {
		r := newRig(t, false)
		req := r.socket(zmq.Req)
		if err := errors.Join(req.Set(zmq.SendHWM.Of(1)), req.Connect(at)); err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			if _, err := req.Request(endsWhenWaited(r.stop), fmt.Append(nil, "given up ", i), make([]byte, 20_000*i)); !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
		r.shows("all requests were given up", req, func(st zmq.Stats) bool { return st.SendQueue == 0 })
		if at == "inproc://late" {
			if err := req.Set(zmq.SendHWM.Of(0)); err != nil {
				t.Fatal(err)
			}
		}
		rep := r.socket(zmq.Rep)
		if _, err := rep.Bind(at); err != nil {
			t.Fatal(err)
		}
		r.during(func() bool {
			m, err := rep.Recv(r.stop)
			if err == nil && string(m.Bytes()) != "meant" {
				t.Errorf("executed: %q", m)
			}
			return err == nil && rep.Send(r.stop, m.Bytes()) == nil
		})
		for range 3 {
			if m, err := req.Request(r.stop, []byte("meant")); err != nil || string(m.Bytes()) != "meant" {
				t.Fatal(m, err)
			}
		}
		r.close()
	}
}

// Fault B11: a socket that closes, or is terminated, does not linger for requests
// whose calls have failed.
func TestRequestsEndWithTheirSocket(t *testing.T) {
	r := newRig(t, false)
	req := r.socket(zmq.Req)
	if err := errors.Join(req.Set(zmq.Linger.Of(-1)), req.Connect("inproc://late")); err != nil {
		t.Fatal(err)
	}
	failed := make(chan error)
	// Owned by the test, which waits below.
	go func() { _, err := req.Request(r.stop, []byte("question")); failed <- err }()
	r.shows("a request is queued", req, func(st zmq.Stats) bool { return st.SendQueue == 1 })
	if err := req.Close(); err != nil {
		t.Error(err)
	}
	if err := <-failed; !errors.Is(err, zmq.ErrClosed) {
		t.Error(err)
	}
	rep := r.socket(zmq.Rep)
	if _, err := rep.Bind("inproc://late"); err != nil {
		t.Fatal(err)
	}
	if m, ok, err := rep.TryRecv(); ok || err != nil {
		t.Error("executed:", m, err)
	}
}

// Fault B11: a Send whose ctx ended while it waited has queued nothing, of any type
// that waits.
func TestSendGivenUpQueuesNothing(t *testing.T) {
	type pair struct {
		typ, peer zmq.Type
		id        [][]byte
	}
	for _, c := range []pair{
		{zmq.Push, zmq.Pull, nil}, {zmq.Dealer, zmq.Dealer, nil}, {zmq.Pair, zmq.Pair, nil},
		{zmq.Pub, zmq.Sub, nil}, {zmq.XPub, zmq.Sub, nil},
		{zmq.Router, zmq.Dealer, [][]byte{[]byte("peer")}},
	} {
		t.Run(c.typ.String(), func(t *testing.T) {
			r := newRig(t, false)
			s, p := r.socket(c.typ), r.socket(c.peer)
			err := errors.Join(s.Set(zmq.SendHWM.Of(1)), p.Set(zmq.RecvHWM.Of(1)))
			switch c.typ {
			case zmq.Pub, zmq.XPub:
				err = errors.Join(err, s.Set(zmq.XPubNoDrop.Of(true)), p.Subscribe(""))
			case zmq.Router:
				err = errors.Join(err, p.Set(zmq.RoutingID.Of([]byte("peer"))), s.Set(zmq.SendTimeout.Of(-1)))
			}
			_, binding := s.Bind("inproc://x")
			err = errors.Join(err, binding, p.Connect("inproc://x"))
			if err != nil {
				t.Fatal(err)
			}
			if c.typ == zmq.Pub || c.typ == zmq.XPub {
				if err := s.WaitSubscribers(r.stop, "", 1); err != nil {
					t.Fatal(err)
				}
			}
			with := func(frames ...[]byte) [][]byte { return append(c.id[:len(c.id):len(c.id)], frames...) }
			n := 0
			for ok := true; ok; n++ {
				if ok, err = s.TrySend(with([]byte("sent"))...); err != nil {
					t.Fatal(err)
				}
			}
			for range 3 {
				if err := s.Send(endsWhenWaited(r.stop), with([]byte("given up"), []byte("twice"))...); !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
				if k, err := s.SendMany(endsWhenWaited(r.stop), [][]byte{[]byte("given up")}); c.id == nil && (k != 0 || !errors.Is(err, context.Canceled)) {
					t.Fatal(k, err)
				}
			}
			for range n - 1 {
				if m, err := p.Recv(r.stop); err != nil || string(m.Bytes()) != "sent" {
					t.Fatalf("%q, %v", m, err)
				}
			}
			if m, ok, err := p.TryRecv(); ok || err != nil {
				t.Errorf("sent after all: %q, %v", m, err)
			}
		})
	}
}
