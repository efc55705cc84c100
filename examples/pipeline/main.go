// Command pipeline squares numbers with three workers: PUSH and PULL.
package main

import (
	"context"
	"fmt"
	"log"
	"strconv"
	"sync"

	"github.com/zeroth-mq/zmq"
)

const jobs, team = 12, 3

func main() {
	ctx := context.Background()
	ventilator, sink := must(zmq.New(zmq.Push)), must(zmq.New(zmq.Pull))
	jobsAt := must(ventilator.Bind("tcp://127.0.0.1:*"))
	resultsAt := must(sink.Bind("tcp://127.0.0.1:*"))

	var workers sync.WaitGroup
	for i := range team {
		workers.Go(func() { work(ctx, i+1, jobsAt, resultsAt) }) // main waits for them
	}
	check(ventilator.WaitConnected(ctx, team)) // or the first gets everything
	for n := range jobs {
		check(ventilator.Send(ctx, []byte(strconv.Itoa(n))))
	}
	for range team { // in turn: one for each
		check(ventilator.Send(ctx, []byte("end")))
	}
	for range jobs {
		fmt.Println(string(must(sink.Recv(ctx)).Bytes()))
	}
	workers.Wait()
}

func work(ctx context.Context, name int, jobsAt, resultsAt string) {
	pull, push := must(zmq.New(zmq.Pull)), must(zmq.New(zmq.Push))
	check(pull.Connect(jobsAt))
	check(push.Connect(resultsAt))
	for msg := must(pull.Recv(ctx)); string(msg.Bytes()) != "end"; msg = must(pull.Recv(ctx)) {
		n := must(strconv.Atoi(string(msg.Bytes())))
		check(push.Send(ctx, fmt.Appendf(nil, "worker %d: the square of %d is %d", name, n, n*n)))
	}
	check(push.Close()) // waits until the results are away
	check(pull.Close())
}

func must[T any](v T, err error) T { check(err); return v }

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
