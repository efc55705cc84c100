// Command queue is the device between clients and servers: clients connect to
// one side of it, servers to the other, and either may come and go without the
// others being told.
package main

import (
	"fmt"
	"log"
	"sync"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

const requests, workers = 6, 2

func main() {
	ctx, err := zmq.NewContext()
	check(err)
	clientsAt, serversAt, over := queue(ctx)

	var servers sync.WaitGroup
	for range workers {
		servers.Go(func() { serve(ctx, serversAt) }) // main waits for them
	}
	client := socket(ctx, zmq.REQ)
	check(client.Connect(clientsAt))
	for n := range requests {
		_, err := client.Send(fmt.Sprintf("request %d", n), 0)
		check(err)
		reply, err := client.Recv(0)
		check(err)
		fmt.Printf("client: %s\n", reply)
	}
	check(client.Close())
	check(ctx.Term()) // ends the device and the servers
	servers.Wait()
	<-over
}

// queue starts the device, and says where its two sides are. The channel is
// closed when it has ended.
func queue(ctx *zmq.Context) (clients, servers string, over <-chan struct{}) {
	front, back := socket(ctx, zmq.ROUTER), socket(ctx, zmq.DEALER)
	clients, servers = bind(front), bind(back)
	done := make(chan struct{})
	go func() { // main waits for it, at over
		defer close(done)
		if err := zmq.Proxy(front, back, nil); err != zmq.ETERM {
			log.Print(err)
		}
		front.Close()
		back.Close()
	}()
	return clients, servers, done
}

// serve answers until the context is terminated.
func serve(ctx *zmq.Context, queue string) {
	rep := socket(ctx, zmq.REP)
	defer rep.Close()
	check(rep.Connect(queue))
	for {
		request, err := rep.Recv(0)
		if err == zmq.ETERM {
			return
		}
		check(err)
		_, err = rep.Send(request+" answered", 0)
		check(err)
	}
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
