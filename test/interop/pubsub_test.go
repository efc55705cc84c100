//go:build unix

package interop

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// heard receives n subscriptions at an XPUB. The subscriber is given a chance
// to act, which libzmq takes within calls only.
func heard(t *testing.T, xpub, sub sock, n int) []string {
	t.Helper()
	var got []string
	for end := time.Now().Add(long); len(got) < n; {
		if sub != nil {
			sub.drain(0)
		}
		m, f := xpub.recv(20)
		if f == "" {
			got = append(got, strings.Join(m, "|"))
		} else if f != "EAGAIN" || time.Now().After(end) {
			t.Fatalf("%s after %q", f, got)
		}
	}
	return got
}

func wantHeard(t *testing.T, xpub, sub sock, want ...string) {
	t.Helper()
	if got := heard(t, xpub, sub, len(want)); !slices.Equal(got, want) {
		t.Fatalf("the publisher received %q, want %q", got, want)
	}
}

// TestFilter sends topics that match and topics that do not.
func TestFilter(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		pub, sub := one.socket(t, zmq.XPub), two.socket(t, zmq.Sub)
		join(t, sub, pub, "tcp", false)
		must(t, sub.text("SUBSCRIBE", "a"), sub.text("SUBSCRIBE", "bc"), sub.text("SUBSCRIBE", "a"))
		wantHeard(t, pub, sub, "\x01a", "\x01bc")
		for _, topic := range []string{"", "b", "a", "bb", "bcd", "c", "ab", "A", "\x00"} {
			must(t, pub.send(longMs, topic, "body of "+topic))
		}
		for _, topic := range []string{"a", "bcd", "ab"} {
			expect(t, sub, topic, "body of "+topic)
		}
		// One of two is taken back: nothing changes. The second: it ends.
		must(t, sub.text("UNSUBSCRIBE", "a"), sub.text("UNSUBSCRIBE", "never"))
		pass(t, pub, sub, "a again")
		must(t, sub.text("UNSUBSCRIBE", "a"))
		wantHeard(t, pub, sub, "\x00a")
		must(t, pub.send(longMs, "a gone"))
		pass(t, pub, sub, "bc stays")
		must(t, sub.text("SUBSCRIBE", ""))
		wantHeard(t, pub, sub, "\x01")
		pass(t, pub, sub, "everything")
		pass(t, pub, sub, "")
		pass(t, pub, sub, "", "and more")
	})
}

// TestManyTopics subscribes before there is a connection and after, with
// topics of every length.
func TestManyTopics(t *testing.T) {
	t.Run("ours", func(t *testing.T) { manyTopics(t, newOurs(t), startLib(t), 1000) })
	// libzmq 4.3.4 cannot encode subscriptions of 246 bytes to 255.
	t.Run("libzmq's", func(t *testing.T) { manyTopics(t, startLib(t), newOurs(t), 245) })
}

func manyTopics(t *testing.T, subSide, pubSide side, longest int) {
	t.Parallel()
	sub, pub := subSide.socket(t, zmq.Sub), pubSide.socket(t, zmq.XPub)
	pub.num("RCVHWM", 0)
	var topics []string
	for i := range 300 {
		topics = append(topics, fmt.Sprintf("topic %03d.", i))
	}
	for _, n := range []int{1, 240, 244, 245, 246, 250, 254, 255, 256, 257, 600, longest} {
		if n <= longest {
			topics = append(topics, strings.Repeat("x", n-1)+"$")
		}
	}
	slices.Sort(topics)
	topics = slices.Compact(topics)
	early := topics[:len(topics)/2]
	for _, topic := range early {
		must(t, sub.text("SUBSCRIBE", topic))
	}
	join(t, sub, pub, "tcp", true)
	got := heard(t, pub, sub, len(early))
	for _, topic := range topics[len(early):] {
		must(t, sub.text("SUBSCRIBE", topic))
	}
	got = append(got, heard(t, pub, sub, len(topics)-len(early))...)
	slices.Sort(got)
	for i, topic := range topics {
		if got[i] != "\x01"+topic {
			t.Fatalf("subscription %d arrived as %.30q, want %.30q", i, got[i], topic)
		}
	}
	for _, topic := range topics {
		must(t, pub.send(longMs, topic[:len(topic)-1], "too short"))
		pass(t, pub, sub, topic, "body")
		pass(t, pub, sub, topic+"and on")
	}
	for _, topic := range early {
		must(t, sub.text("UNSUBSCRIBE", topic))
	}
	heard(t, pub, sub, len(early))
	must(t, pub.send(longMs, early[0]))
	last := topics[len(topics)-1]
	pass(t, pub, sub, last)
}

