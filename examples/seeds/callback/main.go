// Command callback has a subscriber call a function with each message, in a
// goroutine that ends when its context does.
package main

import (
	"fmt"
	"log"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

func main() {
	ctx, err := zmq.NewContext()
	check(err)
	pub, err := ctx.NewSocket(zmq.XPUB)
	check(err)
	check(pub.Bind("inproc://news"))

	heard := make(chan bool)
	done, err := subscribe(ctx, "inproc://news", "sub 1", func(msg string) {
		fmt.Printf("processed [%s]\n", msg)
		heard <- true
	})
	check(err)
	_, err = pub.Recv(0) // the subscription
	check(err)
	for _, msg := range []string{"sub 1: first", "sub 2: for others", "sub 1: second"} {
		_, err := pub.Send(msg, 0)
		check(err)
	}
	<-heard
	<-heard
	check(pub.Close())
	check(ctx.Term()) // ends the Recv below
	<-done
	fmt.Println("done")
}

// subscribe calls process with each message that begins with filter. The
// channel it returns is closed when that is over.
func subscribe(ctx *zmq.Context, publisher, filter string, process func(msg string)) (<-chan struct{}, error) {
	socket, err := ctx.NewSocket(zmq.SUB)
	if err != nil {
		return nil, err
	}
	if err := socket.Connect(publisher); err != nil {
		return nil, err
	}
	if err := socket.SetSubscribe(filter); err != nil {
		return nil, err
	}
	done := make(chan struct{})
	go func() { // main waits for it, at done
		defer close(done)
		defer socket.Close()
		for {
			msg, err := socket.Recv(0)
			if err != nil {
				return
			}
			process(msg)
		}
	}()
	return done, nil
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
