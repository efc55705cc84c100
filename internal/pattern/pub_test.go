package pattern

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
)

const (
	on  = "\x01"
	off = "\x00"
)

// Rules that PUB and XPUB share.
func eachPublisher(t *testing.T, f func(t *testing.T, r *rig)) {
	for _, name := range []string{"PUB", "XPUB"} {
		t.Run(name, func(t *testing.T) { f(t, newRig(t, name)) })
	}
}

func TestPublish(t *testing.T) {
	eachPublisher(t, func(t *testing.T, r *rig) {
		r.sends("nobody is there")
		a, b, c := r.peer("a"), r.peer("b"), r.peer("c")
		a.say(on+"go", on+"goal", on+"") // several prefixes match: once
		b.say(on + "goal")
		r.sends("goal|more", "go", "g", "")
		a.hears("goal|more", "go", "g", "")
		b.hears("goal|more")
		c.hears()
		a.say(off, off+"go")
		b.say(off+"other", off+"go", off+"goals")
		r.sends("goal 2", "go")
		a.hears("goal 2")
		b.hears("goal 2")
		a.hang()
		r.sends("goal 3")
		b.hears("goal 3")
		n := r.topics()
		b.hang()
		if m := r.topics(); n != 1 || m != 0 {
			t.Errorf("%d, then %d topics, want 1, 0", n, m)
		}
		r.canSend(true)
	})
}

// A peer's subscriptions are a set.
func TestSubscribeTwice(t *testing.T) {
	eachPublisher(t, func(t *testing.T, r *rig) {
		a := r.peer("a").say(on+"t", on+"t", off+"t")
		r.sends("t")
		a.hears()
	})
}

func TestPubEarlyInput(t *testing.T) {
	eachPublisher(t, func(t *testing.T, r *rig) {
		f := r.offer("a")
		f.end.Send(&msg.Message{Frames: split(on + "t")})
		if err := r.pat.Attach(f.near); err != nil {
			t.Fatal(err)
		}
		r.sends("t")
		f.hears("t")
	})
}

func TestPubFull(t *testing.T) {
	eachPublisher(t, func(t *testing.T, r *rig) {
		r.hwm = 4
		a := r.peer("a").say(on)
		r.hwm = 1000
		b := r.peer("b").say(on)
		r.sends("1", "2", "3", "4", "5", "6")
		if n := a.near.Dropped.Load(); n != 2 {
			t.Errorf("dropped %d, want 2", n)
		}
		// One message read is not the low-water mark: it stays parked.
		if got := a.hear(1); got[0] != "1" {
			t.Errorf("heard %q", got)
		}
		r.sends("7")
		if got := a.hear(1); got[0] != "2" {
			t.Errorf("heard %q", got)
		}
		r.sends("8", "9", "10")
		a.hears("3", "4", "8", "9")
		b.hears("1", "2", "3", "4", "5", "6", "7", "8", "9", "10")
	})
}

func TestPubNoDrop(t *testing.T) {
	eachPublisher(t, func(t *testing.T, r *rig) {
		r.v.XPub.NoDrop = true
		r.hwm = 1
		a, b := r.peer("a").say(on+"a"), r.peer("b").say(on)
		admit := r.pat.Admit
		r.sends("a1")
		b.hears("a1")
		r.refuses("a2", errno.EAGAIN)
		if err := admit([]byte("a2")); !errors.Is(err, errno.EAGAIN) {
			t.Errorf("Admit = %v", err)
		}
		b.hears() // nobody got it
		if err := admit([]byte("b1")); err != nil {
			t.Errorf("Admit = %v", err)
		}
		r.sends("b1")
		b.hears("b1")
		r.canSend(true)
		a.hears("a1")
		r.sends("a2")
		a.hears("a2")
		b.hears("a2")
	})
}

func TestPubInvert(t *testing.T) {
	eachPublisher(t, func(t *testing.T, r *rig) {
		r.v.XPub.InvertMatching = true
		a, b := r.peer("a").say(on+"a"), r.peer("b").say(on+"b")
		r.sends("a1", "b1", "c1")
		a.hears("b1", "c1")
		b.hears("a1", "c1")
		if n := r.pat.out.(Publisher).Subscribers([]byte("a")); n != 1 {
			t.Errorf("%d subscribers, want 1", n)
		}
	})
}

