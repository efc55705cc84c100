package zmq4_test

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

func TestPollerIds(t *testing.T) {
	ctx := newContext(t)
	a, b, c := open(t, ctx, zmq.PULL), open(t, ctx, zmq.PULL), open(t, ctx, zmq.DEALER)
	p := zmq.NewPoller()
	same(t, "String", p.String(), "Poller[]")
	same(t, "first id", p.Add(a, zmq.POLLIN), 0)
	same(t, "second id", p.Add(b, zmq.POLLIN), 1)
	same(t, "a socket twice", p.Add(b, zmq.POLLIN|zmq.POLLOUT), 2)
	same(t, "last id", p.Add(c, zmq.POLLOUT), 3)
	if got := p.String(); !regexp.MustCompile(`^Poller\[Socket\(PULL,0x\w+\)POLLIN .* Socket\(DEALER,0x\w+\)POLLOUT\]$`).MatchString(got) {
		t.Errorf("%s", got)
	}

	previous, err := p.Update(3, zmq.POLLIN)
	same(t, "Update", fmt.Sprint(previous, err), "POLLOUT <nil>")
	previous, err = p.UpdateBySocket(b, 0)
	same(t, "UpdateBySocket", fmt.Sprint(previous, err), "POLLIN <nil>")
	must(t, p.Remove(0))
	previous, err = p.Update(2, zmq.POLLOUT)
	same(t, "an id that has moved", fmt.Sprint(previous, err), "POLLIN <nil>")
	must(t, p.RemoveBySocket(b))
	must(t, p.RemoveBySocket(b))

	for what, err := range map[string]error{
		"Remove": p.Remove(1), "Remove below": p.Remove(-1), "RemoveBySocket": p.RemoveBySocket(b),
	} {
		same(t, what, err, zmq.ErrorNoSocket)
	}
	_, err = p.Update(1, 0)
	same(t, "Update", err, zmq.ErrorNoSocket)
	_, err = p.UpdateBySocket(a, 0)
	same(t, "UpdateBySocket", err, zmq.ErrorNoSocket)
	must(t, p.RemoveBySocket(c))
	same(t, "String", p.String(), "Poller[]")
}

func TestPoll(t *testing.T) {
	for _, transport := range []string{"inproc", "tcp"} {
		one, send1 := pair(t, transport, zmq.PULL, zmq.PUSH)
		two, send2 := pair(t, transport, zmq.PULL, zmq.PUSH)
		var p zmq.Poller
		p.Add(one, zmq.POLLIN)
		p.Add(two, zmq.POLLIN)
		p.Add(send1, zmq.POLLIN)
		list, err := p.Poll(0)
		must(t, err)
		same(t, "ready at once", len(list), 0)
		list, err = p.Poll(2 * time.Millisecond)
		must(t, err)
		same(t, "ready in time", len(list), 0)
		if list == nil {
			t.Error("no list")
		}

		go send2.Send("x", 0) // the Poll below sees its end
		list, err = p.Poll(-1)
		must(t, err)
		same(t, "ready", fmt.Sprint(list), fmt.Sprint([]zmq.Polled{{two, zmq.POLLIN}}))

		all, err := p.PollAll(-1)
		must(t, err)
		same(t, "all", fmt.Sprint(all), fmt.Sprint([]zmq.Polled{{one, 0}, {two, zmq.POLLIN}, {send1, 0}}))

		_, err = send1.Send("x", 0)
		must(t, err)
		must(t, p.Remove(1))
		id := p.Add(send1, zmq.POLLOUT)
		list, err = p.Poll(-1)
		must(t, err)
		for len(list) < 2 { // the message is under way
			list, err = p.Poll(-1)
			must(t, err)
		}
		same(t, "ready", fmt.Sprint(list), fmt.Sprint([]zmq.Polled{{one, zmq.POLLIN}, {send1, zmq.POLLOUT}}))
		_, err = p.Update(id, 0)
		must(t, err)
		_, err = one.Recv(0)
		must(t, err)
		list, err = p.Poll(0)
		must(t, err)
		same(t, "ready", len(list), 0)
	}
}

func TestPollNothing(t *testing.T) {
	p := zmq.NewPoller()
	for _, poll := range []func(time.Duration) ([]zmq.Polled, error){p.Poll, p.PollAll} {
		list, err := poll(-1)
		if list == nil || len(list) > 0 || err != nil {
			t.Errorf("%v %v", list, err)
		}
	}
}

func TestPollEnds(t *testing.T) {
	ctx, err := zmq.NewContext()
	must(t, err)
	s := open(t, ctx, zmq.PULL)
	var p zmq.Poller
	p.Add(s, zmq.POLLIN)
	failed := make(chan error)
	wait := func() {
		_, err := p.Poll(-1)
		failed <- err
	}
	go wait() // ends with the context
	over := make(chan error)
	go func() { over <- ctx.Term() }() // ends with the socket; the test waits
	same(t, "context terminated", <-failed, error(zmq.ETERM))
	must(t, s.Close())
	must(t, <-over)
	go wait() // ends at once
	same(t, "socket closed", <-failed, zmq.ErrorSocketClosed)
	p.Remove(0)
	p.Add(&zmq.Socket{}, zmq.POLLIN)
	go wait() // ends at once
	same(t, "socket never open", <-failed, zmq.ErrorSocketClosed)
	all, err := p.PollAll(0)
	same(t, "PollAll", fmt.Sprint(all, err), "[] Socket is closed")
}
