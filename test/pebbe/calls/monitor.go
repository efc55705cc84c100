package main

import (
	"strings"

	zmq "github.com/pebbe/zmq4"
)

// watch has a socket's events in one that receives them.
func watch(s *zmq.Socket, name string, events zmq.Event) *zmq.Socket {
	check(s.Monitor("inproc://"+name, events))
	ctx := must(s.Context())
	m := must(ctx.NewSocket(zmq.PAIR))
	gentle(m)
	check(m.Connect("inproc://" + name))
	return m
}

// events prints what comes until a given one. File descriptors are only said
// to be there.
func events(t *tape, who string, m *zmq.Socket, last zmq.Event) {
	for {
		e, addr, value, err := m.RecvEvent(0)
		switch e {
		case zmq.EVENT_CONNECTED, zmq.EVENT_LISTENING, zmq.EVENT_ACCEPTED, zmq.EVENT_CLOSED, zmq.EVENT_DISCONNECTED:
			t.is(who)(e, addr, value > 2, err)
		case zmq.EVENT_CONNECT_RETRIED:
			t.is(who)(e, addr, value > 0, err)
		default:
			t.is(who)(e, addr, value, err)
		}
		if err != nil || e == last {
			return
		}
	}
}

var _ = scenario("monitor", func(t *tape) {
	rep, req := open(zmq.REP), open(zmq.REQ)
	server := watch(rep, "server", zmq.EVENT_ALL)
	client := watch(req, "client", zmq.EVENT_ALL&^zmq.EVENT_CONNECT_DELAYED)
	t.is("none yet")(server.RecvEvent(zmq.DONTWAIT))
	addr := bound(rep, "tcp")
	t.hides(addr, "ADDR")
	events(t, "server", server, zmq.EVENT_LISTENING)
	check(req.Connect(addr))
	events(t, "client", client, zmq.EVENT_HANDSHAKE_SUCCEEDED)
	events(t, "server", server, zmq.EVENT_HANDSHAKE_SUCCEEDED)
	must(req.Send("x", 0))
	must(rep.Recv(0))
	check(req.Close())
	events(t, "client", client, zmq.EVENT_MONITOR_STOPPED)
	events(t, "server", server, zmq.EVENT_DISCONNECTED)
	check(rep.Unbind(addr))
	events(t, "server", server, zmq.EVENT_CLOSED)
	t.is("stop")(rep.Monitor("", 0))
	events(t, "server", server, zmq.EVENT_MONITOR_STOPPED)
	t.is("stop again")(rep.Monitor("", zmq.EVENT_ALL))
	t.is("after the end")(server.RecvEvent(zmq.DONTWAIT))
})

var _ = scenario("monitor errors", func(t *tape) {
	s := open(zmq.REP)
	t.is("tcp")(s.Monitor("tcp://127.0.0.1:*", zmq.EVENT_ALL))
	t.is("no scheme")(s.Monitor("x", zmq.EVENT_ALL))
	t.is("no name")(s.Monitor("inproc://", zmq.EVENT_ALL))
	t.is("no events")(s.Monitor("inproc://none", 0))
	taken := open(zmq.PAIR)
	check(taken.Bind("inproc://taken"))
	t.is("a name that is taken")(s.Monitor("inproc://taken", zmq.EVENT_ALL))
	t.is("stop what never began")(s.Monitor("", 0))
	// With a reader: without one libzmq 4.3.4 waits for ever to say that the
	// first monitor has stopped.
	m := watch(s, "one", zmq.EVENT_ALL)
	t.is("another in its place")(s.Monitor("inproc://two", zmq.EVENT_ALL))
	events(t, "the first", m, zmq.EVENT_MONITOR_STOPPED)
	a, b := joined("inproc", zmq.PAIR, zmq.PAIR)
	must(a.Send("123456", 0))
	e, addr, value, err := b.RecvEvent(0)
	t.is("one part is no event")(e, addr, value, err)
})

// Only the events that were asked for.
var _ = scenario("monitor some", func(t *tape) {
	rep := open(zmq.REP)
	m := watch(rep, "some", zmq.EVENT_BIND_FAILED|zmq.EVENT_MONITOR_STOPPED)
	other := open(zmq.REP)
	addr := bound(other, "tcp")
	port := addr[strings.LastIndex(addr, ":"):]
	t.hides(port, ":PORT")
	t.is("bind")(rep.Bind(addr))
	events(t, "failed", m, zmq.EVENT_BIND_FAILED)
	check(rep.Bind("tcp://127.0.0.1:*"))
	check(rep.Close())
	events(t, "stopped", m, zmq.EVENT_MONITOR_STOPPED)
})

// What the events of a refused connection are.
var _ = scenario("monitor refused", func(t *tape) {
	closed := open(zmq.REP)
	addr := bound(closed, "tcp")
	check(closed.Unbind(addr))
	t.hides(addr, "ADDR")
	req := open(zmq.REQ)
	m := watch(req, "refused", zmq.EVENT_CONNECTED|zmq.EVENT_CLOSED|zmq.EVENT_CONNECT_RETRIED)
	check(req.Connect(addr))
	events(t, "refused", m, zmq.EVENT_CONNECT_RETRIED)
})

// Two that do not speak with each other.
var _ = scenario("monitor mismatch", func(t *tape) {
	for _, c := range []struct {
		name string
		set  func(a, b *zmq.Socket)
	}{
		{"mechanism", func(a, b *zmq.Socket) { check(a.SetPlainServer(1)) }},
		{"type", func(a, b *zmq.Socket) {}},
	} {
		a := open(zmq.REP)
		b := open(zmq.PUSH)
		c.set(a, b)
		m := watch(a, c.name, zmq.EVENT_ALL)
		addr := bound(a, "tcp")
		t.hides(addr, "ADDR")
		check(b.Connect(addr))
		events(t, c.name, m, zmq.EVENT_DISCONNECTED)
		check(b.Close())
	}
})
