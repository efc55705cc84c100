package zmq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// open makes a socket for an example, and bind one that is bound to a port that
// the system chooses. A program would look at the errors.
func open(t zmq.Type, options ...zmq.Option) *zmq.Socket {
	s, err := zmq.New(t, options...)
	if err != nil {
		log.Fatal(err)
	}
	return s
}

func bind(t zmq.Type, options ...zmq.Option) (*zmq.Socket, string) {
	s := open(t, options...)
	addr, err := s.Bind("tcp://127.0.0.1:*")
	if err != nil {
		log.Fatal(err)
	}
	return s, addr
}

func connect(t zmq.Type, addr string, options ...zmq.Option) *zmq.Socket {
	s := open(t, options...)
	if err := s.Connect(addr); err != nil {
		log.Fatal(err)
	}
	return s
}

var ctx = context.Background()

// A server and a client.
func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	rep, err := zmq.New(zmq.Rep)
	if err != nil {
		log.Fatal(err)
	}
	defer rep.Close()
	addr, err := rep.Bind("tcp://127.0.0.1:*")
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		for msg, err := range rep.Messages(ctx) {
			if err != nil {
				return // the socket was closed
			}
			rep.Send(ctx, []byte(strings.ToUpper(string(msg.Bytes()))))
		}
	}()

	req, err := zmq.New(zmq.Req)
	if err != nil {
		log.Fatal(err)
	}
	defer req.Close()
	if err := req.Connect(addr); err != nil {
		log.Fatal(err)
	}
	reply, err := req.Request(ctx, []byte("hello"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(reply.Bytes()))
	// Output: HELLO
}

// Work is handed out in turn, and the results are collected.
func Example_pipeline() {
	vent, jobs := bind(zmq.Push)
	sink, results := bind(zmq.Pull)
	defer vent.Close()
	defer sink.Close()

	for range 3 {
		worker := connect(zmq.Pull, jobs)
		out := connect(zmq.Push, results)
		defer worker.Close()
		defer out.Close()
		go func() {
			for msg, err := range worker.Messages(ctx) {
				if err != nil {
					return
				}
				n := 0
				fmt.Sscan(string(msg.Bytes()), &n)
				out.Send(ctx, fmt.Append(nil, n*n))
			}
		}()
	}
	vent.WaitConnected(ctx, 3)
	for i := range 9 {
		vent.Send(ctx, fmt.Append(nil, i))
	}
	var squares []string
	for range 9 {
		msg, _ := sink.Recv(ctx)
		squares = append(squares, string(msg.Bytes()))
	}
	slices.Sort(squares)
	fmt.Println(squares)
	// Output: [0 1 16 25 36 4 49 64 9]
}

// Two programs that talk to each other and to nobody else.
func Example_pair() {
	left, addr := bind(zmq.Pair)
	right := connect(zmq.Pair, addr)
	defer left.Close()
	defer right.Close()

	left.Send(ctx, []byte("ping"))
	msg, _ := right.Recv(ctx)
	right.Send(ctx, append(msg.Bytes(), " pong"...))
	msg, _ = left.Recv(ctx)
	fmt.Println(string(msg.Bytes()))
	// Output: ping pong
}

// Subscribers receive what begins with one of their topics.
func Example_publish() {
	pub, addr := bind(zmq.Pub)
	sub := connect(zmq.Sub, addr)
	defer pub.Close()
	defer sub.Close()

	sub.Subscribe("goal")
	pub.WaitSubscribers(ctx, "goal", 1) // or the first messages are missed
	pub.Send(ctx, []byte("card.yellow"), []byte("7"))
	pub.Send(ctx, []byte("goal.home"), []byte("1:0"))
	msg, _ := sub.Recv(ctx)
	fmt.Printf("%s %s\n", msg.Frame(0), msg.Last())
	// Output: goal.home 1:0
}

// An XPub hears who subscribes to what, and an XSub may say it in messages.
func Example_subscriptions() {
	xpub, addr := bind(zmq.XPub)
	xsub := connect(zmq.XSub, addr)
	defer xpub.Close()
	defer xsub.Close()

	xsub.Send(ctx, []byte("\x01weather"))
	msg, _ := xpub.Recv(ctx)
	fmt.Printf("%q from %s\n", msg.Bytes(), msg.Peer().SocketType)
	xpub.Send(ctx, []byte("weather"), []byte("sunny"))
	msg, _ = xsub.Recv(ctx)
	fmt.Println(string(msg.Last()))
	// Output:
	// "\x01weather" from XSUB
	// sunny
}

