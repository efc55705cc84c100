// Command calls makes the calls of one scenario on github.com/go-zeromq/zmq4 and
// prints one line for each: the call, and what it returned. Built once as it is, and
// once with that module replaced by ours, it shows where the two differ.
//
// Without an argument it lists its scenarios.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/go-zeromq/zmq4"
)

// The scenarios by name. Each has a process of its own, so that one that
// crashes or hangs takes no other with it.
var scenarios = make(map[string]func(*tape))

func scenario(name string, f func(*tape)) bool {
	scenarios[name] = f
	return true
}

func main() {
	if len(os.Args) != 2 {
		for _, name := range slices.Sorted(maps.Keys(scenarios)) {
			fmt.Println(name)
		}
		return
	}
	f := scenarios[os.Args[1]]
	if f == nil {
		fmt.Fprintf(os.Stderr, "calls: there is no scenario %q\n", os.Args[1])
		os.Exit(2)
	}
	f(&tape{seen: make(map[string]int)})
}

var (
	ctx   = context.Background()
	quiet = zmq4.WithLogger(log.New(io.Discard, "", 0))
)

type maker func(context.Context, ...zmq4.Option) zmq4.Socket

var types = []struct {
	name zmq4.SocketType
	make maker
}{
	{zmq4.Pair, zmq4.NewPair}, {zmq4.Pub, zmq4.NewPub}, {zmq4.Sub, zmq4.NewSub}, {zmq4.Req, zmq4.NewReq},
	{zmq4.Rep, zmq4.NewRep}, {zmq4.Dealer, zmq4.NewDealer}, {zmq4.Router, zmq4.NewRouter}, {zmq4.Pull, zmq4.NewPull},
	{zmq4.Push, zmq4.NewPush}, {zmq4.XPub, zmq4.NewXPub}, {zmq4.XSub, zmq4.NewXSub},
}

// joined makes two sockets of which the second has dialled the first.
func joined(scheme string, a, b maker, options ...zmq4.Option) (x, y zmq4.Socket) {
	x, y = a(ctx, quiet), b(ctx, append(options, quiet)...)
	must(x.Listen(free(scheme)))
	must(y.Dial(where(scheme, x)))
	return x, y
}

func free(scheme string) string {
	switch scheme {
	case "tcp":
		return "tcp://127.0.0.1:0"
	case "ipc":
		return fmt.Sprintf("ipc://s%d", time.Now().UnixNano())
	}
	return fmt.Sprintf("inproc://s%d", time.Now().UnixNano())
}

func where(scheme string, s zmq4.Socket) string { return scheme + "://" + s.Addr().String() }

func msg(frames ...string) zmq4.Msg {
	m := zmq4.Msg{}
	for _, f := range frames {
		m.Frames = append(m.Frames, []byte(f))
	}
	return m
}

// settle gives subscriptions the time to arrive.
func settle() { time.Sleep(300 * time.Millisecond) }
