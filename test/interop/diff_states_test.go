//go:build unix

package interop

import (
	"fmt"

	zmq "github.com/zeroth-mq/zmq"
)

// inproc joins b, which binds, and a.
func (w *world) inproc(a, b sock, name string) {
	w.t.Helper()
	must(w.t, b.bind("inproc://"+name), a.connect("inproc://"+name))
}

var allTypes = []zmq.Type{
	zmq.Pair, zmq.Pub, zmq.Sub, zmq.Req, zmq.Rep, zmq.Dealer, zmq.Router, zmq.Pull, zmq.Push, zmq.XPub, zmq.XSub, zmq.Stream,
}

func stateSituations() []situation {
	var all []situation
	for _, typ := range allTypes {
		all = append(all,
			situation{fmt.Sprint(typ, " alone"), func(w *world) {
				s := w.socket(typ)
				w.recv(s, 0)
				w.note("send", s.send(0, "x"))
				w.note("send two", s.send(0, "x", "y"))
				w.note("send three", s.send(0, "x", "y", "z"))
				w.recv(s, 0)
				v, f := s.getNum("EVENTS")
				w.notef("events %d %s", v, f)
			}},
			situation{fmt.Sprint(typ, " connected to nobody"), func(w *world) {
				s := w.socket(typ)
				w.note("connect", s.connect("inproc://nobody"))
				v, f := s.getNum("EVENTS")
				w.notef("events %d %s", v, f)
				for range 3 {
					w.note("send", s.send(0, "x", "y"))
				}
				w.recv(s, 0)
				v, f = s.getNum("EVENTS")
				w.notef("events %d %s", v, f)
			}},
		)
	}
	return append(all,
		situation{"REQ in turn", func(w *world) {
			a, b := w.socket(zmq.Req), w.socket(zmq.Rep)
			w.inproc(a, b, "turn")
			events := func() {
				x, f := a.getNum("EVENTS")
				y, g := b.getNum("EVENTS")
				w.notef("events %d%s %d%s", x, f, y, g)
			}
			for range 2 {
				events()
				w.recv(a, 0)
				w.note("rep sends", b.send(0, "no"))
				w.note("req sends", a.send(0, "q", "2"))
				events()
				w.note("req sends again", a.send(0, "q"))
				w.recv(a, 0)
				w.recv(b, 0)
				events()
				w.recv(b, 0)
				w.note("rep sends", b.send(0, "r"))
				events()
				w.note("rep sends again", b.send(0, "r"))
				w.recv(a, 0)
				w.recv(a, 0)
			}
		}},
		situation{"REQ relaxed", func(w *world) {
			a, b := w.socket(zmq.Req, "REQ_RELAXED", 1), w.socket(zmq.Rep)
			w.inproc(a, b, "relaxed")
			for i := range 3 {
				w.note("req sends", a.send(0, fmt.Sprint(i)))
			}
			for range 3 {
				w.recv(b, 0)
				w.note("rep sends", b.send(0, "r"))
			}
			w.recv(a, 0)
			w.recv(a, 0)
			w.note("req sends", a.send(0, "again"))
			w.recv(a, 0)
		}},
		situation{"REQ relaxed and correlated", func(w *world) {
			a, b := w.socket(zmq.Req, "REQ_RELAXED", 1, "REQ_CORRELATE", 1), w.socket(zmq.Rep)
			w.inproc(a, b, "correlated")
			for i := range 3 {
				w.note("req sends", a.send(0, fmt.Sprint(i)))
			}
			for i := range 3 {
				w.recv(b, 0)
				w.note("rep sends", b.send(0, fmt.Sprint("r", i)))
			}
			w.recv(a, 0)
			w.recv(a, 0)
		}},
		situation{"REP without envelope", func(w *world) {
			a, b := w.socket(zmq.Dealer), w.socket(zmq.Rep)
			w.inproc(a, b, "envelope")
			for _, m := range [][]string{{"x"}, {""}, {"a", "b"}, {"", "good"}, {"id", "", "better"}, {"id", ""}} {
				w.note("send", a.send(0, m...))
			}
			for range 4 {
				w.recv(b, 0)
				w.note("rep sends", b.send(0, "r"))
			}
			w.all(a)
		}},
		situation{"REQ and odd replies", func(w *world) {
			a, b := w.socket(zmq.Req), w.socket(zmq.Router)
			w.inproc(a, b, "odd")
			w.note("req sends", a.send(0, "q"))
			m, f := b.recv(0)
			w.note("router", f)
			for _, reply := range [][]string{{"no envelope"}, {"x", "", "y"}, {"", "good"}, {"", "second"}} {
				w.note("router sends", b.send(0, append([]string{m[0]}, reply...)...))
			}
			w.recv(a, 0)
			w.recv(a, 0)
			w.note("req sends", a.send(0, "q2"))
			w.recv(a, 0)
		}},
		situation{"REP whose asker has gone", func(w *world) {
			a, b := w.socket(zmq.Req), w.socket(zmq.Rep)
			w.inproc(a, b, "gone")
			w.note("send", a.send(0, "q"))
			w.recv(b, 0)
			must(w.t, a.num("LINGER", 0))
			a.close()
			w.settle(b)
			w.note("rep sends", b.send(0, "r"))
			w.recv(b, 0)
		}},
		situation{"what was sent before close", func(w *world) {
			a, b := w.socket(zmq.Push), w.socket(zmq.Pull)
			w.inproc(a, b, "before")
			for i := range 3 {
				w.note("send", a.send(0, fmt.Sprint(i)))
			}
			must(w.t, a.num("LINGER", 0))
			a.close()
			w.settle(b)
			w.all(b)
		}},
		situation{"what was sent before disconnect", func(w *world) {
			a, b := w.socket(zmq.Dealer), w.socket(zmq.Dealer)
			w.inproc(a, b, "disconnect")
			w.note("send", a.send(0, "1"))
			w.note("send", b.send(0, "2"))
			w.note("disconnect", a.disconnect("inproc://disconnect"))
			w.settle(a, b)
			w.all(b)
			w.all(a)
			w.note("send", a.send(0, "3"))
			w.note("send", b.send(0, "4"))
		}},
		situation{"unbind leaves inproc peers", func(w *world) {
			a, b, late := w.socket(zmq.Push), w.socket(zmq.Pull), w.socket(zmq.Push)
			w.inproc(a, b, "unbind")
			w.note("unbind", b.unbind("inproc://unbind"))
			w.note("send", a.send(0, "still"))
			w.all(b)
			w.note("connect", late.connect("inproc://unbind"))
			w.note("send", late.send(0, "waits"))
			w.all(b)
		}},
		situation{"linger over tcp", func(w *world) {
			a, b := w.socket(zmq.Push, "LINGER", -1), w.socket(zmq.Pull)
			must(w.t, a.connect(bound(w.t, b, "tcp")))
			n := a.number(0, 100, longMs)
			a.close()
			for range n {
				if _, f := b.recv(longMs); f != "" {
					w.note("recv", f)
				}
			}
			w.notef("%d sent", n)
		}},
		situation{"no linger without a peer", func(w *world) {
			a := w.socket(zmq.Push, "LINGER", 0)
			must(w.t, a.connect(freePort(w.t)))
			w.note("send", a.send(0, "x"))
			a.close()
			w.notef("closed")
		}},
		situation{"PAIR and a second peer", func(w *world) {
			a, b, c := w.socket(zmq.Pair), w.socket(zmq.Pair), w.socket(zmq.Pair)
			w.inproc(b, a, "pair")
			w.note("connect", c.connect("inproc://pair"))
			w.note("first sends", b.send(0, "first"))
			w.all(a)
			w.note("pair sends", a.send(0, "to the first"))
			w.all(b)
			w.all(c)
			must(w.t, b.num("LINGER", 0))
			b.close()
			w.settle(a)
			w.all(a)
			w.settle(a)
			w.note("pair sends", a.send(0, "nobody"))
			d := w.socket(zmq.Pair)
			w.note("third connects", d.connect("inproc://pair"))
			w.note("third sends", d.send(0, "third"))
			w.all(a)
		}},
	)
}
