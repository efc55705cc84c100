package pattern

import (
	"slices"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/pipe"
)

// moved checks who came to wait or was let in since the last call.
func (r *rig) moved(want ...*far) {
	r.t.Helper()
	var ends []*pipe.End
	for _, f := range want {
		ends = append(ends, f.near)
	}
	if got := r.pat.out.(Doorkeeper).Moved(); !slices.Equal(got, ends) {
		r.t.Errorf("%d have moved, want %d", len(got), len(ends))
	}
}

func (f *far) waits(want bool) {
	f.r.t.Helper()
	if f.near.AtDoor != want {
		f.r.t.Errorf("waiting: %v, want %v", f.near.AtDoor, want)
	}
}

// Fault B3: who had no place was refused, and what it had sent was lost. Now it
// waits, with all it has sent, and gets the place that becomes free, in turn.
func TestPairDoor(t *testing.T) {
	r := newRig(t, "PAIR")
	a, b, c, d := r.peer("a"), r.peer("b"), r.peer("c"), r.peer("d")
	r.moved(b, c, d)
	b.say("b1", "b2|x")
	d.say("d1")
	r.sends("to a")
	r.gets()
	a.say("a1")
	c.hang() // gives up
	r.moved()
	a.hears("to a")
	a.hang()
	r.moved(b)
	b.waits(false)
	d.waits(true)
	r.gets("a1", "b1", "b2|x")
	r.sends("to b")
	b.hears("to b")
	b.hang()
	r.gets("d1")
	d.hears()
	d.hang()
	r.canSend(false)
	if p := r.pat.out.(*pair); len(p.ends)+len(p.waiting) != 0 {
		t.Errorf("%d peers kept, %d places", len(p.ends), len(p.waiting))
	}
}

// Fault B3: a routing id that is taken.
func TestRouterDoor(t *testing.T) {
	r := newRig(t, "ROUTER")
	a, b, other := r.peer("x"), r.peer("x"), r.peer("y")
	chosen := r.offer("z") // a chosen name that was taken meanwhile
	chosen.near.ID = "x"
	if err := r.pat.Attach(chosen.near); err != nil {
		t.Fatal(err)
	}
	r.moved(b, chosen)
	b.say("b1")
	chosen.say("c1")
	a.say("a1")
	other.say("y1")
	r.gets("x|a1", "y|y1")
	r.sends("x|for a")
	b.hears()
	a.hears("for a")
	other.hang()
	b.waits(true)
	a.say("a2")
	a.hang()
	r.moved(b)
	r.gets("x|a2", "x|b1")
	r.sends("x|for b")
	b.hears("for b")
	b.hang()
	r.gets("x|c1")
	r.sends("x|for the chosen", "z|nothing")
	chosen.hears("for the chosen")
	chosen.hang()
	if n := r.pat.out.(*router); len(n.peers)+len(n.waiting) != 0 {
		t.Errorf("%d peers kept, %d places", len(n.peers), len(n.waiting))
	}
}

// Fault B21: with ROUTER_HANDOVER the older of two live peers lost its connection,
// and took the name back when it had connected again. Now it waits, and has the
// name back when the newer one has gone. What it had sent before is received under
// another name, what it sends while it waits once it has its name.
func TestHandover(t *testing.T) {
	r := newRig(t, "ROUTER")
	r.v.Router.Handover = true
	old := r.peer("a")
	old.say("old1", "old2", "old|3")
	if got, err := r.recv(); got != "a|old1" {
		t.Fatalf("Recv = %q, %v", got, err)
	}
	r.sends("a|to old")
	fresh := r.peer("a")
	r.moved(old)
	old.waits(true)
	fresh.waits(false)
	r.sends("a|to new")
	old.hears("to old")
	fresh.hears("to new")
	old.say("while it waits")
	fresh.say("hello")
	for _, want := range []string{"|old2", "|old|3"} {
		got, _ := r.recv()
		if got == "a|hello" {
			got, _ = r.recv()
		}
		if len(got) != len("01234")+len(want) || got[0] != 0 || !strings.HasSuffix(got, want) {
			t.Errorf("Recv = %q, want a new name and %q", got, want)
		}
	}
	for {
		if got, err := r.recv(); err != nil {
			break
		} else if got != "a|hello" {
			t.Errorf("Recv = %q", got)
		}
	}
	third := r.peer("a")
	r.moved(fresh)
	third.hang()
	r.moved(fresh) // the newest of those that are left
	r.sends("a|again")
	fresh.hears("again")
	fresh.hang()
	r.moved(old)
	r.gets("a|while it waits")
	r.sends("a|back")
	old.hears("back")
	old.hang()
	n := r.pat.out.(*router)
	if len(n.peers)+len(n.waiting)+len(n.in.ends) != 0 {
		t.Errorf("%d peers kept, %d places, %d to be received from", len(n.peers), len(n.waiting), len(n.in.ends))
	}
}

// Fault B21: a displaced peer that had its name back was received from in turns with
// what it had sent before, which was still there: its messages came in another order.
func TestHandoverKeepsOrder(t *testing.T) {
	r := newRig(t, "ROUTER")
	r.v.Router.Handover = true
	old := r.peer("a")
	old.say("1", "2", "3")
	r.peer("a").hang()
	old.say("4", "5")
	fresh := r.peer("a")
	old.say("6", "7")
	fresh.hang()
	r.peer("a").hang() // nothing new comes in meanwhile
	old.say("8")
	r.peer("a").hang()
	old.waits(false)
	old.say("9")
	other := r.peer("b")
	other.say("other", "other", "other")
	if n := r.pat.in.Counts().Waiting; n != 12 {
		t.Errorf("%d messages to be received, want 12", n)
	}
	var got []string
	for m, err := r.recv(); err == nil; m, err = r.recv() {
		if i := strings.LastIndex(m, "|"); m[i+1:] != "other" {
			got = append(got, m[i+1:])
		}
	}
	if want := strings.Split("123456789", ""); !slices.Equal(got, want) {
		t.Errorf("received %q, want %q", got, want)
	}
	old.hang()
	other.hang()
	n := r.pat.out.(*router)
	if len(n.peers)+len(n.waiting)+len(n.in.ends)+len(n.pasts) != 0 {
		t.Errorf("%d peers kept, %d places, %d to be received from, %d pasts", len(n.peers), len(n.waiting), len(n.in.ends), len(n.pasts))
	}
}

// A name that the program gave STREAM, and that is free only later.
func TestStreamDoor(t *testing.T) {
	r := newRig(t, "STREAM")
	var f [2]*far
	for i := range f {
		f[i] = r.offer("")
		f[i].near.ID = "conn"
		if err := r.pat.Attach(f[i].near); err != nil {
			t.Fatal(err)
		}
	}
	r.moved(f[1])
	f[1].say("early")
	r.gets()
	r.sends("conn|") // closes the first
	r.moved(f[1])
	r.gets("conn|early")
	r.sends("conn|x")
	f[1].hears("x")
	f[0].hang()
	f[1].hang()
	if n := r.pat.out.(*stream); len(n.peers)+len(n.waiting) != 0 {
		t.Errorf("%d peers kept, %d places", len(n.peers), len(n.waiting))
	}
}
