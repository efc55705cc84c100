package zmq4_test

import (
	"fmt"
	"testing"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

func TestMonitor(t *testing.T) {
	ctx := newContext(t)
	s, peer, watcher := open(t, ctx, zmq.PULL), open(t, ctx, zmq.PUSH), open(t, ctx, zmq.PAIR)
	same(t, "not inproc", s.Monitor("tcp://127.0.0.1:*", zmq.EVENT_ALL), error(zmq.EPROTONOSUPPORT))
	must(t, s.Monitor("inproc://watch", zmq.EVENT_LISTENING|zmq.EVENT_HANDSHAKE_SUCCEEDED|zmq.EVENT_MONITOR_STOPPED))
	must(t, watcher.Connect("inproc://watch"))
	must(t, s.Bind("tcp://127.0.0.1:*"))
	addr := endpoint(t, s)
	event, at, fd, err := watcher.RecvEvent(0)
	must(t, err)
	same(t, "event", event.String()+at, zmq.EVENT_LISTENING.String()+addr)
	if fd <= 0 {
		t.Errorf("the descriptor is %d", fd)
	}
	must(t, peer.Connect(addr))
	event, _, value, err := watcher.RecvEvent(0)
	must(t, err)
	same(t, "event", fmt.Sprint(event, value), fmt.Sprint(zmq.EVENT_HANDSHAKE_SUCCEEDED, 0))
	must(t, s.Monitor("", 0))
	event, at, _, err = watcher.RecvEvent(0)
	must(t, err)
	same(t, "event", event.String()+at, zmq.EVENT_MONITOR_STOPPED.String())
}

// A message that is no event is no reason to fall over.
func TestRecvEventOfOthers(t *testing.T) {
	a, b := pair(t, "inproc", zmq.PAIR, zmq.PAIR)
	_, err := b.SendMessage("\x01\x00\x07\x00\x00\x00")
	must(t, err)
	event, addr, value, err := a.RecvEvent(0)
	same(t, "one part", fmt.Sprintf("%v %q %d %v", event, addr, value, err), `<NONE> "" 0 More expected`)
	_, err = b.SendMessage("x", "y")
	must(t, err)
	event, addr, value, err = a.RecvEvent(0)
	same(t, "too short", fmt.Sprintf("%v %s %d %v", event, addr, value, err), "<NONE> y 0 <nil>")
	_, _, _, err = a.RecvEvent(zmq.DONTWAIT)
	same(t, "nothing", err, error(again))
}