// TestTopicsLibzmqBreaks has libzmq send subscriptions that it is known to
// encode wrongly: the connection may fail but nothing else may.
func TestTopicsLibzmqBreaks(t *testing.T) {
	lib, we := startLib(t), newOurs(t)
	pub := we.socket(t, zmq.XPub)
	ep := bound(t, pub, "tcp")
	broken := lib.socket(t, zmq.Sub)
	must(t, broken.connect(ep), broken.text("SUBSCRIBE", strings.Repeat("y", 250)))
	sound := lib.socket(t, zmq.Sub)
	must(t, sound.text("SUBSCRIBE", "s"), sound.connect(ep))
	for {
		if got := heard(t, pub, sound, 1); got[0] == "\x01s" {
			break
		}
	}
	pass(t, pub, sound, "sound")
}

// TestXPubOptions checks what an XPUB hears of two subscribers of the other
// library.
func TestXPubOptions(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		for _, c := range []struct {
			option string
			want   []string
		}{
			{"", []string{"\x01A", "\x01B", "\x00B", "\x00A"}},
			{"XPUB_VERBOSE", []string{"\x01A", "\x01A", "\x01B", "\x00B", "\x00A"}},
			{"XPUB_VERBOSER", []string{"\x01A", "\x01A", "\x01B", "\x00B", "\x00A", "\x00A"}},
		} {
			t.Run("with "+c.option, func(t *testing.T) {
				pub := one.socket(t, zmq.XPub)
				if c.option != "" {
					must(t, pub.num(c.option, 1))
				}
				ep := bound(t, pub, "tcp")
				s1, s2 := two.socket(t, zmq.XSub), two.socket(t, zmq.XSub)
				want := c.want
				// Each step goes through a message of its own so that the order
				// of two connections is known.
				step := func(s sock, what string) {
					t.Helper()
					must(t, s.send(longMs, what), s.send(longMs, "step"))
					for {
						got := heard(t, pub, s, 1)[0]
						if got == "step" {
							return
						}
						if len(want) == 0 || got != want[0] {
							t.Fatalf("heard %q, expected %q", got, want)
						}
						want = want[1:]
					}
				}
				must(t, s1.connect(ep), s2.connect(ep))
				for _, s := range []sock{s1, s2} {
					var got []string
					eventually(t, "the connection", func() bool {
						s.send(0, "there?")
						got, _ = pub.recv(20)
						return got != nil
					})
					for pub.drain(50) > 0 {
					}
				}
				step(s1, "\x01A")
				step(s2, "\x01A")
				step(s2, "\x01B")
				step(s2, "\x00B")
				step(s1, "\x00A")
				step(s2, "\x00A")
				if len(want) > 0 {
					t.Fatalf("not heard: %q", want)
				}
			})
		}
	})
}

