package pattern

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
)

func (n *notes) count() (k int) {
	for x := n.first; x != nil; x = x.next {
		k++
	}
	return k
}

// Fault B6: what an XPUB's user is to hear does not grow while it receives nothing
// and peers subscribe, cancel, come and go; and when it receives, it learns what is
// so.
func TestXPubNotesAreBounded(t *testing.T) {
	const hwm, topics = 10, 5
	for name, set := range map[string]func(*opt.XPub){
		"plain":    func(*opt.XPub) {},
		"verbose":  func(x *opt.XPub) { x.VerboseSubs = true },
		"verboser": func(x *opt.XPub) { x.VerboseSubs, x.VerboseUnsubs = true, true },
		"manual":   func(x *opt.XPub) { x.Manual = true },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "XPUB")
			set(&r.v.XPub)
			r.v.Pipe.RecvHWM = hwm
			x := r.pat.out.(*xpub)
			each := name == "manual" || name == "verboser"
			peers := make([]*far, 3)
			wants := make(map[[2]int]bool) // peer, topic
			told := make(map[string]int)
			tell := func() {
				for r.pat.CanRecv() {
					text, err := r.recv()
					if err != nil {
						t.Fatal(err)
					}
					switch topic := text[1:]; {
					case !each:
						told[topic] = int(text[0])
					case text[0] == 1:
						told[topic]++
					default:
						told[topic]--
					}
				}
			}
			for i := range peers {
				peers[i] = r.peer("")
			}
			for i := range 5_000 {
				p := rand.IntN(len(peers))
				k := rand.IntN(topics)
				at := [2]int{p, k}
				switch {
				case i%50 == 0:
					peers[p].hang()
					for k := range topics {
						delete(wants, [2]int{p, k})
					}
					peers[p] = r.peer("")
				case wants[at]:
					peers[p].say(off + fmt.Sprint(k))
					delete(wants, at)
				default:
					peers[p].say(on + fmt.Sprint(k))
					wants[at] = true
				}
				if i%1000 == 999 {
					tell()
				}
				if n := x.heard.count(); n > hwm+2*topics*len(peers)*2 {
					t.Fatalf("%d messages wait after %d changes", n, i)
				}
			}
			tell()
			for k := range topics {
				n := 0
				for p := range peers {
					if wants[[2]int{p, k}] {
						n++
					}
				}
				got := told[fmt.Sprint(k)]
				if each && got != n || !each && (got > 0) != (n > 0) {
					t.Errorf("topic %d: told %d, and %d want it", k, got, n)
				}
			}
			if x.heard.changes != (kept{}) || len(x.heard.late) != 0 || x.heard.last != nil {
				t.Errorf("%+v of changes and %d late ones are counted when none is left", x.heard.changes, len(x.heard.late))
			}
		})
	}
}

// Fault B6: a stranger that subscribes and cancels topic after topic, none twice,
// leaves nothing behind.
func TestXPubChurnOfNewTopics(t *testing.T) {
	r := newRig(t, "XPUB")
	r.v.Pipe.RecvHWM = 10
	a := r.peer("a")
	for i := range 2000 {
		a.say(on+fmt.Sprint(i), off+fmt.Sprint(i))
	}
	x := r.pat.out.(*xpub)
	if n := x.heard.count(); n != 10 || len(x.heard.late) != 0 {
		t.Errorf("%d messages wait, %d of them late", n, len(x.heard.late))
	}
	r.v.Pipe.RecvHWM, r.v.Pipe.RecvHWMBytes = 0, 20*noteCost
	for i := range 2000 {
		a.say(on+fmt.Sprint(i), off+fmt.Sprint(i))
	}
	if n := x.heard.count(); n > 20 || len(x.heard.late) != 0 {
		t.Errorf("bound by bytes, %d messages wait, %d of them late", n, len(x.heard.late))
	}
}

