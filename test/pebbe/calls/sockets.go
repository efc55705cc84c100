package main

import (
	"fmt"
	"os"
	"time"

	zmq "github.com/pebbe/zmq4"
)

// Long enough for whatever is expected to happen.
const patience = 20 * time.Second

// Long enough to see that something does not happen.
const moment = 300 * time.Millisecond

// open makes a socket that gives up after a while, where it would wait for
// ever, and that keeps nobody from ending.
func open(typ zmq.Type) *zmq.Socket {
	s := must(zmq.NewSocket(typ))
	gentle(s)
	held = append(held, s)
	return s
}

// All sockets that were opened: one that is not used any more would be closed
// by the garbage collector, while its peer is still looked at.
var held []*zmq.Socket

func gentle(s *zmq.Socket) {
	check(s.SetRcvtimeo(patience))
	check(s.SetSndtimeo(patience))
	check(s.SetLinger(0))
}

var names = 0

// somewhere names a new endpoint to bind to.
func somewhere(scheme string) string {
	names++
	switch scheme {
	case "tcp":
		return "tcp://127.0.0.1:*"
	case "ipc":
		return fmt.Sprintf("ipc://@zeroth-calls-%d-%d", os.Getpid(), names)
	}
	return fmt.Sprintf("inproc://calls-%d", names)
}

// bound binds a socket and says where.
func bound(s *zmq.Socket, scheme string) string {
	check(s.Bind(somewhere(scheme)))
	return must(s.GetLastEndpoint())
}

// joined makes two sockets, the first bound, the second connected to it.
func joined(scheme string, a, b zmq.Type) (*zmq.Socket, *zmq.Socket) {
	first, second := open(a), open(b)
	check(second.Connect(bound(first, scheme)))
	return first, second
}

// readable waits until a socket has something to read.
func readable(s *zmq.Socket) {
	p := zmq.NewPoller()
	p.Add(s, zmq.POLLIN)
	if len(must(p.Poll(patience))) == 0 {
		check(fmt.Errorf("nothing came to %v", s))
	}
}