// TestManual has the user of an XPUB decide, and checks the welcome message.
func TestManual(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		pub, sub := one.socket(t, zmq.XPub), two.socket(t, zmq.Sub)
		must(t, pub.num("XPUB_MANUAL", 1), pub.text("XPUB_WELCOME_MSG", "welcome"))
		must(t, sub.text("SUBSCRIBE", "welcome"), sub.text("SUBSCRIBE", "A"), sub.text("SUBSCRIBE", "B"))
		join(t, sub, pub, "tcp", true)
		eventually(t, "the welcome message", func() bool {
			pub.getNum("EVENTS") // libzmq welcomes within calls
			m, _ := sub.recv(20)
			return len(m) == 1 && m[0] == "welcome"
		})
		for range 3 {
			got := heard(t, pub, sub, 1)[0]
			if got == "\x01A" {
				must(t, pub.text("SUBSCRIBE", "XA"), pub.text("SUBSCRIBE", "B"))
			}
		}
		must(t, sub.text("SUBSCRIBE", "XA"))
		wantHeard(t, pub, sub, "\x01XA")
		must(t, pub.send(longMs, "A was not granted"))
		pass(t, pub, sub, "XA was")
		pass(t, pub, sub, "B was")
		must(t, pub.text("UNSUBSCRIBE", "B"), pub.send(longMs, "B is no more"))
		pass(t, pub, sub, "XA still is")
		sub.close()
		got := heard(t, pub, nil, 4)
		slices.Sort(got)
		if want := []string{"\x00A", "\x00B", "\x00XA", "\x00welcome"}; !slices.Equal(got, want) {
			t.Fatalf("at the end the publisher received %q, want %q", got, want)
		}
	})
}

// TestInvert sends and receives what does not match.
func TestInvert(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		pub, sub := one.socket(t, zmq.XPub), two.socket(t, zmq.Sub)
		must(t, pub.num("INVERT_MATCHING", 1), sub.num("INVERT_MATCHING", 1), sub.text("SUBSCRIBE", "no"))
		join(t, sub, pub, "tcp", true)
		wantHeard(t, pub, sub, "\x01no")
		must(t, pub.send(longMs, "no"), pub.send(longMs, "nothing"))
		pass(t, pub, sub, "yes")
		pass(t, pub, sub, "n")
	})
}

// TestUpstream sends from XSUB what is no subscription.
func TestUpstream(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		pub, sub := one.socket(t, zmq.XPub), two.socket(t, zmq.XSub)
		join(t, sub, pub, "tcp", true)
		must(t, sub.send(longMs, "\x01t"))
		wantHeard(t, pub, sub, "\x01t")
		for _, m := range [][]string{{"hello"}, {""}, {"a", "b", ""}, {blob(70_000)}, {"x", blob(300)}} {
			pass(t, sub, pub, m...)
		}
		pass(t, pub, sub, "t")
		must(t, sub.send(longMs, "\x00t"))
		wantHeard(t, pub, sub, "\x00t")
		must(t, sub.send(longMs, "\x00t"), sub.send(longMs, "end"))
		expect(t, pub, "end")
	})
}

// TestTwoSubscribers of the other library get what they asked for.
func TestTwoSubscribers(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		pub, s1, s2 := one.socket(t, zmq.XPub), two.socket(t, zmq.Sub), two.socket(t, zmq.Sub)
		ep := bound(t, pub, "ipc")
		must(t, s1.connect(ep), s1.text("SUBSCRIBE", "1"), s1.text("SUBSCRIBE", "all"))
		wantSorted(t, heard(t, pub, s1, 2), "\x011", "\x01all")
		must(t, s2.connect(ep), s2.text("SUBSCRIBE", "2"), s2.text("SUBSCRIBE", "all"))
		wantHeard(t, pub, s2, "\x012")
		// That the second wants all is not told: a round trip will do.
		eventually(t, "the second subscription to all", func() bool {
			must(t, pub.send(longMs, "all"))
			expect(t, s1, "all")
			_, f := s2.recv(20)
			return f == ""
		})
		s2.drain(50)
		for i := range 50 {
			must(t, pub.send(longMs, "1", fmt.Sprint(i)), pub.send(longMs, "2", fmt.Sprint(i)),
				pub.send(longMs, "3", fmt.Sprint(i)), pub.send(longMs, "all", blob(10_000)))
			expect(t, s1, "1", fmt.Sprint(i))
			expect(t, s1, "all", blob(10_000))
			expect(t, s2, "2", fmt.Sprint(i))
			expect(t, s2, "all", blob(10_000))
		}
	})
}

func wantSorted(t *testing.T, got []string, want ...string) {
	t.Helper()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
}
