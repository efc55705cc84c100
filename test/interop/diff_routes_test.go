//go:build unix

package interop

import (
	"fmt"

	zmq "github.com/zeroth-mq/zmq"
)

func routeSituations() []situation {
	return []situation{
		{"ROUTER and names", func(w *world) {
			r := w.socket(zmq.Router)
			must(w.t, r.bind("inproc://names"))
			for _, id := range []string{"a", "b", ""} {
				d := w.socket(zmq.Dealer)
				if id != "" {
					w.set(d, "ROUTING_ID", id)
				}
				must(w.t, d.connect("inproc://names"), d.send(0, "hello"))
				m, f := r.recv(0)
				must(w.t, f)
				w.notef("%q: %d bytes, frames %d", id, len(m[0]), len(m))
				w.note("reply", r.send(0, m[0], "you"))
				w.all(d)
			}
			for mandatory := range 2 {
				w.set(r, "ROUTER_MANDATORY", mandatory)
				w.note("unknown", r.send(0, "c", "x"))
				w.note("empty name", r.send(0, "", "x"))
				w.note("lone frame", r.send(0, "a"))
				w.note("lone unknown frame", r.send(0, "c"))
				w.note("empty body", r.send(0, "b", ""))
				v, f := r.getNum("EVENTS")
				w.notef("events %d %s", v, f)
			}
		}},
		{"ROUTER and a name that is taken", func(w *world) {
			r := w.socket(zmq.Router, "ROUTER_MANDATORY", 1)
			must(w.t, r.bind("inproc://taken"))
			var ds []sock
			for i := range 2 {
				d := w.socket(zmq.Dealer, "ROUTING_ID", "d")
				must(w.t, d.connect("inproc://taken"))
				w.note("send", d.send(0, fmt.Sprint(i)))
				ds = append(ds, d)
			}
			w.all(r)
			w.note("reply", r.send(0, "d", "who"))
			for _, d := range ds {
				w.all(d)
			}
		}},
		{"ROUTER hands over a name", func(w *world) {
			r := w.socket(zmq.Router, "ROUTER_MANDATORY", 1, "ROUTER_HANDOVER", 1)
			must(w.t, r.bind("inproc://handover"))
			first, second := w.socket(zmq.Dealer, "ROUTING_ID", "d"), w.socket(zmq.Dealer, "ROUTING_ID", "d")
			must(w.t, first.connect("inproc://handover"), first.send(0, "first"))
			w.all(r)
			must(w.t, second.connect("inproc://handover"), second.send(0, "second"))
			w.all(r)
			w.note("reply", r.send(0, "d", "who"))
			w.all(second)
			w.settle(first, r)
			w.recv(first, 0)
			w.note("first sends", first.send(0, "am I there?"))
			w.all(r)
		}},
		{"ROUTER whose peer leaves", func(w *world) {
			r, d := w.socket(zmq.Router, "ROUTER_MANDATORY", 1), w.socket(zmq.Dealer, "ROUTING_ID", "d")
			w.inproc(d, r, "leaves")
			w.note("send", d.send(0, "last words"))
			must(w.t, d.num("LINGER", 0))
			d.close()
			w.settle(r)
			w.all(r)
			w.settle(r)
			w.note("reply", r.send(0, "d", "x"))
		}},
		{"ROUTER probes", func(w *world) {
			for _, typ := range []zmq.Type{zmq.Router, zmq.Dealer, zmq.Req} {
				name := fmt.Sprint("probe-", typ)
				r, p := w.socket(zmq.Router), w.socket(typ, "PROBE_ROUTER", 1, "ROUTING_ID", "p")
				w.inproc(p, r, name)
				w.all(r)
				w.note("reply", r.send(0, "p", "", "x"))
				w.recv(p, 0)
			}
		}},
		{"ROUTER names its peer", func(w *world) {
			a, b := w.socket(zmq.Router, "ROUTER_MANDATORY", 1), w.socket(zmq.Router, "ROUTING_ID", "b")
			must(w.t, b.bind("inproc://named"))
			w.set(a, "CONNECT_ROUTING_ID", "mine")
			must(w.t, a.connect("inproc://named"))
			w.note("by my name", a.send(0, "mine", "1"))
			w.note("by its own", a.send(0, "b", "2"))
			m, f := b.recv(0)
			w.notef("frames %d %s", len(m), f)
			if f == "" {
				w.note("back", b.send(0, m[0], "3"))
			}
			w.all(a)
		}},
		{"ROUTER connects before the bind", func(w *world) {
			a, b := w.socket(zmq.Router, "ROUTER_MANDATORY", 1, "ROUTING_ID", "a"), w.socket(zmq.Router, "ROUTING_ID", "b")
			must(w.t, a.connect("inproc://later"))
			w.note("too early", a.send(0, "b", "x"))
			must(w.t, b.bind("inproc://later"))
			w.recv(a, 0)
			w.note("now", a.send(0, "b", "y"))
			w.all(b)
		}},
		{"DEALER to three kinds", func(w *world) {
			d := w.socket(zmq.Dealer)
			must(w.t, d.bind("inproc://kinds"))
			rep, dealer, router := w.socket(zmq.Rep), w.socket(zmq.Dealer), w.socket(zmq.Router)
			for _, s := range []sock{rep, dealer, router} {
				must(w.t, s.connect("inproc://kinds"))
			}
			for i := range 6 {
				w.note("send", d.send(0, "", fmt.Sprint(i)))
			}
			w.recv(rep, 0)
			w.note("rep sends", rep.send(0, "r"))
			w.all(dealer)
			for range 2 {
				m, f := router.recv(0)
				w.notef("router %d %s", len(m), f)
			}
			w.all(d)
		}},
		{"REQ asks two in turn", func(w *world) {
			req := w.socket(zmq.Req)
			reps := [2]sock{w.socket(zmq.Rep), w.socket(zmq.Rep)}
			for i, r := range reps {
				must(w.t, r.bind(fmt.Sprint("inproc://rep", i)), req.connect(fmt.Sprint("inproc://rep", i)))
			}
			for i := range 4 {
				w.note("ask", req.send(0, fmt.Sprint(i)))
				for k, r := range reps {
					if m, f := r.recv(0); f == "" {
						w.notef("%d received %s", k, show(m))
						w.note("reply", r.send(0, "r"))
					}
				}
				w.recv(req, 0)
			}
			must(w.t, reps[0].num("LINGER", 0))
			reps[0].close()
			w.settle(req)
			for range 2 {
				w.note("ask", req.send(0, "who is left"))
				w.recv(reps[1], 0)
				w.note("reply", reps[1].send(0, "I am"))
				w.recv(req, 0)
			}
		}},
		{"STREAM and what it cannot send", func(w *world) {
			s := w.socket(zmq.Stream)
			must(w.t, s.bind("tcp://127.0.0.1:*"))
			w.note("unknown", s.send(0, "nobody", "x"))
			w.note("empty name", s.send(0, "", "x"))
			w.recv(s, 0)
			v, f := s.getNum("EVENTS")
			w.notef("events %d %s", v, f)
		}},
		{"STREAM talks", func(w *world) {
			s, c := w.socket(zmq.Stream), w.socket(zmq.Stream)
			must(w.t, c.connect(bound(w.t, s, "tcp")))
			ids := map[sock]string{}
			for _, x := range []sock{s, c} {
				m, f := x.recv(longMs)
				must(w.t, f)
				w.notef("frames %d, id of %d bytes, data of %d", len(m), len(m[0]), len(m[1]))
				ids[x] = m[0]
			}
			w.note("send", s.send(longMs, ids[s], "hello"))
			m, f := c.recv(longMs)
			w.notef("%q %s", m[1:], f)
			w.note("one frame too many", c.send(0, ids[c], "a", "b"))
		}},
		{"STREAM without notification", func(w *world) {
			s, c := w.socket(zmq.Stream, "STREAM_NOTIFY", 0), w.socket(zmq.Stream, "STREAM_NOTIFY", 0)
			w.set(c, "CONNECT_ROUTING_ID", "server")
			must(w.t, c.connect(bound(w.t, s, "tcp")))
			w.note("send", c.send(longMs, "server", "hello"))
			m, f := s.recv(longMs)
			must(w.t, f)
			w.notef("%q", m[1:])
			w.note("reply", s.send(longMs, m[0], "hi"))
			w.recv(c, longMs)
		}},
		{"types are not checked on inproc", func(w *world) {
			a, b := w.socket(zmq.Push), w.socket(zmq.Push)
			w.inproc(a, b, "unlike")
			w.note("send", a.send(0, "x"))
			c, d := w.socket(zmq.Dealer), w.socket(zmq.Pull)
			w.inproc(c, d, "unlike2")
			w.note("send", c.send(0, "x"))
			w.all(d)
		}},
	}
}
