package pattern

import (
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
)

func (r *rig) subscribe(topics ...string) {
	r.t.Helper()
	for _, s := range topics {
		if err := r.pat.out.(Subscriber).Subscribe([]byte(s)); err != nil {
			r.t.Fatal(err)
		}
	}
}

func (r *rig) unsubscribe(topics ...string) {
	r.t.Helper()
	for _, s := range topics {
		if err := r.pat.out.(Subscriber).Unsubscribe([]byte(s)); err != nil {
			r.t.Fatal(err)
		}
	}
}

func TestSubTells(t *testing.T) {
	r := newRig(t, "SUB")
	r.subscribe("b", "a", "b", "")
	a := r.peer("a")
	a.hears(on, on+"a", on+"b") // each once
	r.subscribe("b", "c")
	a.hears(on+"b", on+"c")
	r.unsubscribe("b", "b", "never", "c")
	a.hears(off + "c")
	r.unsubscribe("b")
	a.hears(off + "b")
	if n := r.topics(); n != 2 {
		t.Errorf("%d topics, want 2", n)
	}
	r.refuses("x", errno.ENOTSUP)
	r.canSend(false)
}

// Subscriptions are not lost at the high-water mark.
func TestSubBeyondMark(t *testing.T) {
	r := newRig(t, "SUB")
	r.hwm = 1
	a := r.peer("a")
	r.subscribe("1", "2", "3")
	a.hears(on+"1", on+"2", on+"3")
}

func TestHiccup(t *testing.T) {
	for _, name := range []string{"SUB", "XSUB"} {
		r := newRig(t, name)
		r.hwm = 2
		a := r.peer("a")
		change := func(s string) {
			if name == "XSUB" {
				r.sends(s)
			} else if s[0] == 1 {
				r.subscribe(s[1:])
			} else {
				r.unsubscribe(s[1:])
			}
		}
		change(on + "1")
		change(on + "2")
		a.hears(on+"1", on+"2")
		a.say("1 received")
		change(on + "3")
		change(off + "2")
		change(on + "1")
		r.pat.Hiccup(a.near)
		a.hears(on+"1", on+"3")
		r.gets("1 received")
	}
}

// A full pipe that a hiccup empties takes user messages again.
func TestHiccupUnparks(t *testing.T) {
	r := newRig(t, "XSUB")
	r.hwm = 1
	a := r.peer("a")
	r.sends("1", "2")
	r.pat.Hiccup(a.near)
	r.sends("3")
	a.hears("3")
}

func TestSubFilters(t *testing.T) {
	r := newRig(t, "SUB")
	a, b := r.peer("a"), r.peer("b")
	a.say("nothing subscribed")
	r.gets()
	r.subscribe("go", "x")
	a.say("go", "g", "goal|more", "", "xyz")
	b.say("y|go", "gone", "x")
	r.gets("go", "gone", "goal|more", "x", "xyz")
	r.v.XPub.InvertMatching = true
	a.say("go", "g", "y|go")
	r.gets("g", "y|go")
	r.v.XPub.InvertMatching = false
	a.say("go 1", "no", "go 2")
	if !r.pat.CanRecv() {
		t.Error("CanRecv says no")
	}
	r.unsubscribe("go")
	a.hang()
	r.gets("go 1") // read ahead before the end of the subscription
	r.subscribe("")
	b.say("anything", "")
	r.gets("anything", "")
}

func TestXSub(t *testing.T) {
	r := newRig(t, "XSUB")
	r.hwm = 2
	r.sends(on+"t", on+"t", off+"never", on+"u")
	a := r.peer("a")
	a.hears(on+"t", on+"u")
	r.sends(off+"t", on+"u", "user|message")
	a.hears(on+"u", "user|message")
	r.sends(off+"t", off+"t", "")
	a.hears(off+"t", "")
	a.say("not subscribed")
	r.gets("not subscribed")

	r.sends("1", "2", "3", on+"forced")
	if n := a.near.Dropped.Load(); n != 1 {
		t.Errorf("dropped %d, want 1", n)
	}
	a.hears("1", "2", on+"forced")
	r.canSend(true)
	r.v.XSub.VerboseUnsubs = true
	r.sends(off+"u", off+"u", off+"u")
	a.hears(off+"u", off+"u", off+"u")
	if _, ok := r.pat.out.(Subscriber); ok {
		t.Error("XSUB has SUB's options")
	}
}

func TestXSubMultipart(t *testing.T) {
	r := newRig(t, "XSUB")
	a := r.peer("a")
	r.sends("user|"+on+"t", on+"u|x|"+off+"never|"+off+"t", off+"never|"+off+"never")
	a.hears("user|"+on+"t", on+"u|x|"+off+"t")
	r.v.XPub.OnlyFirst = true
	r.sends("user|"+on+"v|"+off+"never", on+"w|"+on+"x")
	a.hears("user|"+on+"v|"+off+"never", on+"w|"+on+"x")
	if n := r.topics(); n != 3 {
		t.Errorf("%d topics, want u, w, x", n)
	}
}

func TestXSubSendsToAll(t *testing.T) {
	r := newRig(t, "XSUB")
	a, b := r.peer("a"), r.peer("b")
	r.sends(on+"t", "user")
	a.hears(on+"t", "user")
	a.hang()
	r.sends("more")
	b.hears(on+"t", "user", "more")
}

// A SUB looks at what it has unsubscribed from no more, however lately it came.
func TestSubForgetsTheLastTopic(t *testing.T) {
	out, _ := newSub(new(opt.Values))
	s := out.(*sub)
	for _, topic := range []string{"", "a", "abcdefghij"} {
		s.Subscribe([]byte(topic))
		for range 2 {
			if !s.in.Wants([]byte("abcdefghijk")) {
				t.Errorf("%q does not count", topic)
			}
		}
		s.Unsubscribe([]byte(topic))
		if s.in.Wants([]byte("abcdefghijk")) {
			t.Errorf("%q still counts", topic)
		}
	}
	s.Subscribe([]byte("a"))
	s.Subscribe([]byte("b"))
	for i := range 10 {
		if n := i % 3; s.in.Wants([]byte{"abc"[n]}) != (n < 2) {
			t.Errorf("message %d", i)
		}
	}
}
