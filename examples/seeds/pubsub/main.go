// Command pubsub sends the same to all who asked for it. Who asks too late has
// missed what was sent before, so this publisher is an XPUB, which is told of
// each subscription: it waits for them.
package main

import (
	"flag"
	"fmt"
	"log"
	"sync"
	"time"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

var (
	times = flag.Int("n", 2, "how often it is said")
	pause = flag.Duration("pause", 0, "how long the publisher waits each time")
)

func main() {
	flag.Parse()
	ctx, err := zmq.NewContext()
	check(err)
	publisher, err := ctx.NewSocket(zmq.XPUB)
	check(err)
	check(publisher.Bind("tcp://127.0.0.1:*"))
	at, err := publisher.GetLastEndpoint()
	check(err)

	var followers sync.WaitGroup
	for _, prefix := range []string{"news:", "talk:"} {
		followers.Go(func() { subscribe(at, prefix) }) // main waits for them
		_, err := publisher.Recv(0)                    // the subscription
		check(err)
	}
	publish(publisher, "news:")
	publish(publisher, "talk:")
	followers.Wait()
	check(publisher.Close())
	check(ctx.Term())
}

func publish(publisher *zmq.Socket, prefix string) {
	send := func(what string) {
		_, err := publisher.Send(prefix+what, 0)
		check(err)
	}
	for range *times {
		send("Hello my followers")
		send("How are you")
		time.Sleep(*pause)
	}
	send("END")
}

func subscribe(publisher, prefix string) {
	subscriber, err := zmq.NewSocket(zmq.SUB)
	check(err)
	defer subscriber.Close()
	check(subscriber.Connect(publisher))
	check(subscriber.SetSubscribe(prefix)) // only what begins with it
	for {
		msg, err := subscriber.Recv(0)
		check(err)
		fmt.Printf("%s receive [%s]\n", prefix, msg[len(prefix):])
		if msg == prefix+"END" {
			return
		}
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
