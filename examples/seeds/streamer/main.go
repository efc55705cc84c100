// Command streamer is the device between stages of a pipeline: tasks are pushed
// to one side of it and pulled from the other by whoever is free. A control
// socket ends it.
package main

import (
	"fmt"
	"log"
	"sync"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

const tasks, workers = 12, 3

func main() {
	front, back, control := socket(zmq.PULL), socket(zmq.PUSH), socket(zmq.PAIR)
	tasksAt, workersAt := bind(front), bind(back)
	check(control.Bind("inproc://control"))
	over := make(chan error)
	go func() { over <- zmq.ProxySteerable(front, back, nil, control) }() // main waits for it

	results := socket(zmq.PULL)
	resultsAt := bind(results)
	var team sync.WaitGroup
	for range workers {
		team.Go(func() { work(workersAt, resultsAt) }) // main waits for them
	}
	source := socket(zmq.PUSH)
	check(source.Connect(tasksAt))
	for n := range tasks {
		_, err := source.Send(fmt.Sprint(n), 0)
		check(err)
	}
	sum := 0
	for range tasks {
		msg, err := results.Recv(0)
		check(err)
		var square int
		_, err = fmt.Sscan(msg, &square)
		check(err)
		sum += square
	}
	fmt.Printf("the sum of %d squares is %d\n", tasks, sum)

	steer := socket(zmq.PAIR)
	check(steer.Connect("inproc://control"))
	_, err := steer.Send("TERMINATE", 0)
	check(err)
	fmt.Println("the streamer ends:", <-over)
	for _, s := range []*zmq.Socket{front, back, control, steer, source, results} {
		check(s.Close())
	}
	check(zmq.Term()) // ends the workers, and waits for them
	team.Wait()
}

// work squares numbers until there are none.
func work(streamer, results string) {
	pull, push := socket(zmq.PULL), socket(zmq.PUSH)
	defer pull.Close()
	defer push.Close()
	check(pull.Connect(streamer))
	check(push.Connect(results))
	for {
		msg, err := pull.Recv(0)
		if err == zmq.ETERM {
			return
		}
		check(err)
		var n int
		_, err = fmt.Sscan(msg, &n)
		check(err)
		_, err = push.Send(fmt.Sprint(n*n), 0)
		check(err)
	}
}

func socket(t zmq.Type) *zmq.Socket {
	s, err := zmq.NewSocket(t)
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
