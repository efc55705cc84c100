//go:build unix

package interop

import (
	"fmt"

	zmq "github.com/zeroth-mq/zmq"
)

func queueSituations() []situation {
	var all []situation
	for _, typ := range []zmq.Type{zmq.Push, zmq.Dealer, zmq.Pair} {
		for _, hwm := range []int{1, 2, 10} {
			all = append(all, situation{fmt.Sprintf("%v connected to nobody, mark %d", typ, hwm), func(w *world) {
				for _, at := range []string{freePort(w.t), "inproc://nobody-marks", "ipc://" + w.dir + "/nobody"} {
					s := w.socket(typ, "SNDHWM", hwm)
					must(w.t, s.connect(at))
					w.notef("accepted %d", s.flood(100, 0, "x"))
				}
			}})
		}
	}
	for _, m := range [][2]int{{1, 1}, {1, 2}, {2, 3}, {10, 10}, {0, 5}, {5, 0}, {3, 100}} {
		for _, first := range []string{"bind", "connect"} {
			all = append(all, situation{fmt.Sprintf("inproc marks %d and %d, %s first", m[0], m[1], first), func(w *world) {
				a, b := w.socket(zmq.Push, "SNDHWM", m[0]), w.socket(zmq.Pull, "RCVHWM", m[1])
				name := "inproc://marks"
				if first == "bind" {
					must(w.t, b.bind(name), a.connect(name))
				} else {
					must(w.t, a.connect(name))
					w.notef("before the bind %d", a.flood(2000, 0, "x"))
					must(w.t, b.bind(name))
				}
				w.notef("accepted %d", a.flood(2000, 0, "x"))
				// How much room there is after each message that is received.
				for range 6 {
					_, f := b.recv(0)
					w.note("recv", f)
					w.notef("then accepted %d", a.flood(2000, 0, "x"))
				}
				w.notef("there are %d", b.drain(0))
				w.notef("after that accepted %d", a.flood(2000, 0, "x"))
			}})
		}
	}
	for _, hwm := range []int{1, 2, 10} {
		all = append(all,
			situation{fmt.Sprintf("PUB drops at mark %d", hwm), func(w *world) {
				pub, sub := w.socket(zmq.Pub, "SNDHWM", hwm), w.socket(zmq.Sub, "RCVHWM", hwm, "SUBSCRIBE", "")
				w.inproc(sub, pub, "drops")
				for range 3 {
					w.notef("sent %d", pub.flood(100, 0, "x"))
					w.notef("received %d", sub.drain(0))
				}
			}},
			situation{fmt.Sprintf("XPUB without drops at mark %d", hwm), func(w *world) {
				pub := w.socket(zmq.XPub, "SNDHWM", hwm, "XPUB_NODROP", 1)
				sub := w.socket(zmq.Sub, "RCVHWM", hwm, "SUBSCRIBE", "a")
				w.inproc(sub, pub, "nodrop")
				w.all(pub)
				w.notef("unwanted %d", pub.flood(100, 0, "b"))
				w.notef("sent %d", pub.flood(100, 0, "a"))
				w.note("more", pub.send(0, "a", "more"))
				w.note("unwanted", pub.send(0, "b"))
				w.notef("received %d", sub.drain(0))
				w.notef("sent %d", pub.flood(100, 0, "a"))
			}},
			situation{fmt.Sprintf("slow and quick subscriber at mark %d", hwm), func(w *world) {
				pub := w.socket(zmq.Pub, "SNDHWM", hwm)
				slow := w.socket(zmq.Sub, "RCVHWM", hwm, "SUBSCRIBE", "")
				quick := w.socket(zmq.Sub, "RCVHWM", 100, "SUBSCRIBE", "")
				w.inproc(slow, pub, "slow")
				must(w.t, quick.connect("inproc://slow"))
				w.notef("sent %d", pub.flood(60, 0, "x"))
				w.notef("quick received %d", quick.drain(0))
				w.notef("slow received %d", slow.drain(0))
			}},
			situation{fmt.Sprintf("ROUTER to a full peer at mark %d", hwm), func(w *world) {
				r := w.socket(zmq.Router, "SNDHWM", hwm)
				d := w.socket(zmq.Dealer, "RCVHWM", hwm, "ROUTING_ID", "d")
				w.inproc(d, r, "full")
				for mandatory := range 2 {
					w.set(r, "ROUTER_MANDATORY", mandatory)
					for range 3*hwm + 2 {
						w.note("send", r.send(0, "d", "x"))
					}
					w.notef("received %d", d.drain(0))
					w.settle(r)
				}
			}},
		)
	}
	return append(all,
		situation{"turns of three senders", func(w *world) {
			pull := w.socket(zmq.Pull)
			must(w.t, pull.bind("inproc://fair"))
			for _, who := range []string{"a", "b", "c"} {
				push := w.socket(zmq.Push)
				must(w.t, push.connect("inproc://fair"))
				for i := range 4 {
					must(w.t, push.send(0, fmt.Sprint(who, i)))
				}
			}
			w.all(pull)
		}},
		situation{"turns of three senders of unlike many", func(w *world) {
			pull := w.socket(zmq.Pull)
			must(w.t, pull.bind("inproc://unlike"))
			var pushes []sock
			for range 3 {
				push := w.socket(zmq.Push)
				must(w.t, push.connect("inproc://unlike"))
				pushes = append(pushes, push)
			}
			say := func(who, n int) {
				for i := range n {
					must(w.t, pushes[who].send(0, fmt.Sprintf("%d.%d", who, i)))
				}
			}
			say(0, 1)
			say(1, 4)
			say(2, 2)
			for range 3 {
				w.recv(pull, 0)
			}
			say(0, 3)
			w.all(pull)
			say(2, 2)
			say(0, 2)
			say(1, 2)
			w.all(pull)
		}},
		situation{"turns of three receivers", func(w *world) {
			push := w.socket(zmq.Push)
			must(w.t, push.bind("inproc://turns"))
			var pulls []sock
			for range 3 {
				pull := w.socket(zmq.Pull)
				must(w.t, pull.connect("inproc://turns"))
				pulls = append(pulls, pull)
			}
			for i := range 8 {
				must(w.t, push.send(0, fmt.Sprint(i)))
			}
			for _, p := range pulls {
				w.all(p)
			}
			must(w.t, pulls[1].num("LINGER", 0))
			pulls[1].close()
			w.settle(push)
			for i := range 6 {
				must(w.t, push.send(0, fmt.Sprint("then ", i)))
			}
			w.all(pulls[0])
			w.all(pulls[2])
		}},
		situation{"turns of receivers that fill up", func(w *world) {
			push := w.socket(zmq.Push, "SNDHWM", 1)
			must(w.t, push.bind("inproc://fill"))
			var pulls []sock
			for i := range 3 {
				pull := w.socket(zmq.Pull, "RCVHWM", i+1)
				must(w.t, pull.connect("inproc://fill"))
				pulls = append(pulls, pull)
			}
			w.notef("sent %d", push.number(0, 100, 0))
			for _, p := range pulls {
				w.all(p)
			}
			w.notef("sent %d", push.number(100, 100, 0))
			for _, p := range pulls {
				w.all(p)
			}
		}},
		situation{"CONFLATE on inproc", func(w *world) {
			push, pull := w.socket(zmq.Push, "CONFLATE", 1), w.socket(zmq.Pull, "CONFLATE", 1)
			w.inproc(push, pull, "conflate")
			w.notef("sent %d", push.number(0, 50, 0))
			w.all(pull)
			w.notef("sent %d", push.number(50, 5, 0))
			w.all(pull)
		}},
	)
}
