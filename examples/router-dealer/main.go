// Command router-dealer has two clients that send without waiting for answers:
// ROUTER and DEALER.
package main

import (
	"context"
	"fmt"
	"log"
	"sync"

	"github.com/zeroth-mq/zmq"
)

func main() {
	ctx := context.Background()
	router, err := zmq.New(zmq.Router)
	check(err)
	addr, err := router.Bind("tcp://127.0.0.1:*")
	check(err)
	var clients, server sync.WaitGroup
	server.Go(func() { // main waits for it
		for msg, err := range router.Messages(ctx) {
			if err != nil {
				return
			}
			// The first frame says who it is, and whom the answer goes to.
			if err := router.Send(ctx, msg.Frame(0), []byte("Hello"), msg.Last()); err != nil {
				log.Print(err)
			}
		}
	})
	for _, name := range []string{"alice", "bob"} {
		clients.Go(func() { talk(ctx, addr, name) }) // main waits for them
	}
	clients.Wait()
	router.Close()
	server.Wait()
}

func talk(ctx context.Context, addr, name string) {
	dealer, err := zmq.New(zmq.Dealer, zmq.RoutingID.Of([]byte(name)))
	check(err)
	defer dealer.Close()
	check(dealer.Connect(addr))
	for i := range 5 {
		check(dealer.Send(ctx, fmt.Appendf(nil, "%s %d", name, i)))
	}
	for range 5 {
		msg, err := dealer.Recv(ctx)
		check(err)
		fmt.Printf("%s: %s %s\n", name, msg.Frame(0), msg.Frame(1))
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
