package engine

import (
	"slices"
	"testing"

	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/zmtp"
)

// What is said first comes before what was queued, to a peer of any version, on
// each connection once.
func TestHello(t *testing.T) {
	cfg := config()
	cfg.Hello = []byte("hello")
	s := newSock(t, pipe.Marks{Send: 1})
	s.send("queued")
	r := start(t, cfg, s)
	p := r.shake()
	for _, want := range []string{"hello", "queued"} {
		if m, err := p.Recv(); err != nil || len(m) != 1 || string(m[0]) != want {
			t.Fatalf("received %q, %v; want %q", m, err, want)
		}
	}
	r.conn.Close()
	r.over()

	s.send("later")
	r = start(t, cfg, s)
	r.write([]byte{1, 0}) // a peer of ZMTP 1.0 without a name
	r.wantBytes("signature and name", zmtp.AppendSignature(nil, 0))
	r.wantBytes("first to ZMTP 1.0", []byte("\x06\x00hello\x06\x00later"))
	r.conn.Close()
	r.over()
}

// A hello that is lost with its connection is not kept for the next, which has
// its own; what is behind it is.
func TestHelloBroken(t *testing.T) {
	cfg := config()
	cfg.Hello = []byte("hello")
	run := func(takes int) (said int, left []string) {
		s := newSock(t, pipe.Marks{})
		s.send("queued")
		c := newScript(testutil.Greeting(), testutil.Ready("DEALER"))
		c.hold, c.takes = true, takes
		if takes < 0 {
			s.close()
		}
		Run(c, cfg, s.ready)
		return len(c.out), s.queued()
	}
	all, left := run(-1)
	if len(left) > 0 {
		t.Fatalf("%q is queued after all was sent", left)
	}
	for at := all - len("..hello..queued"); at < all; at++ {
		if _, left := run(at); !slices.Equal(left, []string{"queued"}) {
			t.Errorf("broken at %d of %d: %q is queued", at, all, left)
		}
	}
}

// What the socket is told itself comes before and behind all that the peer sent
// whole, whether or not there is room.
func TestCameAndGone(t *testing.T) {
	cfg := config()
	cfg.Came = [][]byte{{}, []byte("came")}
	cfg.Gone = [][]byte{{}, []byte("gone")}
	r := start(t, cfg, newSock(t, pipe.Marks{Recv: 1}))
	r.shake()
	half := zmtp.AppendFrame(nil, zmtp.FlagMore, []byte("half"))
	for range 2 {
		if got := r.recv(); got != "" && got != "came" {
			t.Fatalf("received %q first", got)
		}
	}
	r.write(zmtp.AppendFrame(nil, 0, []byte("whole")), half)
	r.conn.Close()
	for _, want := range []string{"whole", "", "gone"} {
		if got := r.recv(); got != want {
			t.Errorf("received %q, want %q", got, want)
		}
	}
	r.wantEnd(errClosedByPeer, "")
	if more := r.all(); len(more) > 0 {
		t.Errorf("and %q", more)
	}
}
