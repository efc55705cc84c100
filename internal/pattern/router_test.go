package pattern

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

func TestRouter(t *testing.T) {
	r := newRig(t, "ROUTER")
	a, b := r.peer("a"), r.peer("b")
	a.say("1", "2|more")
	b.say("")
	r.gets("a|1", "b|", "a|2|more")
	r.sends("a|x", "b|", "b||y", "nobody|z", "a", "")
	a.hears("x")
	b.hears("", "|y")
	r.canSend(true)
	a.say("last")
	a.hang()
	r.gets("a|last")
	f := r.pat.out.(*router)
	if f.find([]byte("a")) != nil || f.find([]byte("b")) == nil {
		t.Error("the wrong peers are known")
	}
	r.peer("a").say("again")
	r.gets("a|again")
}

func TestRouterDrops(t *testing.T) {
	r := newRig(t, "ROUTER")
	r.hwm = 2
	a := r.peer("a")
	r.sends("a|1", "a|2", "a|3", "a|4")
	if n := a.near.Dropped.Load(); n != 2 {
		t.Errorf("dropped %d, want 2", n)
	}
	a.hears("1", "2")
	r.sends("a|5")
	a.hears("5")
}

func TestRouterMandatory(t *testing.T) {
	r := newRig(t, "ROUTER")
	r.v.Router.Mandatory = true
	admit := r.pat.Admit
	r.canSend(false)
	r.refuses("a|x", errno.EHOSTUNREACH)
	r.sends("a")
	if err := admit([]byte("a")); !errors.Is(err, errno.EHOSTUNREACH) {
		t.Errorf("Admit = %v", err)
	}
	r.hwm = 1
	a, b := r.peer("a"), r.peer("b")
	r.sends("a|1")
	r.refuses("a|2", errno.EAGAIN)
	if err := admit([]byte("a")); !errors.Is(err, errno.EAGAIN) {
		t.Errorf("Admit = %v", err)
	}
	r.canSend(true)
	r.sends("b|1")
	r.canSend(false)
	b.hears("1")
	r.canSend(true)
	if err := admit([]byte("b")); err != nil {
		t.Errorf("Admit = %v", err)
	}
	a.hang()
	r.refuses("a|2", errno.EHOSTUNREACH)
	r.v.Router.Mandatory = false
	if err := admit([]byte("a")); err != nil {
		t.Errorf("Admit = %v", err)
	}
}

func TestAutoIDs(t *testing.T) {
	for _, name := range []string{"ROUTER", "STREAM"} {
		r := newRig(t, name)
		// Not by chance, which may choose what parts frames in these tests.
		switch p := r.pat.out.(type) {
		case *router:
			p.next = 1 << 24
		case *stream:
			p.next = 1 << 24
		}
		var ids [2]uint32
		for i := range ids {
			f := r.peer("")
			f.say("x")
			got, _ := r.recv()
			if len(got) != 7 || got[0] != 0 || !strings.HasSuffix(got, "|x") {
				t.Fatalf("%s: Recv = %q", name, got)
			}
			ids[i] = binary.BigEndian.Uint32([]byte(got[1:]))
			if f.near.ID != got[:5] {
				t.Errorf("%s: End.ID = %q", name, f.near.ID)
			}
			r.sends(got[:5] + "|y")
			f.hears("y")
		}
		if ids[1] != ids[0]+1 {
			t.Errorf("%s: ids %d, %d do not follow one another", name, ids[0], ids[1])
		}
	}
}

// A peer may have called itself what would be the next automatic id.
func TestAutoIDTaken(t *testing.T) {
	r := newRig(t, "ROUTER")
	n := &r.pat.out.(*router).names
	n.next = 5
	r.peer("\x00\x00\x00\x00\x05")
	if f := r.peer(""); f.near.ID != "\x00\x00\x00\x00\x06" {
		t.Errorf("id %q", f.near.ID)
	}
}

func TestConnectRoutingID(t *testing.T) {
	r := newRig(t, "ROUTER")
	r.v.Router.Handover = true
	f := r.offer("own name")
	f.near.ID = "chosen"
	if err := r.pat.Attach(f.near); err != nil {
		t.Fatal(err)
	}
	r.sends("chosen|x", "own name|y")
	f.hears("x")
	g := r.connecting("chosen")
	if err := r.pat.Attach(g.near); !errors.Is(err, errno.EADDRINUSE) {
		t.Errorf("Attach = %v, want EADDRINUSE", err)
	}
	r.sends("chosen|z")
	f.hears("z")
}

// The user may write into what it received.
func TestRouterIDFrame(t *testing.T) {
	r := newRig(t, "ROUTER")
	r.peer("a").say("1")
	var e *pipe.End = r.pat.out.(*router).peers["a"]
	if tag := e.Tag.([]byte); string(tag) != "a" {
		t.Fatalf("tag %q", tag)
	}
	r.gets("a|1")
	e.Tag.([]byte)[0] = 'z'
	r.sends("a|x")
	if r.pat.out.(interface{ find([]byte) *pipe.End }).find([]byte("z")) != nil {
		t.Error("a received frame renamed the peer")
	}
}

// With ROUTER_RAW an empty body closes, what was received stays, and nobody is
// called by that name again.
func TestRouterRaw(t *testing.T) {
	r := newRig(t, "ROUTER")
	r.v.Router.Raw = true
	a := r.peer("a")
	a.say("in")
	r.sends("a|out", "nobody|", "a")
	r.refuses("a|x|y", errno.EINVAL)
	r.sends("a|")
	a.hears("out")
	r.gets("a|in")
	if !a.near.Closed() {
		t.Error("not closed")
	}
	var late pipe.Run
	late.Add([]byte{0, 1, 'x'}, 1, nil)
	if a.end.Publish(&late) {
		t.Error("what comes after it was closed is taken")
	}
	r.sends("a|too late")
	a.hears()
}

func TestStream(t *testing.T) {
	r := newRig(t, "STREAM")
	r.hwm = 2
	f := r.offer("")
	f.near.ID = "conn"
	if err := r.pat.Attach(f.near); err != nil {
		t.Fatal(err)
	}
	dup := r.connecting("conn")
	if err := r.pat.Attach(dup.near); !errors.Is(err, errno.EADDRINUSE) {
		t.Errorf("Attach = %v, want EADDRINUSE", err)
	}
	if id := string(r.v.Wire.RoutingID); id != "conn" {
		t.Errorf("ROUTING_ID is %q", id)
	}
	f.say("", "in")
	r.gets("conn|", "conn|in")
	r.sends("conn", "conn|1", "conn|2")
	r.canSend(true)
	r.refuses("conn|3", errno.EAGAIN)
	r.refuses("other|x", errno.EHOSTUNREACH)
	r.refuses("conn|x|y", errno.EINVAL)
	if err := r.pat.Admit([]byte("other")); !errors.Is(err, errno.EHOSTUNREACH) {
		t.Errorf("Admit = %v", err)
	}
	f.say("unread")
	r.sends("conn|") // closes, after what is queued
	r.gets()
	f.hears("1", "2")
	if !f.end.Ended() {
		t.Error("the connection is not closed")
	}
	r.refuses("conn|4", errno.EHOSTUNREACH)
	if f.end.Send(&msg.Message{Frames: split("still talking")}) {
		t.Error("what it says on is kept for nobody")
	}
	r.gets()
	f.hang()
	r.gets()
}
