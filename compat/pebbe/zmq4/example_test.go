package zmq4_test

import (
	"errors"
	"fmt"
	"time"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

// A question and its answer.
func Example() {
	server, _ := zmq.NewSocket(zmq.REP)
	defer server.Close()
	server.Bind("tcp://127.0.0.1:*")
	addr, _ := server.GetLastEndpoint()

	done := make(chan struct{})
	go func() { // ends after one answer; done says so
		defer close(done)
		question, _ := server.Recv(0)
		server.Send(question+" world", 0)
	}()

	client, _ := zmq.NewSocket(zmq.REQ)
	defer client.Close()
	client.Connect(addr)
	client.Send("hello", 0)
	answer, err := client.Recv(0)
	fmt.Println(answer, err)
	<-done
	// Output: hello world <nil>
}

// News by topic. The publisher is an XPUB, which hears of its subscribers, so
// that it need not guess when to begin.
func ExampleSocket_SetSubscribe() {
	ctx, _ := zmq.NewContext()
	defer ctx.Term()
	pub, _ := ctx.NewSocket(zmq.XPUB)
	defer pub.Close()
	pub.Bind("tcp://127.0.0.1:*")
	addr, _ := pub.GetLastEndpoint()

	sub, _ := ctx.NewSocket(zmq.SUB)
	defer sub.Close()
	sub.SetSubscribe("goal")
	sub.Connect(addr)

	subscription, _ := pub.Recv(0)
	fmt.Printf("%q\n", subscription)
	pub.SendMessage("foul", "12'")
	pub.SendMessage("goal", "44'", 1)
	news, _ := sub.RecvMessage(0)
	fmt.Println(news)
	// Output:
	// "\x01goal"
	// [goal 44' 1]
}

func ExamplePoller() {
	ctx, _ := zmq.NewContext()
	defer ctx.Term()
	var pulls, pushes []*zmq.Socket
	for _, name := range []string{"inproc://left", "inproc://right"} {
		pull, _ := ctx.NewSocket(zmq.PULL)
		defer pull.Close()
		pull.Bind(name)
		push, _ := ctx.NewSocket(zmq.PUSH)
		defer push.Close()
		push.Connect(name)
		pulls, pushes = append(pulls, pull), append(pushes, push)
	}
	pushes[1].Send("this way", 0)

	poller := zmq.NewPoller()
	for _, s := range pulls {
		poller.Add(s, zmq.POLLIN)
	}
	ready, _ := poller.Poll(-1)
	for _, p := range ready {
		text, _ := p.Socket.Recv(0)
		fmt.Println(p.Socket == pulls[1], p.Events, text)
	}
	// Output: true POLLIN this way
}

func ExampleReactor() {
	ctx, _ := zmq.NewContext()
	defer ctx.Term()
	pull, _ := ctx.NewSocket(zmq.PULL)
	defer pull.Close()
	pull.Bind("inproc://work")
	push, _ := ctx.NewSocket(zmq.PUSH)
	defer push.Close()
	push.Connect("inproc://work")

	reactor := zmq.NewReactor()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	n := 0
	reactor.AddChannelTime(ticker.C, 1, func(any) error {
		n++
		_, err := push.SendMessage("job", n)
		return err
	})
	reactor.AddSocket(pull, zmq.POLLIN, func(zmq.State) error {
		job, err := pull.RecvMessage(0)
		fmt.Println(job)
		if n == 3 {
			return errors.New("done")
		}
		return err
	})
	fmt.Println(reactor.Run(time.Millisecond))
	// Output:
	// [job 1]
	// [job 2]
	// [job 3]
	// done
}

func ExampleSocket_Monitor() {
	ctx, _ := zmq.NewContext()
	defer ctx.Term()
	server, _ := ctx.NewSocket(zmq.REP)
	defer server.Close()
	server.Monitor("inproc://watch", zmq.EVENT_LISTENING)
	watcher, _ := ctx.NewSocket(zmq.PAIR)
	defer watcher.Close()
	watcher.Connect("inproc://watch")

	server.Bind("tcp://127.0.0.1:*")
	event, addr, _, _ := watcher.RecvEvent(0)
	bound, _ := server.GetLastEndpoint()
	fmt.Println(event, addr == bound)
	// Output: EVENT_LISTENING true
}
