//go:build unix

package interop

import (
	"fmt"
	"strings"

	zmq "github.com/zeroth-mq/zmq"
)

// steps are what three subscribers do one after the other: "2+ab" is the third
// subscribing to ab.
var steps = []struct{ name, list string }{
	{"one", "0+a 0+b 0-a 0-b"},
	{"twice", "0+a 0+a 0-a 0-a"},
	{"overlap", "0+a 1+a 0-a 1-a"},
	{"three", "0+a 1+a 2+a 1-a 0-a 2-a 0+a"},
	{"prefixes", "0+a 0+ab 1+abc 1+a 0-a 1-a 0-ab 1-abc"},
	{"everything", "0+ 1+ 0+x 0- 1- 0-x"},
	{"never asked", "0-a 1-b 0+a 1-a 0-a 0-a"},
	{"closing", "0+a 1+a 1+b 0! 1! 2+a 2!"},
}

func topicSituations() []situation {
	var all []situation
	for _, option := range []string{"", "XPUB_VERBOSE", "XPUB_VERBOSER", "XPUB_MANUAL"} {
		for _, how := range []zmq.Type{zmq.Sub, zmq.XSub} {
			for _, c := range steps {
				name := strings.TrimSpace(fmt.Sprintf("%s hears %v %s", option, how, c.name))
				all = append(all, situation{name, func(w *world) {
					pub := w.socket(zmq.XPub)
					if option != "" {
						w.set(pub, option, 1)
					}
					must(w.t, pub.bind("inproc://topics"))
					var subs [3]sock
					for i := range subs {
						subs[i] = w.socket(how)
						must(w.t, subs[i].connect("inproc://topics"))
					}
					for _, step := range strings.Fields(c.list) {
						topicStep(w, pub, subs[step[0]-'0'], how, step)
					}
					// Who gets what in the end.
					for _, topic := range []string{"a", "ab", "abc", "b", "x", ""} {
						w.note("send", pub.send(0, topic, "body"))
					}
					for i, s := range subs {
						if !strings.Contains(c.list, fmt.Sprint(i, "!")) {
							w.notef("subscriber %d", i)
							w.all(s)
						}
					}
				}})
			}
		}
	}
	return append(all,
		situation{"XPUB manual grants", func(w *world) {
			pub, a, b := w.socket(zmq.XPub, "XPUB_MANUAL", 1), w.socket(zmq.Sub), w.socket(zmq.XSub)
			w.inproc(a, pub, "grants")
			must(w.t, b.connect("inproc://grants"))
			w.note("before any", pub.text("SUBSCRIBE", "x"))
			w.set(a, "SUBSCRIBE", "a")
			w.set(a, "SUBSCRIBE", "A")
			w.recv(pub, 0)
			w.note("grant", pub.text("SUBSCRIBE", "A"))
			must(w.t, b.send(0, "\x01b"))
			w.recv(pub, 0)
			w.recv(pub, 0)
			w.note("grant", pub.text("SUBSCRIBE", "B"))
			w.note("take back", pub.text("UNSUBSCRIBE", "never"))
			for _, m := range []string{"a", "A", "b", "B", "x"} {
				w.note("send", pub.send(0, m))
			}
			w.all(a)
			w.all(b)
			w.note("take back", pub.text("UNSUBSCRIBE", "B"))
			w.note("send", pub.send(0, "B"))
			w.all(b)
			must(w.t, b.num("LINGER", 0))
			b.close()
			w.settle(pub)
			w.all(pub)
		}},
		situation{"XPUB welcomes", func(w *world) {
			pub := w.socket(zmq.XPub, "XPUB_WELCOME_MSG", "hi")
			must(w.t, pub.bind("inproc://welcome"))
			for _, topic := range []string{"h", "", "x"} {
				sub := w.socket(zmq.Sub, "SUBSCRIBE", topic)
				must(w.t, sub.connect("inproc://welcome"))
				w.all(pub)
				w.all(sub)
			}
		}},
		situation{"XPUB hears messages", func(w *world) {
			upstream(w, [][]string{{"x"}, {""}, {"\x02"}, {"a", "b"}, {"\x01t", "x"}, {"\x01u", "\x01v"}, {"", ""}})
		}},
		situation{"XPUB hears a subscription behind another frame", func(w *world) {
			upstream(w, [][]string{{"a", "\x01t"}, {"a", "\x00t"}})
		}},
		situation{"PUB ignores messages", func(w *world) {
			pub, sub := w.socket(zmq.Pub), w.socket(zmq.XSub)
			w.inproc(sub, pub, "ignores")
			for _, m := range [][]string{{"x"}, {"\x01t"}, {"a", "b"}, {"\x00"}} {
				w.note("send", sub.send(0, m...))
			}
			w.note("send", pub.send(0, "t1", "t2"))
			w.note("send", pub.send(0, "x"))
			w.recv(pub, 0)
			w.all(sub)
		}},
		situation{"INVERT_MATCHING", func(w *world) {
			pub := w.socket(zmq.XPub, "INVERT_MATCHING", 1)
			a, b, x := w.socket(zmq.Sub, "INVERT_MATCHING", 1), w.socket(zmq.Sub), w.socket(zmq.XSub)
			w.inproc(a, pub, "invert")
			must(w.t, b.connect("inproc://invert"), x.connect("inproc://invert"))
			w.set(a, "SUBSCRIBE", "a")
			w.set(b, "SUBSCRIBE", "b")
			w.all(pub)
			for _, m := range []string{"a", "ab", "b", "c", ""} {
				w.note("send", pub.send(0, m, "body"))
			}
			w.all(a)
			w.all(b)
			w.all(x)
		}},
		situation{"SUB filters what XPUB sends", func(w *world) {
			pub, sub := w.socket(zmq.XPub, "XPUB_MANUAL", 1), w.socket(zmq.Sub)
			w.inproc(sub, pub, "filters")
			w.set(sub, "SUBSCRIBE", "a")
			w.recv(pub, 0)
			w.note("grant everything", pub.text("SUBSCRIBE", ""))
			for _, m := range [][]string{{"b", "x"}, {"a", "y"}, {""}, {"ab"}} {
				w.note("send", pub.send(0, m...))
			}
			v, f := sub.getNum("EVENTS")
			w.notef("events %d %s", v, f)
			w.all(sub)
			w.note("send", pub.send(0, "b"))
			v, f = sub.getNum("EVENTS")
			w.notef("events %d %s", v, f)
		}},
		situation{"SUB of two publishers", func(w *world) {
			a, b, sub := w.socket(zmq.Pub), w.socket(zmq.Pub), w.socket(zmq.Sub, "SUBSCRIBE", "t")
			must(w.t, a.bind("inproc://p1"), b.bind("inproc://p2"), sub.connect("inproc://p1"), sub.connect("inproc://p2"))
			for i := range 3 {
				w.note("send", a.send(0, fmt.Sprint("t a", i)))
				w.note("send", b.send(0, fmt.Sprint("t b", i)))
				w.note("send", b.send(0, "nothing"))
			}
			w.all(sub)
			w.note("disconnect", sub.disconnect("inproc://p1"))
			w.note("send", a.send(0, "t a"))
			w.note("send", b.send(0, "t b"))
			w.all(sub)
		}},
	)
}