// What peers say to an XPUB that does not listen is bounded by RCVHWM and by
// RCVHWM_BYTES, and what those who left have said counts for those who come.
func TestXPubMessagesAreBounded(t *testing.T) {
	r := newRig(t, "XPUB")
	r.v.Pipe.RecvHWM = 10
	x := r.pat.out.(*xpub)
	for range 20 {
		a := r.peer("a")
		for range 7 {
			a.say("user|message")
		}
		a.hang()
	}
	if n := x.heard.count(); n != 10 {
		t.Errorf("%d messages wait", n)
	}
	a := r.peer("a").say("no room")
	if n := a.near.Dropped.Load(); n != 1 {
		t.Errorf("%d dropped, want 1", n)
	}
	for range 10 {
		if got, err := r.recv(); got != "user|message" || err != nil {
			t.Fatalf("Recv = %q, %v", got, err)
		}
	}
	r.v.Pipe.RecvHWM, r.v.Pipe.RecvHWMBytes = 0, 3*(1000+msg.FrameCost+noteCost)
	for range 10 {
		a.say(strings.Repeat("x", 1000))
	}
	if n := x.heard.count(); n != 3 {
		t.Errorf("%d messages wait, want 3", n)
	}
}

// Fault B6: a peer that subscribes to more than MAX_SUBSCRIPTIONS topics, or to topics
// of more than MAX_SUBSCRIPTION_BYTES, is expelled, and is not listened to any more.
func TestMaxSubscriptions(t *testing.T) {
	eachPublisher(t, func(t *testing.T, r *rig) {
		r.engine = true
		x := &r.v.XPub
		for _, manual := range []bool{false, true} {
			x.Manual = manual
			for _, c := range []struct {
				topics, bytes int
				name          string
			}{{3, 0, "MAX_SUBSCRIPTIONS is 3"}, {0, 6, "MAX_SUBSCRIPTION_BYTES is 6"}} {
				x.MaxSubscriptions, x.MaxSubscriptionBytes = c.topics, c.bytes
				b := r.peer("b").say(on+"a1", on+"a2")
				a := r.peer("a").say(on+"a1", on+"a2", on+"a3", on+"a1", off+"a2", on+"a4", on+"a3")
				if err := a.end.Expelled(); err != nil {
					t.Errorf("expelled for nothing: %v", err)
				}
				a.say(on+"a5", off+"a1", on+"a6", "user")
				err := a.end.Expelled()
				if !errors.Is(err, errno.ErrLimit) || !strings.Contains(err.Error(), c.name) {
					t.Errorf("expelled for %v", err)
				}
				if n := r.topics(); !manual && n != 4 {
					t.Errorf("%d topics, want 4", n)
				}
				a.hang()
				if n := r.topics(); !manual && n != 2 || b.end.Expelled() != nil {
					t.Errorf("%d topics, want b's two", n)
				}
				b.hang()
			}
		}
	})
}

// A peer over inproc, which cannot be expelled, is not bounded.
func TestMaxSubscriptionsInproc(t *testing.T) {
	eachPublisher(t, func(t *testing.T, r *rig) {
		r.v.XPub.MaxSubscriptions = 1
		r.peer("a").say(on+"a", on+"b")
		if n := r.topics(); n != 2 {
			t.Errorf("%d topics, want 2", n)
		}
	})
}

// Fault B6: a peer with many topics that leaves is forgotten in parts. It gets nothing
// meanwhile, others get theirs, and the user is told of what nobody wants any more.
func TestSweep(t *testing.T) {
	eachPublisher(t, func(t *testing.T, r *rig) {
		const n = 3*sweepSize + 1
		r.hwm = 0
		r.v.Pipe.RecvHWM = 0
		a, b := r.peer("a"), r.peer("b")
		for i := range n {
			a.say(on + fmt.Sprint("t", i, "."))
		}
		b.say(on + "t0.")
		topics := r.topics
		a.hang()
		for part := 1; ; part++ {
			if got, want := topics(), max(1, n-part*sweepSize+1); got != want && got != want-1 {
				t.Fatalf("%d topics after %d parts; want %d", got, part, want)
			}
			last := fmt.Sprint("t", n-1, ".")
			r.sends(last, "t0.")
			b.hears("t0.")
			if part == 2 {
				b.say(on + last)
				r.sends(last)
				b.hears(last)
				b.say(off + last)
			}
			if !r.pat.out.(Publisher).Sweep() {
				break
			}
		}
		if got := topics(); got != 1 {
			t.Errorf("%d topics are left", got)
		}
		if _, ok := r.pat.out.(*xpub); ok {
			told := make(map[string]int)
			for r.pat.CanRecv() {
				text, _ := r.recv()
				told[text[1:]] += 2*int(text[0]) - 1
			}
			for topic, k := range told {
				if (k > 0) != (topic == "t0.") {
					t.Errorf("topic %q: told %d", topic, k)
				}
			}
		}
	})
}
