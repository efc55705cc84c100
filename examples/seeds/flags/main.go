// Command flags asks once, with a context of its own at each end and the flags
// of Send and Recv from the command line.
package main

import (
	"flag"
	"fmt"
	"log"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

func main() {
	flags := flag.Int("flags", 0, "0 waits; 1, DONTWAIT, does not")
	flag.Parse()
	at := make(chan string)
	done := make(chan string)
	go func() { // main waits for it, at done
		asked, err := answerOne(*flags, at)
		check(err)
		done <- asked
	}()
	reply, err := askOne(*flags, <-at, "Are you OK?")
	check(err)
	fmt.Printf("asked [%s], answered [%s]\n", <-done, reply)
}

// askOne sends one request and returns the reply.
func askOne(flags int, server, msg string) (string, error) {
	ctx, err := zmq.NewContext()
	if err != nil {
		return "", err
	}
	defer ctx.Term()
	socket, err := ctx.NewSocket(zmq.REQ)
	if err != nil {
		return "", err
	}
	defer socket.Close() // before Term, which waits for it
	if err := socket.Connect(server); err != nil {
		return "", err
	}
	if _, err := socket.Send(msg, zmq.Flag(flags)); err != nil {
		return "", err
	}
	return socket.Recv(zmq.Flag(flags))
}

// answerOne says where it is, answers one request and returns it.
func answerOne(flags int, at chan<- string) (string, error) {
	ctx, err := zmq.NewContext()
	if err != nil {
		return "", err
	}
	defer ctx.Term()
	socket, err := ctx.NewSocket(zmq.REP)
	if err != nil {
		return "", err
	}
	defer socket.Close()
	if err := socket.Bind("tcp://127.0.0.1:*"); err != nil {
		return "", err
	}
	endpoint, err := socket.GetLastEndpoint()
	if err != nil {
		return "", err
	}
	at <- endpoint
	msg, err := socket.Recv(zmq.Flag(flags))
	if err != nil {
		return "", err
	}
	_, err = socket.Send("OK", zmq.Flag(flags))
	return msg, err
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
