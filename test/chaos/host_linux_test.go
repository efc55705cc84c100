package chaos

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

func init() { roles["host"] = hostChild }

// hostChild is the child for links that die. ZMQ_CHAOS_DOES says what it does, beside
// telling when it is connected and when the connection is lost: bind or connect,
// heartbeats of 200 ms and 600 ms (beats), or four times that (slowly), send at full
// rate (sends), receive (reads), or receive a message every 20 ms (crawls), as a
// DEALER or a STREAM (raw). It tells of each hundred messages.
func hostChild(ctx context.Context) int {
	does := make(map[string]bool)
	for _, w := range strings.Fields(os.Getenv("ZMQ_CHAOS_DOES")) {
		does[w] = true
	}
	// Both bound to few messages, so that what lies in between is in the system.
	options := []zmq.Option{zmq.SendHWM.Of(10), zmq.RecvHWM.Of(10), zmq.HeartbeatInterval.Of(0), zmq.Linger.Of(0)}
	ivl := 200 * time.Millisecond
	if does["slowly"] {
		ivl *= 4
	}
	if does["beats"] {
		options = append(options, zmq.HeartbeatInterval.Of(ivl), zmq.HeartbeatTimeout.Of(3*ivl))
	}
	kind := zmq.Dealer
	if does["raw"] {
		kind = zmq.Stream
		options = append(options, zmq.SendTimeout.Of(-1))
	}
	s, err := zmq.New(kind, options...)
	if err != nil {
		return 1
	}
	defer s.Close()
	events := s.Monitor().Events(ctx)
	addr := os.Getenv("ZMQ_CHAOS_ADDR")
	if does["bind"] {
		addr, err = s.Bind(addr)
		fmt.Println(addr)
	} else {
		err = s.Connect(addr)
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	if does["sends"] {
		go func() { // ends with the process
			message := [][]byte{make([]byte, 10_000)}
			if does["raw"] {
				m, err := s.Recv(ctx) // that there is a connection
				if err != nil {
					return
				}
				message = [][]byte{m.Frame(0), message[0]}
			}
			for s.Send(ctx, message...) == nil {
			}
		}()
	}
	if does["reads"] || does["crawls"] {
		go func() { // likewise
			for n := 1; ; n++ {
				if _, err := s.Recv(ctx); err != nil {
					return
				}
				if n%100 == 0 {
					fmt.Println("a hundred")
				}
				if does["crawls"] {
					time.Sleep(20 * time.Millisecond)
				}
			}
		}()
	}
	for ev := range events {
		switch ev.Kind {
		case zmq.EventHandshakeDone:
			fmt.Println("connected")
		case zmq.EventDisconnected:
			fmt.Println("lost:", ev.Err)
		}
	}
	return 0
}
