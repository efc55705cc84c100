package main

import (
	"errors"
	"time"

	zmq "github.com/pebbe/zmq4"
)

var _ = scenario("poller", func(t *tape) {
	p := zmq.NewPoller()
	t.is("String of none")(p.String())
	t.is("Poll none")(p.Poll(-1))
	t.is("PollAll none")(p.PollAll(time.Hour))
	a, b := joined("inproc", zmq.PAIR, zmq.PAIR)
	check(a.SetIdentity("a"))
	check(b.SetIdentity("b"))
	c := open(zmq.PULL)
	check(c.SetIdentity("c"))
	t.is("Add a")(p.Add(a, zmq.POLLIN))
	t.is("Add b")(p.Add(b, zmq.POLLOUT))
	t.is("Add c")(p.Add(c, zmq.POLLIN|zmq.POLLOUT))
	t.is("Add a again")(p.Add(a, zmq.POLLOUT))
	t.is("Add b for nothing")(p.Add(b, 0))
	t.is("String")(p.String())
	t.is("Poll")(p.Poll(0))
	t.is("PollAll")(p.PollAll(0))
	t.is("Poll less than a millisecond")(p.Poll(time.Microsecond))
	t.is("Poll for ever")(p.Poll(-1))
	t.is("Poll for ever, otherwise")(p.Poll(-time.Hour))
	must(b.Send("x", 0))
	t.is("Poll with something to read")(p.Poll(patience))
	t.is("PollAll with something to read")(p.PollAll(patience))
	t.is("Update -1")(p.Update(-1, zmq.POLLIN))
	t.is("Update 5")(p.Update(5, zmq.POLLIN))
	t.is("Update 1")(p.Update(1, zmq.POLLIN))
	t.is("Update 1 again")(p.Update(1, 0))
	t.is("UpdateBySocket a")(p.UpdateBySocket(a, zmq.POLLIN|zmq.POLLOUT))
	t.is("UpdateBySocket unknown")(p.UpdateBySocket(open(zmq.PUB), zmq.POLLIN))
	t.is("String")(p.String())
	t.is("Remove -1")(p.Remove(-1))
	t.is("Remove 5")(p.Remove(5))
	t.is("Remove 0")(p.Remove(0))
	t.is("String")(p.String())
	t.is("Update 0 is the next")(p.Update(0, zmq.POLLIN))
	t.is("Remove the last")(p.Remove(3))
	t.is("RemoveBySocket a")(p.RemoveBySocket(a))
	t.is("RemoveBySocket a again")(p.RemoveBySocket(a))
	t.is("String")(p.String())
	t.is("Add after Remove")(p.Add(a, zmq.POLLIN))
	t.is("Poll")(p.Poll(patience))
	must(a.Recv(0))
	t.is("Poll after reading")(p.Poll(0))
	check(a.Close())
	t.is("Poll with a closed socket")(p.Poll(0))
	t.is("String")(p.String())
	t.is("Remove the closed one")(p.RemoveBySocket(a))
	t.is("Poll")(p.Poll(0))
})

// Poll waits for the first of its sockets, and no longer than it was told.
var _ = scenario("poller waits", func(t *tape) {
	a, b := joined("tcp", zmq.PULL, zmq.PUSH)
	check(a.SetIdentity("a"))
	p := zmq.NewPoller()
	p.Add(a, zmq.POLLIN)
	t.soon("Poll with a limit", patience, func() { t.is("Poll")(p.Poll(moment)) })
	before := time.Now()
	p.Poll(moment)
	t.is("it waited")(time.Since(before) >= moment)
	done := t.soon("Poll for ever", moment, func() { t.is("Poll, woken")(p.Poll(-1)) })
	must(b.Send("x", 0))
	<-done
	t.is("still readable")(p.Poll(patience))
	must(a.Recv(0))
	t.is("all read")(p.Poll(0))
})

var _ = scenario("reactor", func(t *tape) {
	t.is("Run with nothing")(zmq.NewReactor().Run(time.Millisecond))
	r := zmq.NewReactor()
	never := make(chan any)
	t.is("AddChannel")(r.AddChannel(never, 0, func(any) error { return nil }))
	t.is("Run for ever with a channel")(r.Run(-1))
	r.RemoveChannel(1)
	r.RemoveChannel(99)
	t.is("Run after RemoveChannel")(r.Run(time.Millisecond))
	t.is("AddChannel")(r.AddChannel(never, 1, func(any) error { return nil }))

	// Channels close and are forgotten; a handler's error ends Run.
	r = zmq.NewReactor()
	values := make(chan any, 10)
	for i := range 5 {
		values <- i
	}
	close(values)
	r.AddChannel(values, 0, func(v any) error { t.is("value")(v); return nil })
	t.is("Run until the channel is closed")(r.Run(time.Millisecond))

	enough := errors.New("enough")
	r = zmq.NewReactor()
	a, b := joined("inproc", zmq.PAIR, zmq.PAIR)
	limited, rounds := make(chan any, 10), 0
	for i := range 6 {
		limited <- i
	}
	r.AddChannel(limited, 2, func(v any) error { t.is("limited value")(v); return nil })
	r.AddSocket(a, zmq.POLLIN|zmq.POLLOUT, func(e zmq.State) error {
		t.is("state")(e)
		if rounds++; rounds == 3 {
			return enough
		}
		return nil
	})
	must(b.Send("x", 0))
	t.is("Run until enough")(r.Run(time.Second))
	r.RemoveSocket(a)
	r.RemoveSocket(b)
	never2 := make(chan any, 1)
	never2 <- "stop"
	r.AddChannel(never2, 0, func(v any) error { return enough })
	t.is("Run without the socket")(r.Run(time.Millisecond))
	r.AddSocket(a, zmq.POLLIN, func(zmq.State) error { return errors.New("first handler") })
	r.AddSocket(a, zmq.POLLIN, func(zmq.State) error { return errors.New("second handler") })
	t.is("the handler of the last AddSocket")(r.Run(time.Second))
	check(a.Close())
	t.is("Run with a closed socket")(r.Run(time.Second))

	r = zmq.NewReactor()
	ticks, n := make(chan time.Time), 0
	go func() { // ends when all was taken
		for range 3 {
			ticks <- time.Time{}
		}
		close(ticks)
	}()
	r.AddChannelTime(ticks, 1, func(v any) error { n++; _, ok := v.(time.Time); t.is("tick")(ok); return nil })
	t.is("Run until the ticks end")(r.Run(time.Millisecond), n)
})