func TestSubscribers(t *testing.T) {
	eachPublisher(t, func(t *testing.T, r *rig) {
		count := r.pat.out.(Publisher).Subscribers
		r.peer("a").say(on+"go", on+"g")
		r.peer("b").say(on + "goal")
		for topic, want := range map[string]int{"": 0, "g": 1, "go": 1, "goal": 2, "goals": 2, "x": 0} {
			if n := count([]byte(topic)); n != want {
				t.Errorf("Subscribers(%q) = %d, want %d", topic, n, want)
			}
		}
	})
}

func TestWelcome(t *testing.T) {
	eachPublisher(t, func(t *testing.T, r *rig) {
		r.peer("a").hears()
		r.v.XPub.WelcomeMsg = []byte("hello")
		r.peer("b").hears("hello")
	})
}

// A large frame is copied once for all who get it, and the caller may change
// his own at once.
func TestPubLarge(t *testing.T) {
	eachPublisher(t, func(t *testing.T, r *rig) {
		body := bytes.Repeat([]byte("x"), 2*msg.LargeFrame)
		var got [3]msg.Message
		var fars [3]*far
		for i := range fars {
			fars[i] = r.peer("").say(on)
		}
		if err := r.pat.Send(&msg.Message{Frames: [][]byte{[]byte("t"), body}}); err != nil {
			t.Fatal(err)
		}
		body[0] = 'y'
		for i, f := range fars {
			if !f.end.Recv(&got[i]) || got[i].Frames[1][0] != 'x' {
				t.Fatalf("peer %d received %d frames", i, len(got[i].Frames))
			}
		}
		if &got[0].Frames[1][0] != &got[2].Frames[1][0] {
			t.Error("the peers' copies are not shared")
		}
	})
}

func TestPubIsDeaf(t *testing.T) {
	r := newRig(t, "PUB")
	r.v.XPub.Manual, r.v.XPub.VerboseSubs = true, true // XPUB's alone
	a := r.peer("a").say(on+"t", "user message", on+"t|x")
	r.blind(errno.ENOTSUP)
	r.sends("t")
	a.hears("t")
	if _, ok := r.pat.out.(Subscriber); ok {
		t.Error("PUB lets its user subscribe")
	}
}

func TestXPubHears(t *testing.T) {
	r := newRig(t, "XPUB")
	r.blind(errno.EAGAIN)
	a, b := r.peer("a"), r.peer("b")
	a.say(on+"t", on+"t", on)
	b.say(on+"t", "user|message", "", "|x")
	r.gets(on+"t", on, "user|message", "", "|x")
	b.say(off+"never", off+"t")
	r.gets(off + "never") // a still wants t
	a.say(off + "t")
	r.gets(off + "t")
	a.hang()
	r.gets(off)
	b.hang()
	r.gets()
	if err := r.pat.out.(Subscriber).Subscribe(nil); !errors.Is(err, errno.EINVAL) {
		t.Errorf("Subscribe = %v, want EINVAL", err)
	}
	if err := r.pat.out.(Subscriber).Unsubscribe(nil); !errors.Is(err, errno.EINVAL) {
		t.Errorf("Unsubscribe = %v, want EINVAL", err)
	}
}

func TestXPubPeer(t *testing.T) {
	r := newRig(t, "XPUB")
	a := r.peer("a").say(on+"t", "user")
	a.hang()
	for _, want := range []string{"a", "a", ""} {
		var m msg.Message
		if err := r.pat.Recv(&m); err != nil {
			t.Fatal(err)
		}
		got := ""
		if m.Peer != nil {
			got = string(m.Peer.RoutingID)
		}
		if got != want {
			t.Errorf("%q came from %q, want %q", m.Frames, got, want)
		}
	}
}

func TestXPubVerbose(t *testing.T) {
	r := newRig(t, "XPUB")
	r.v.XPub.VerboseSubs = true
	a, b := r.peer("a"), r.peer("b")
	a.say(on+"t", on+"t")
	b.say(on+"t", off+"t")
	r.gets(on+"t", on+"t", on+"t")
	r.v.XPub.VerboseUnsubs = true
	b.say(on + "t")
	a.say(on + "u")
	b.say(off + "t")
	r.gets(on+"t", on+"u", off+"t")
	b.say(on + "t")
	b.hang()
	r.gets(on+"t", off+"t") // a wants it still
	a.hang()
	r.gets(off+"t", off+"u")
}

func TestXPubMultipart(t *testing.T) {
	r := newRig(t, "XPUB")
	a := r.peer("a")
	a.say("user|"+on+"t|more", on+"u|x|"+on+"v")
	r.gets(on+"t", "user|more", on+"u", on+"v", "x")
	r.v.XPub.OnlyFirst = true
	a.say("user|"+on+"w|more", on+"x|y|"+on+"z")
	r.gets("user|"+on+"w|more", on+"x", on+"z", "y")
	r.sends("w", "z")
	a.hears("z")
}

