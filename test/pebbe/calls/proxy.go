package main

import (
	"encoding/binary"
	"fmt"

	zmq "github.com/pebbe/zmq4"
)

// A broker: clients and workers that know only the proxy between them.
var _ = scenario("proxy", func(t *tape) {
	ctx := must(zmq.NewContext())
	make := func(typ zmq.Type) *zmq.Socket {
		s := must(ctx.NewSocket(typ))
		gentle(s)
		return s
	}
	front, back, capture, seen := make(zmq.ROUTER), make(zmq.DEALER), make(zmq.PUSH), make(zmq.PULL)
	check(front.Bind("inproc://front"))
	check(back.Bind("inproc://back"))
	check(seen.Bind("inproc://seen"))
	check(capture.Connect("inproc://seen"))
	ended := goFor(func() error {
		err := zmq.Proxy(front, back, capture)
		check(front.Close())
		check(back.Close())
		check(capture.Close())
		return err
	})
	req, rep := make(zmq.REQ), make(zmq.REP)
	check(req.SetIdentity("anna"))
	check(req.Connect("inproc://front"))
	check(rep.Connect("inproc://back"))
	t.is("ask")(req.SendMessage("q", "", "r"))
	t.is("asked")(rep.RecvMessage(0))
	t.is("answer")(rep.SendMessage("a"))
	t.is("answered")(req.RecvMessage(0))
	t.is("captured")(seen.RecvMessage(0))
	t.is("captured")(seen.RecvMessage(0))
	check(req.Close())
	check(rep.Close())
	check(seen.Close())
	t.is("Term")(ctx.Term())
	t.is("Proxy")(<-ended)
})

// goFor runs a call elsewhere; the caller takes its error.
func goFor(f func() error) chan error {
	c := make(chan error, 1)
	go func() { c <- f() }()
	return c
}

var _ = scenario("proxy steered", func(t *tape) {
	front, in := joined("inproc", zmq.PULL, zmq.PUSH)
	back, out := joined("inproc", zmq.PUSH, zmq.PULL)
	control, steer := joined("inproc", zmq.PAIR, zmq.PAIR)
	ended := goFor(func() error { return zmq.ProxySteerable(front, back, nil, control) })
	must(in.SendMessage("1", "one"))
	t.is("through")(out.RecvMessage(0))
	t.is("PAUSE")(steer.Send("PAUSE", 0))
	settle()
	must(in.Send("2", 0))
	check(out.SetRcvtimeo(moment))
	t.is("paused")(out.Recv(0))
	check(out.SetRcvtimeo(patience))
	t.is("RESUME")(steer.Send("RESUME", 0))
	t.is("resumed")(out.Recv(0))
	// No unknown command: libzmq 4.3.4 ends the process.
	must(steer.Send("STATISTICS", 0))
	stats := must(steer.RecvMessageBytes(0))
	for i, s := range stats {
		t.is(fmt.Sprintf("statistics %d of %d", i, len(stats)))(len(s), binary.NativeEndian.Uint64(s))
	}
	t.is("TERMINATE")(steer.Send("TERMINATE", 0))
	t.is("ProxySteerable")(<-ended)
	a, b := joined("inproc", zmq.PAIR, zmq.PAIR)
	must(b.Send("TERMINATE", 0))
	front, back = open(zmq.ROUTER), open(zmq.DEALER)
	t.is("terminated before it began")(zmq.ProxySteerable(front, back, nil, a))
})

// A forwarder and a streamer.
var _ = scenario("proxy devices", func(t *tape) {
	front, back := open(zmq.XSUB), open(zmq.XPUB)
	pubAt, subAt := bound(front, "tcp"), bound(back, "tcp")
	control, steer := joined("inproc", zmq.PAIR, zmq.PAIR)
	ended := goFor(func() error { return zmq.ProxySteerable(front, back, nil, control) })
	pub, sub := open(zmq.XPUB), open(zmq.SUB)
	check(sub.SetSubscribe("goal"))
	check(sub.Connect(subAt))
	check(pub.Connect(pubAt))
	t.is("the subscription comes through")(pub.Recv(0))
	must(pub.SendMessage("foul", "1"))
	must(pub.SendMessage("goal", "2"))
	t.is("news")(sub.RecvMessage(0))
	check(sub.SetUnsubscribe("goal"))
	t.is("and its end")(pub.Recv(0))
	must(steer.Send("TERMINATE", 0))
	t.is("ProxySteerable")(<-ended)
})
