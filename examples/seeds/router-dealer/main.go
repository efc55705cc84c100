// Command router-dealer has clients that need not wait for their turn: a ROUTER
// puts the name of whoever sent a message before it, and takes it off again to
// find whom an answer is for.
package main

import (
	"flag"
	"fmt"
	"log"
	"sync"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

var times = flag.Int("n", 5, "how much each client sends")

func main() {
	flag.Parse()
	router, err := zmq.NewSocket(zmq.ROUTER)
	check(err)
	check(router.Bind("tcp://127.0.0.1:*"))
	at, err := router.GetLastEndpoint()
	check(err)

	clients := []string{"anna", "ben"}
	var all sync.WaitGroup
	all.Go(func() { answer(router, len(clients)**times) }) // main waits for it
	for _, name := range clients {
		all.Go(func() { talk(at, name) }) // and for these
	}
	all.Wait()
}

func answer(router *zmq.Socket, n int) {
	defer router.Close()
	for range n {
		who, err := router.RecvBytes(0) // the first part
		check(err)
		what, err := router.Recv(0)
		check(err)
		// Without SNDMORE the part is the last of its message, and the next
		// would be taken for a name.
		_, err = router.SendBytes(who, zmq.SNDMORE)
		check(err)
		_, err = router.Send("Hello", zmq.SNDMORE)
		check(err)
		_, err = router.Send(what, 0)
		check(err)
	}
}

func talk(server, name string) {
	dealer, err := zmq.NewSocket(zmq.DEALER)
	check(err)
	defer dealer.Close()
	check(dealer.Connect(server))
	for n := range *times { // all at once
		_, err := dealer.Send(fmt.Sprintf("%s %d", name, n), 0)
		check(err)
	}
	for range *times {
		hello, err := dealer.Recv(0)
		check(err)
		what, err := dealer.Recv(0)
		check(err)
		fmt.Printf("receive [%s %s]\n", hello, what)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
