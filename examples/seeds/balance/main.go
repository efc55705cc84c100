// Command balance has one client connected to two servers: each request goes to
// the next of them.
package main

import (
	"fmt"
	"log"
	"strings"
	"sync"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

const requests = 10

func main() {
	client, err := zmq.NewSocket(zmq.REQ)
	check(err)
	var servers sync.WaitGroup
	got := make([][]string, 2)
	for i := range got {
		rep, err := zmq.NewSocket(zmq.REP)
		check(err)
		check(rep.Bind("tcp://127.0.0.1:*"))
		at, err := rep.GetLastEndpoint()
		check(err)
		check(client.Connect(at))
		servers.Go(func() { got[i] = serve(rep, requests/len(got)) }) // main waits for them
	}
	for n := range requests {
		fmt.Printf("Sending msg %d\n", n)
		_, err := client.Send(fmt.Sprintf("msg %d", n), 0)
		check(err)
		_, err = client.Recv(0)
		check(err)
	}
	servers.Wait()
	check(client.Close())
	for i, msgs := range got {
		fmt.Printf("server %d got %s\n", i+1, strings.Join(msgs, ", "))
	}
}

// serve answers a number of requests, and returns them.
func serve(rep *zmq.Socket, n int) (got []string) {
	defer rep.Close()
	for range n {
		msg, err := rep.Recv(0)
		check(err)
		got = append(got, msg)
		_, err = rep.Send("World", 0)
		check(err)
	}
	return got
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
