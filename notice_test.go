package zmq_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq"
)

// Fault C19: a program can tell that a peer has come from that it has gone, and both
// from what the peer has sent, whose frames are the same.
func TestNotices(t *testing.T) {
	for _, at := range []string{"tcp://127.0.0.1:*", "ipc://*", "inproc://x"} {
		r := newRig(t, false)
		router := r.socket(zmq.Router)
		if err := router.Set(zmq.RouterNotify.Of(zmq.PeerCame|zmq.PeerGone), zmq.DisconnectMessage.Of([]byte("bye"))); err != nil {
			t.Fatal(err)
		}
		addr, err := router.Bind(at)
		if err != nil {
			t.Fatal(err)
		}
		dealer := r.socket(zmq.Dealer)
		if err := dealer.Set(zmq.RoutingID.Of([]byte("peer"))); err != nil {
			t.Fatal(err)
		}
		if err := dealer.Connect(addr); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := dealer.Send(r.stop, nil); err != nil {
				t.Fatal(err)
			}
		}
		if err := dealer.Close(); err != nil {
			t.Fatal(err)
		}
		want := []string{"came ", "none ", "none ", "gone ", "gone bye"}
		if at == "inproc://x" {
			want = []string{"none ", "none ", "gone bye"}
		}
		for _, w := range want {
			m, err := router.Recv(r.stop)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(m.Notice(), " ", string(m.Last())); got != w || m.Len() != 2 || string(m.Bytes()) != "peer" || string(m.Peer().RoutingID) != "peer" {
				t.Errorf("%s: %q of %d frames, of %+v; want %q", at, got, m.Len(), m.Peer(), w)
			}
		}
	}
}

// Fault C19: the same of a Stream, and of a Dealer whose connection was lost.
func TestOtherNotices(t *testing.T) {
	r := newRig(t, false)
	stream := r.socket(zmq.Stream)
	addr, err := stream.Bind("tcp://127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	dealer, router := r.socket(zmq.Dealer), r.socket(zmq.Router)
	if err := dealer.Set(zmq.HiccupMessage.Of([]byte("hiccup")), zmq.ReconnectStop.Of(zmq.StopOnRefusal)); err != nil {
		t.Fatal(err)
	}
	at, err := router.Bind("tcp://127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	if err := dealer.Connect(at); err != nil {
		t.Fatal(err)
	}
	if err := router.WaitConnected(r.stop, 1); err != nil {
		t.Fatal(err)
	}
	router.Close()
	if m, err := dealer.Recv(r.stop); err != nil || string(m.Bytes()) != "hiccup" || m.Notice() != zmq.PeerGone {
		t.Errorf("%q, %v, %v", m, m.Notice(), err)
	}
	c, err := net.Dial("tcp", strings.TrimPrefix(addr, "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	for _, w := range []struct {
		n    zmq.Notice
		text string
	}{{zmq.PeerCame, ""}, {0, "x"}, {zmq.PeerGone, ""}} {
		m, err := stream.Recv(r.stop)
		if err != nil || m.Notice() != w.n || string(m.Last()) != w.text {
			t.Errorf("%q, %v, %v; want %q, %v", m.Last(), m.Notice(), err, w.text, w.n)
		}
		if w.text == "x" {
			c.Close()
		}
	}
	if n := (zmq.Message{}).Notice(); n != 0 {
		t.Error(n)
	}
}

// Fault C19: an address has one form, wherever it is told.
func TestAddressesHaveOneForm(t *testing.T) {
	for _, at := range []string{"tcp://127.0.0.1:*", "tcp://[::1]:*", "ipc://*"} {
		r := newRig(t, false)
		pull, push := r.socket(zmq.Pull), r.socket(zmq.Push)
		asked := make(chan zmq.AuthRequest, 1)
		err := pull.Set(zmq.Authenticate(zmq.AuthFunc(func(_ context.Context, q zmq.AuthRequest) (zmq.Identity, error) {
			asked <- q
			return zmq.Identity{}, nil
		})))
		if err != nil {
			t.Fatal(err)
		}
		addr, err := pull.Bind(at)
		if err != nil {
			t.Fatal(err)
		}
		events := push.Monitor().Events(r.stop)
		if err := push.Connect(addr); err != nil {
			t.Fatal(err)
		}
		if err := push.Send(r.stop, nil); err != nil {
			t.Fatal(err)
		}
		m, err := pull.Recv(r.stop)
		if err != nil {
			t.Fatal(err)
		}
		q, p := <-asked, m.Peer()
		scheme := at[:strings.Index(at, ":")]
		if p.Local != addr || q.Local != p.Local || q.Remote != p.Remote || !strings.HasPrefix(p.Remote, scheme+"://") {
			t.Errorf("the message is from %q at %q, the request from %q at %q; bound is %q", p.Remote, p.Local, q.Remote, q.Local, addr)
		}
		for info := range push.Peers() {
			if info.Remote != addr || info.Local != p.Remote {
				t.Errorf("Peers tells of %q and %q; want %q and %q", info.Local, info.Remote, p.Remote, addr)
			}
		}
		for ev := range events {
			if ev.Kind == zmq.EventHandshakeDone {
				if ev.Remote != addr || ev.Local != p.Remote || ev.Peer.Remote != ev.Remote || ev.Peer.Local != ev.Local {
					t.Errorf("the event is of %q and %q, its peer of %q and %q", ev.Local, ev.Remote, ev.Peer.Local, ev.Peer.Remote)
				}
				break
			}
		}
	}
}
