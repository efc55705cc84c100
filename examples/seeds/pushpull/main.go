// Command pushpull deals work out: each message goes to one of the pullers, in
// turn, and no more than the high-water mark waits for any of them.
package main

import (
	"flag"
	"fmt"
	"log"
	"time"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

var (
	times = flag.Int("n", 5, "how often the pusher has something")
	pause = flag.Duration("pause", 0, "how long it waits each time")
)

func main() {
	flag.Parse()
	ctx, err := zmq.NewContext()
	check(err)
	pusher, err := ctx.NewSocket(zmq.PUSH)
	check(err)
	check(pusher.SetSndhwm(110))
	check(pusher.Bind("tcp://127.0.0.1:*"))
	at, err := pusher.GetLastEndpoint()
	check(err)
	done := make(chan struct{})
	go func() { // main waits for it, at done
		defer close(done)
		pull(at)
	}()
	push(pusher)
	<-done
	check(pusher.Close())
	check(ctx.Term())
}

func push(pusher *zmq.Socket) {
	send := func(what string) {
		_, err := pusher.Send(what, 0) // waits until there is somebody
		check(err)
	}
	for range *times {
		send("Hello my followers")
		send("How are you")
		time.Sleep(*pause)
	}
	send("END")
}

func pull(pusher string) {
	puller, err := zmq.NewSocket(zmq.PULL)
	check(err)
	defer puller.Close()
	check(puller.Connect(pusher))
	for {
		msg, err := puller.Recv(0)
		check(err)
		fmt.Printf("receive [%s]\n", msg)
		if msg == "END" {
			return
		}
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
