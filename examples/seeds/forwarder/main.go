// Command forwarder is the device between publishers and subscribers: an XSUB
// and an XPUB, through which subscriptions go one way and messages the other.
package main

import (
	"fmt"
	"log"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

func main() {
	ctx, err := zmq.NewContext()
	check(err)
	front, back := socket(ctx, zmq.XSUB), socket(ctx, zmq.XPUB)
	pubsAt, subsAt := bind(front), bind(back)
	over := make(chan error)
	go func() { // main waits for it, at over
		err := zmq.Proxy(front, back, nil)
		front.Close()
		back.Close()
		over <- err
	}()

	sub := socket(ctx, zmq.SUB)
	check(sub.SetSubscribe("goal"))
	check(sub.Connect(subsAt))
	for _, country := range []string{"portugal", "germany"} {
		pub := socket(ctx, zmq.XPUB)
		check(pub.Connect(pubsAt))
		_, err := pub.Recv(0) // the subscription, which came all the way
		check(err)
		for _, what := range []string{"foul", "goal"} {
			_, err := pub.SendMessage(what, country)
			check(err)
		}
		msg, err := sub.RecvMessage(0)
		check(err)
		fmt.Printf("subscriber: %s by %s\n", msg[0], msg[1])
		check(pub.Close())
	}
	check(sub.Close())
	check(ctx.Term())
	fmt.Println(<-over)
}

func socket(ctx *zmq.Context, t zmq.Type) *zmq.Socket {
	s, err := ctx.NewSocket(t)
	check(err)
	return s
}

func bind(s *zmq.Socket) string {
	check(s.Bind("tcp://127.0.0.1:*"))
	at, err := s.GetLastEndpoint()
	check(err)
	return at
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
