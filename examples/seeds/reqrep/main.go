// Command reqrep has a client ask a server: REQ and REP take turns in sending
// and receiving.
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
	times  = flag.Int("n", 10, "how often the client asks")
	pause  = flag.Duration("pause", 0, "how long it waits after each answer")
	listen = flag.String("listen", "tcp://127.0.0.1:*", "where the server is; * is a free port")
)

func main() {
	flag.Parse()
	rep, err := zmq.NewSocket(zmq.REP)
	check(err)
	check(rep.Bind(*listen))
	at, err := rep.GetLastEndpoint()
	check(err)

	var server sync.WaitGroup
	server.Go(func() { serve(rep, *times) }) // main waits for it
	ask(at, "world")
	server.Wait()
}

// serve answers a number of requests.
func serve(rep *zmq.Socket, n int) {
	defer rep.Close()
	for range n {
		request, err := rep.Recv(0) // 0: waits
		check(err)
		_, err = rep.Send("Hello "+request, 0)
		check(err)
	}
}

func ask(server, what string) {
	req, err := zmq.NewSocket(zmq.REQ)
	check(err)
	defer req.Close()
	// Connect does not wait: the server may come later.
	check(req.Connect(server))
	for range *times {
		// Queued at once; the library sends it when it can.
		_, err := req.Send(what, zmq.DONTWAIT)
		check(err)
		answer, err := req.Recv(0)
		check(err)
		fmt.Printf("receive [%s]\n", answer)
		time.Sleep(*pause)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
