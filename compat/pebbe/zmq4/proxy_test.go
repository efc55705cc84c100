package zmq4_test

import (
	"encoding/binary"
	"testing"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

func TestProxy(t *testing.T) {
	ctx, err := zmq.NewContext()
	must(t, err)
	front, back := open(t, ctx, zmq.ROUTER), open(t, ctx, zmq.DEALER)
	capture, copies := open(t, ctx, zmq.PUSH), open(t, ctx, zmq.PULL)
	control, boss := open(t, ctx, zmq.PAIR), open(t, ctx, zmq.PAIR)
	must(t, front.Bind("inproc://front"))
	must(t, back.Bind("inproc://back"))
	must(t, copies.Bind("inproc://copies"))
	must(t, capture.Connect("inproc://copies"))
	must(t, control.Bind("inproc://control"))
	must(t, boss.Connect("inproc://control"))
	over := make(chan error)
	go func() { over <- zmq.ProxySteerable(front, back, capture, control) }() // ends with TERMINATE

	req, rep := open(t, ctx, zmq.REQ), open(t, ctx, zmq.REP)
	must(t, req.Connect("inproc://front"))
	must(t, rep.Connect("inproc://back"))
	ask := func() {
		t.Helper()
		_, err := req.Send("question", 0)
		must(t, err)
		got, err := rep.Recv(0)
		must(t, err)
		same(t, "question", got, "question")
		_, err = rep.Send("answer", 0)
		must(t, err)
		got, err = req.Recv(0)
		must(t, err)
		same(t, "answer", got, "answer")
	}
	ask()
	for _, want := range []string{"question", "answer"} {
		got, err := copies.RecvMessage(0)
		must(t, err)
		same(t, "copy", got[len(got)-1], want)
	}
	_, err = boss.Send("STATISTICS", 0)
	must(t, err)
	counts, err := boss.RecvMessageBytes(0)
	must(t, err)
	same(t, "numbers", len(counts), 8)
	same(t, "messages from the front", binary.NativeEndian.Uint64(counts[0]), 1)
	_, err = boss.Send("TERMINATE", 0)
	must(t, err)
	must(t, <-over)

	go func() { over <- zmq.Proxy(front, back, nil) }() // ends with the context
	ask()
	go func() { over <- ctx.Term() }() // ends with the sockets; the test waits
	same(t, "Proxy", <-over, error(zmq.ETERM))
	for _, s := range []*zmq.Socket{front, back, capture, copies, control, boss, req, rep} {
		must(t, s.Close())
	}
	must(t, <-over)
	same(t, "Proxy of closed sockets", zmq.Proxy(front, back, nil), zmq.ErrorSocketClosed)
}
