// Command pubsub reports a football match to two fans: PUB and SUB.
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
	pub, err := zmq.New(zmq.Pub)
	if err != nil {
		log.Fatal(err)
	}
	defer pub.Close()
	addr, err := pub.Bind("tcp://127.0.0.1:*")
	if err != nil {
		log.Fatal(err)
	}

	var fans sync.WaitGroup
	for _, team := range []string{"portugal", "netherlands"} {
		fans.Go(func() { follow(ctx, addr, team) }) // main waits for them
	}
	// Without this the first messages would find nobody.
	if err := pub.WaitSubscribers(ctx, "end", 2); err != nil {
		log.Fatal(err)
	}
	for _, news := range []string{"portugal corner", "netherlands foul", "brazil goal", "portugal goal", "end"} {
		if err := pub.Send(ctx, []byte(news)); err != nil {
			log.Fatal(err)
		}
	}
	fans.Wait()
}

func follow(ctx context.Context, addr, team string) {
	sub, err := zmq.New(zmq.Sub)
	if err != nil {
		log.Fatal(err)
	}
	defer sub.Close()
	if err := sub.Subscribe(team, "end"); err != nil {
		log.Fatal(err)
	}
	if err := sub.Connect(addr); err != nil {
		log.Fatal(err)
	}
	for msg, err := range sub.Messages(ctx) {
		if err != nil || string(msg.Bytes()) == "end" {
			return
		}
		fmt.Printf("fan of %s: %s\n", team, msg.Bytes())
	}
}