// upstream sends messages from XSUB to XPUB.
func upstream(w *world, messages [][]string) {
	pub, sub := w.socket(zmq.XPub), w.socket(zmq.XSub)
	w.inproc(sub, pub, "messages")
	for _, m := range messages {
		w.note("send", sub.send(0, m...))
	}
	w.all(pub)
	for _, m := range []string{"t", "u", "v", "w"} {
		w.note("send", pub.send(0, m))
	}
	w.all(sub)
}

// topicStep performs one step and notes what the publisher hears.
func topicStep(w *world, pub, s sock, how zmq.Type, step string) {
	topic := step[2:]
	switch {
	case step[1] == '!':
		must(w.t, s.num("LINGER", 0))
		s.close()
		w.settle(pub)
	case how == zmq.Sub && step[1] == '+':
		w.note(step, s.text("SUBSCRIBE", topic))
	case how == zmq.Sub:
		w.note(step, s.text("UNSUBSCRIBE", topic))
	case step[1] == '+':
		w.note(step, s.send(0, "\x01"+topic))
	default:
		w.note(step, s.send(0, "\x00"+topic))
	}
	var heard []string
	for {
		m, f := pub.recv(0)
		if f != "" {
			w.note(step, strings.Join(heard, " ")+" "+f)
			return
		}
		heard = append(heard, show(m))
		// In manual mode every second wish is granted.
		if m[0][0] == 1 && len(m[0])%2 == 0 {
			pub.text("SUBSCRIBE", m[0][1:])
		}
	}
}
