//go:build unix

package interop

import (
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// momentSituations show what setting an option reaches: a situation at least
// for each column "Acts" of docs/options.md.
func momentSituations() []situation {
	return []situation{
		{"at once: ROUTER_MANDATORY", func(w *world) {
			r, d := w.socket(zmq.Router), w.socket(zmq.Dealer)
			w.inproc(d, r, "mandatory")
			for _, on := range []int{0, 1, 0} {
				w.set(r, "ROUTER_MANDATORY", on)
				w.note("unknown", r.send(0, "nobody", "x"))
			}
		}},
		{"at once: XPUB_VERBOSE", func(w *world) {
			x := w.socket(zmq.XPub)
			must(w.t, x.bind("inproc://verbose"))
			for _, on := range []int{0, 1, 0} {
				w.set(x, "XPUB_VERBOSE", on)
				s := w.socket(zmq.Sub, "SUBSCRIBE", "a")
				must(w.t, s.connect("inproc://verbose"))
				w.all(x)
			}
		}},
		{"at once: INVERT_MATCHING", func(w *world) {
			p, s := w.socket(zmq.Pub), w.socket(zmq.Sub, "SUBSCRIBE", "a")
			w.inproc(s, p, "invert")
			for _, on := range []int{0, 1, 0} {
				w.set(p, "INVERT_MATCHING", on)
				w.set(s, "INVERT_MATCHING", on)
				w.note("match", p.send(0, "ab"))
				w.note("other", p.send(0, "b"))
				w.all(s)
			}
		}},
		{"at once: REQ_RELAXED", func(w *world) {
			q, r := w.socket(zmq.Req), w.socket(zmq.Router)
			w.inproc(q, r, "relaxed")
			for _, on := range []int{0, 1, 0} {
				w.set(q, "REQ_RELAXED", on)
				w.note("ask", q.send(0, "x"))
			}
		}},
		{"at once: marks of inproc", func(w *world) {
			a, b := w.socket(zmq.Push, "SNDHWM", 5), w.socket(zmq.Pull, "RCVHWM", 5)
			w.inproc(a, b, "resized")
			w.notef("accepted %d", a.flood(100, 0, "x"))
			w.set(a, "SNDHWM", 20)
			w.settle(a, b)
			w.notef("then %d", a.flood(100, 0, "x"))
			w.set(b, "RCVHWM", 40)
			w.settle(a, b)
			w.notef("then %d", a.flood(100, 0, "x"))
		}},
		{"next connect: ROUTING_ID", func(w *world) {
			d := w.socket(zmq.Dealer)
			for _, id := range []string{"first", "second"} {
				r := w.socket(zmq.Router)
				w.set(d, "ROUTING_ID", id)
				w.inproc(d, r, id)
				w.set(d, "ROUTING_ID", "too late")
				w.note("to the "+id, r.send(0, id, "x"))
				w.all(d)
			}
		}},
		{"next bind: ROUTING_ID", func(w *world) {
			d := w.socket(zmq.Dealer, "ROUTING_ID", "first")
			ep := bound(w.t, d, "tcp")
			w.set(d, "ROUTING_ID", "too late")
			r := w.socket(zmq.Router)
			must(w.t, r.connect(ep), d.send(longMs, "x"))
			w.recv(r, longMs)
		}},
		{"next bind: MAXMSGSIZE", func(w *world) {
			pull := w.socket(zmq.Pull)
			free := bound(w.t, pull, "tcp")
			w.set(pull, "MAXMSGSIZE", 100)
			narrow := bound(w.t, pull, "tcp")
			for _, ep := range []string{narrow, free} {
				push := w.socket(zmq.Push, "RECONNECT_IVL", -1)
				must(w.t, push.connect(ep), push.send(longMs, "small"))
				w.recv(pull, longMs)
				must(w.t, push.send(longMs, strings.Repeat("x", 200)))
			}
			w.recv(pull, longMs)
			w.recv(pull, 100)
		}},
		{"next connect: IMMEDIATE", func(w *world) {
			for _, on := range []int{0, 1} {
				push := w.socket(zmq.Push, "IMMEDIATE", on)
				must(w.t, push.connect(freePort(w.t)))
				w.set(push, "IMMEDIATE", 1-on)
				w.note(fmt.Sprint("with ", on), push.send(0, "x"))
			}
		}},
		{"next bind: TCP_ACCEPT_FILTER", func(w *world) {
			pull := w.socket(zmq.Pull)
			open := bound(w.t, pull, "tcp")
			w.set(pull, "TCP_ACCEPT_FILTER", "10.0.0.0/8")
			barred := bound(w.t, pull, "tcp")
			w.set(pull, "TCP_ACCEPT_FILTER", "127.0.0.1")
			both := bound(w.t, pull, "tcp")
			for _, ep := range []string{barred, open, both} {
				push := w.socket(zmq.Push)
				must(w.t, push.connect(ep), push.send(longMs, ep[len(ep)-1:]))
				ms := longMs
				if ep == barred {
					ms = 200
				}
				_, f := pull.recv(ms)
				w.note("recv", f)
			}
		}},
		{"next connect only: CONNECT_ROUTING_ID", func(w *world) {
			r := w.socket(zmq.Router, "ROUTER_MANDATORY", 1, "CONNECT_ROUTING_ID", "mine")
			for _, id := range []string{"a", "b"} {
				d := w.socket(zmq.Dealer, "ROUTING_ID", id)
				must(w.t, d.bind("inproc://once-"+id), r.connect("inproc://once-"+id))
			}
			for _, id := range []string{"mine", "a", "b"} {
				w.note(id, r.send(0, id, "x"))
			}
		}},
		{"next connection: XPUB_WELCOME_MSG and PROBE_ROUTER", func(w *world) {
			x := w.socket(zmq.XPub)
			must(w.t, x.bind("inproc://welcome"))
			for _, text := range []string{"", "hello", "other", ""} {
				w.set(x, "XPUB_WELCOME_MSG", text)
				s := w.socket(zmq.Sub, "SUBSCRIBE", "")
				must(w.t, s.connect("inproc://welcome"))
				w.settle(x)
				w.all(s)
			}
			d := w.socket(zmq.Dealer)
			must(w.t, d.bind("inproc://probe-later"))
			for _, on := range []int{0, 1, 0} {
				w.set(d, "PROBE_ROUTER", on)
				r := w.socket(zmq.Router)
				must(w.t, r.connect("inproc://probe-later"))
				w.settle(d)
				w.all(r)
			}
		}},
		{"ROUTER_RAW", func(w *world) {
			r := w.socket(zmq.Router, "ROUTER_RAW", 1, "ROUTER_MANDATORY", 1)
			ep := bound(w.t, r, "tcp")
			for range 2 {
				c := dialBare(w, ep)
				m, f := r.recv(longMs)
				must(w.t, f)
				id := m[0]
				w.received(m)
				io.WriteString(c, "hello")
				w.recv(r, longMs)
				w.note("reply", r.send(longMs, id, "back"))
				w.read(c, 4)
				w.note("lone id", r.send(0, id))
				w.note("unknown", r.send(0, "nobody", "x"))
				c.Close()
				w.recv(r, longMs)
				w.recv(r, 0)
			}
			c := dialBare(w, ep)
			m, f := r.recv(longMs)
			must(w.t, f)
			w.note("close", r.send(0, m[0], ""))
			w.read(c, 1, r)
			w.settle(r)
			w.recv(r, 0)
		}},
		{"STREAM knows its peer when it connects", func(w *world) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				w.t.Fatal(err)
			}
			defer l.Close()
			s := w.socket(zmq.Stream)
			w.notef("id before: %q", routingID(s))
			must(w.t, s.connect("tcp://"+l.Addr().String()))
			id := routingID(s)
			w.notef("id of %d bytes", len(id))
			w.note("early", s.send(0, id, "early"))
			c, err := l.Accept()
			if err != nil {
				w.t.Fatal(err)
			}
			defer c.Close()
			w.read(c, 5)
			m, f := s.recv(longMs)
			must(w.t, f)
			w.notef("the same: %v", m[0] == id)
			w.note("close", s.send(0, id, ""))
			w.read(c, 1, s)
			w.note("gone", s.send(0, id, "x"))
			l.(*net.TCPListener).SetDeadline(time.Now().Add(300 * time.Millisecond))
			_, err = l.Accept()
			w.notef("comes again: %v", err == nil)
		}},
	}
}

// dialBare connects as a peer that speaks no ZMTP.
func dialBare(w *world, ep string) net.Conn {
	w.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(ep, "tcp://"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { c.Close() })
	return c
}

// read notes n bytes from c, or that it was closed, while the sockets are given
// the calls that libzmq needs to go on.
func (w *world) read(c net.Conn, n int, socks ...sock) {
	b := make([]byte, n)
	for end := time.Now().Add(long); time.Now().Before(end); {
		c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		k, err := io.ReadFull(c, b)
		if ne, ok := err.(net.Error); ok && ne.Timeout() && k == 0 {
			w.settle(socks...)
			continue
		}
		w.notef("read %q %v", b[:k], err)
		return
	}
	w.notef("read nothing")
}

// routingID reads ROUTING_ID.
func routingID(s sock) string {
	if p, ok := s.(*procSock); ok {
		id, _ := p.getText("ROUTING_ID")
		return id
	}
	id, _ := zmq.Get(s.(*ourSock).Socket, zmq.RoutingID)
	return string(id)
}
