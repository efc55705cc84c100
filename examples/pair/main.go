// Command pair has two talk both ways inside one process: PAIR.
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
	a, err := zmq.New(zmq.Pair)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	b, err := zmq.New(zmq.Pair)
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	if _, err := a.Bind("inproc://talk"); err != nil {
		log.Fatal(err)
	}
	if err := b.Connect("inproc://talk"); err != nil {
		log.Fatal(err)
	}
	var both sync.WaitGroup
	both.Go(func() { talk(ctx, "server", a) }) // main waits for them
	both.Go(func() { talk(ctx, "client", b) })
	both.Wait()
}

func talk(ctx context.Context, name string, s *zmq.Socket) {
	for i := range 3 {
		if err := s.Send(ctx, fmt.Appendf(nil, "%d from the %s", i+1, name)); err != nil {
			log.Fatal(err)
		}
	}
	for range 3 {
		msg, err := s.Recv(ctx)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s\n", name, msg.Bytes())
	}
}
