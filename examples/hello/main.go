// Command hello asks a server ten times: REQ and REP.
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
	rep, err := zmq.New(zmq.Rep)
	if err != nil {
		log.Fatal(err)
	}
	addr, err := rep.Bind("tcp://127.0.0.1:*") // a free port
	if err != nil {
		log.Fatal(err)
	}
	var server sync.WaitGroup
	server.Go(func() { // main waits for it
		for msg, err := range rep.Messages(ctx) {
			if err != nil {
				return // the socket was closed
			}
			fmt.Printf("server: %s\n", msg.Bytes())
			if err := rep.Send(ctx, []byte("I am OK!")); err != nil {
				log.Print(err)
			}
		}
	})

	req, err := zmq.New(zmq.Req)
	if err != nil {
		log.Fatal(err)
	}
	if err := req.Connect(addr); err != nil {
		log.Fatal(err)
	}
	for range 10 {
		reply, err := req.Request(ctx, []byte("Are you OK?"))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("client: %s\n", reply.Bytes())
	}
	req.Close()
	rep.Close()
	server.Wait()
}