// A Router names its peers; a Dealer sends when it likes.
func Example_router() {
	router, addr := bind(zmq.Router)
	defer router.Close()
	for _, name := range []string{"alice", "bob"} {
		dealer := connect(zmq.Dealer, addr, zmq.RoutingID.Of([]byte(name)))
		defer dealer.Close()
		dealer.Send(ctx, []byte("hello"))
		msg, _ := router.Recv(ctx)
		fmt.Printf("%s says %s\n", msg.Frame(0), msg.Frame(1))

		router.Send(ctx, []byte(name), []byte("welcome"))
		msg, _ = dealer.Recv(ctx)
		fmt.Println(string(msg.Bytes()))
	}
	err := router.Send(ctx, []byte("carol"), []byte("are you there?"))
	fmt.Println(errors.Is(err, zmq.ErrNoRoute))
	// Output:
	// alice says hello
	// welcome
	// bob says hello
	// welcome
	// true
}

// A queue between clients and servers that do not know each other.
func ExampleProxy() {
	front, clients := bind(zmq.Router)
	back, servers := bind(zmq.Dealer)
	go zmq.Proxy(ctx, front, back, nil)
	defer front.Close()
	defer back.Close()

	rep := connect(zmq.Rep, servers)
	req := connect(zmq.Req, clients)
	defer rep.Close()
	defer req.Close()
	go func() {
		msg, _ := rep.Recv(ctx)
		rep.Send(ctx, []byte("served "+string(msg.Bytes())))
	}()
	msg, _ := req.Request(ctx, []byte("tea"))
	fmt.Println(string(msg.Bytes()))
	// Output: served tea
}