func TestXPubManual(t *testing.T) {
	r := newRig(t, "XPUB")
	r.v.XPub.Manual = true
	s := r.pat.out.(Subscriber)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Subscribe([]byte("nobody yet")))
	a, b := r.peer("a"), r.peer("b")
	a.say(on+"x", on+"x")
	b.say("user", on+"x")
	r.sends("x", "A")
	a.hears()

	for _, want := range []string{on + "x", on + "x", "user"} {
		if got, err := r.recv(); got != want || err != nil {
			t.Fatalf("Recv = %q, %v, want %q", got, err, want)
		}
	}
	must(s.Subscribe([]byte("B"))) // for the peer of the user message
	r.gets(on + "x")
	r.sends("A", "B", "x")
	a.hears()
	b.hears("B")

	a.say(off + "y")
	r.gets(off + "y")
	must(s.Subscribe([]byte("A")))
	must(s.Subscribe([]byte("AA")))
	must(s.Unsubscribe([]byte("AA")))
	must(s.Unsubscribe([]byte("never")))
	r.sends("AA", "B")
	a.hears("AA")
	b.hears("B")

	// A peer that goes gives back what it had asked for, and loses what it
	// was given.
	a.hang()
	must(s.Subscribe([]byte("gone")))
	r.gets(off + "x")
	must(s.Subscribe([]byte("gone")))
	if n := r.topics(); n != 1 {
		t.Errorf("%d topics, want B alone", n)
	}
	b.say(on + "late")
	b.hang()
	r.recv()
	must(s.Subscribe([]byte("gone"))) // its peer has gone since
	if n := r.topics(); n != 0 {
		t.Errorf("%d topics, want none", n)
	}
}

func TestXPubLastValue(t *testing.T) {
	r := newRig(t, "XPUB")
	r.v.XPub.ManualLastValue = true
	s := r.pat.out.(Subscriber)
	join := func(id string) *far {
		f := r.peer(id).say(on + "t")
		r.gets(on + "t")
		if err := s.Subscribe([]byte("t")); err != nil {
			t.Fatal(err)
		}
		return f
	}
	a := join("a")
	r.sends("t1", "t2")
	a.hears("t1", "t2")
	b := join("b")
	r.sends("t cached", "t3")
	b.hears("t cached", "t3")
	a.hears("t3")
	c := join("c")
	r.sends("other", "t4") // the first does not match, and counts
	c.hears("t4")
	b.hears("t4")

	r.v.XPub.NoDrop = true
	r.hwm = 1
	d := join("d")
	r.sends("t5")
	d.say(on + "u")
	r.gets(on + "u")
	r.refuses("t6", errno.EAGAIN)
	if err := r.pat.Admit([]byte("t6")); !errors.Is(err, errno.EAGAIN) {
		t.Errorf("Admit = %v", err)
	}
	d.hears("t5")
	a.hear(0)
	r.sends("t6") // still for d alone
	d.hears("t6")
	a.hears()
	d.say(on + "v")
	r.gets(on + "v")
	d.hang()
	r.hwm = 1000
	r.sends("t7")
	a.hears("t7")
}

// What nobody receives must not grow without end, but for subscriptions, which
// must not be lost.
func TestXPubBoundsTalk(t *testing.T) {
	r := newRig(t, "XPUB")
	r.v.Pipe.RecvHWM = 3
	a := r.peer("a")
	for i := range 10 {
		a.say(fmt.Sprint(i), on+fmt.Sprint("t", i))
	}
	r.gets("0", on+"t0", "1", on+"t1", "2", on+"t2", on+"t3", on+"t4", on+"t5", on+"t6", on+"t7", on+"t8", on+"t9")
	a.say("again")
	r.gets("again")
}

func TestPublishAllocatesNothing(t *testing.T) {
	r := newRig(t, "PUB")
	p := r.pat.out.(*publisher)
	for i := range 50 {
		r.peer("").say(on+"topic", on+fmt.Sprint("topic", i))
	}
	first := []byte("topic7 and more")
	p.match(first)
	if n := testing.AllocsPerRun(100, func() { p.match(first) }); n != 0 {
		t.Errorf("%v allocations a message", n)
	}
	if len(p.out.matched) != 50 {
		t.Errorf("%d matched", len(p.out.matched))
	}
}