// A Stream talks to programs that know nothing of ZeroMQ.
func Example_stream() {
	stream, addr := bind(zmq.Stream)
	defer stream.Close()

	conn, err := net.Dial("tcp", strings.TrimPrefix(addr, "tcp://"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	msg, _ := stream.Recv(ctx) // an empty message: a new connection
	id := msg.Bytes()
	stream.Send(ctx, id, []byte("220 ready\r\n"))
	stream.Send(ctx, id, nil) // and an empty one closes it
	greeting, _ := io.ReadAll(conn)
	fmt.Printf("%q\n", greeting)
	// Output: "220 ready\r\n"
}

// Any number of requests at once; each gets its own reply.
func ExampleSocket_Request() {
	rep, addr := bind(zmq.Rep)
	req := connect(zmq.Req, addr)
	defer rep.Close()
	defer req.Close()
	go func() {
		for msg, err := range rep.Messages(ctx) {
			if err != nil {
				return
			}
			rep.Send(ctx, append([]byte("re: "), msg.Bytes()...))
		}
	}()
	var all sync.WaitGroup
	replies := make([]string, 3)
	for i := range replies {
		all.Go(func() {
			msg, err := req.Request(ctx, fmt.Append(nil, "question ", i))
			if err != nil {
				log.Print(err)
			}
			replies[i] = string(msg.Bytes())
		})
	}
	all.Wait()
	fmt.Println(strings.Join(replies, "\n"))
	// Output:
	// re: question 0
	// re: question 1
	// re: question 2
}

// Waiting ends with the context, or with a timeout of the socket.
func ExampleSocket_Recv() {
	pull, _ := bind(zmq.Pull, zmq.RecvTimeout.Of(time.Millisecond))
	defer pull.Close()
	_, err := pull.Recv(ctx)
	fmt.Println(errors.Is(err, zmq.ErrAgain))

	pull.Set(zmq.RecvTimeout.Of(-1))
	soon, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	_, err = pull.Recv(soon)
	fmt.Println(errors.Is(err, context.DeadlineExceeded))
	// Output:
	// true
	// true
}

// Nothing waits for a socket without a peer, but TrySend says so at once.
func ExampleSocket_TrySend() {
	push, _ := bind(zmq.Push)
	defer push.Close()
	ok, err := push.TrySend([]byte("anyone?"))
	fmt.Println(ok, err)
	// Output: false <nil>
}

// Messages that could not be delivered are counted.
func ExampleSocket_Close() {
	push := connect(zmq.Push, "tcp://127.0.0.1:1", zmq.Linger.Of(time.Millisecond))
	push.Send(ctx, []byte("one"))
	push.Send(ctx, []byte("two"))
	err := push.Close()
	var lost *zmq.UndeliveredError
	if errors.As(err, &lost) {
		fmt.Println(lost.Messages, "messages were not delivered")
	}
	// Output: 2 messages were not delivered
}

// A Monitor tells what happens to connections, also what happened before the loop.
func ExampleSocket_Monitor() {
	pull, addr := bind(zmq.Pull)
	monitor := pull.Monitor()
	defer monitor.Close()
	push := connect(zmq.Push, addr)
	defer push.Close()
	pull.WaitConnected(ctx, 1)
	for ev := range monitor.Events(ctx) {
		fmt.Println(ev.Kind)
		if ev.Kind == zmq.EventHandshakeDone {
			fmt.Println("a", ev.Peer.SocketType, "over ZMTP", ev.Peer.Version)
			break
		}
	}
	pull.Close()
	// Output:
	// accepted
	// handshake done
	// a PUSH over ZMTP 3.1
}

// Stats and Peers show where messages wait.
func ExampleSocket_Stats() {
	push := connect(zmq.Push, "tcp://127.0.0.1:1", zmq.Linger.Of(0))
	defer push.Close()
	for range 3 {
		push.Send(ctx, []byte("job"))
	}
	st := push.Stats()
	fmt.Println(st.Sent, "sent,", st.SendQueue, "waiting,", st.Peers, "peers")
	for p := range push.Peers() {
		fmt.Println(p.Endpoint, p.Connected, p.SendQueue)
	}
	// Output:
	// 3 sent, 3 waiting, 0 peers
	// tcp://127.0.0.1:1 false 3
}

// A Context has inproc names of its own and closes all its sockets together.
func ExampleContext() {
	c := zmq.NewContext()
	push, _ := c.New(zmq.Push)
	pull, _ := c.New(zmq.Pull)
	pull.Bind("inproc://jobs")
	push.Connect("inproc://jobs")
	push.Send(ctx, []byte("job"))
	msg, _ := pull.Recv(ctx)
	fmt.Println(string(msg.Bytes()), c.Close())
	_, err := pull.Recv(ctx)
	fmt.Println(errors.Is(err, net.ErrClosed))
	// Output:
	// job <nil>
	// true
}

// Options have types; by name and text they are all there.
func ExampleParseOption() {
	s := open(zmq.Dealer, zmq.SendHWM.Of(10), zmq.Linger.Of(time.Second))
	defer s.Close()
	option, err := zmq.ParseOption("RECONNECT_IVL", "250ms")
	if err != nil {
		log.Fatal(err)
	}
	s.Set(option)
	ivl, _ := zmq.Get(s, zmq.ReconnectInterval)
	hwm, _ := zmq.Get(s, zmq.SendHWM)
	fmt.Println(ivl, hwm)
	// Output: 250ms 10
}

// A message is a value: its frames can be passed on, and kept with Clone.
func ExampleMessage() {
	in, addr := bind(zmq.Pull)
	out := connect(zmq.Push, addr)
	defer in.Close()
	defer out.Close()
	out.Send(ctx, []byte("subject"), []byte("first line"), []byte("second line"))
	msg, _ := in.Recv(ctx)
	for i, frame := range msg.All() {
		fmt.Println(i, string(frame))
	}
	fmt.Println(msg.Len(), msg.Size(), string(msg.Last()))
	fmt.Println(msg)
	// Output:
	// 0 subject
	// 1 first line
	// 2 second line
	// 3 28 second line
	// ["subject" "first line" "second line"]
}

// Many messages with one call: what each call costs is most of the work in a
// stream of small messages.
func ExampleSocket_RecvMany() {
	pull, addr := bind(zmq.Pull)
	defer pull.Close()
	push := connect(zmq.Push, addr)
	defer push.Close()

	if _, err := push.SendMany(ctx, [][]byte{[]byte("one"), []byte("two"), []byte("three")}); err != nil {
		log.Fatal(err)
	}
	msgs := make([]zmq.Message, 100)
	for left := 3; left > 0; {
		n, err := pull.RecvMany(ctx, msgs)
		if err != nil {
			log.Fatal(err)
		}
		for _, m := range msgs[:n] {
			fmt.Println(string(m.Bytes()))
		}
		zmq.ReleaseAll(msgs[:n])
		left -= n
	}
	// Output:
	// one
	// two
	// three
}
