// Command mixed is one of two programs that talk to each other, of which one may be
// built with github.com/go-zeromq/zmq4 and the other with ours: "mixed serve" prints
// where it listens, until its input ends; "mixed ask ADDRESS..." dials that and prints
// what it got.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/plain"
)

var (
	ctx    = context.Background()
	quiet  = zmq4.WithLogger(log.New(io.Discard, "", 0))
	secret = zmq4.WithSecurity(plain.Security("user", "secret"))
)

func main() {
	if len(os.Args) == 2 {
		serve()
		return
	}
	ask(os.Args[2:])
}

// serve answers on a REP, a REP with PLAIN and a ROUTER, says on a PUB what a PULL
// receives, and sends on a PUSH what a PAIR receives.
func serve() {
	rep, safe, router := zmq4.NewRep(ctx, quiet), zmq4.NewRep(ctx, quiet, secret), zmq4.NewRouter(ctx, quiet)
	pull, pub, pair, push := zmq4.NewPull(ctx, quiet), zmq4.NewPub(ctx, quiet), zmq4.NewPair(ctx, quiet), zmq4.NewPush(ctx, quiet)
	for _, s := range []zmq4.Socket{rep, safe, router, pull, pub, pair, push} {
		check(s.Listen("tcp://127.0.0.1:0"))
		fmt.Println("tcp://" + s.Addr().String())
	}
	for _, way := range [][2]zmq4.Socket{{rep, rep}, {safe, safe}, {router, router}, {pull, pub}, {pair, push}} {
		go func() { // ends with the process
			for {
				m, err := way[0].Recv()
				if err != nil {
					return
				}
				check(way[1].Send(m))
			}
		}()
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func ask(at []string) {
	dial := func(s zmq4.Socket, i int) zmq4.Socket {
		check(s.Dial(at[i]))
		return s
	}
	for i, s := range []zmq4.Socket{dial(zmq4.NewReq(ctx, quiet), 0), dial(zmq4.NewReq(ctx, quiet, secret), 1)} {
		for n := range 100 {
			check(s.Send(zmq4.NewMsgFromString([]string{"asks", strings.Repeat("x", n*100)})))
			m, err := s.Recv()
			check(err)
			if n == 99 {
				fmt.Println("REQ", i, len(m.Frames), len(m.Bytes()))
			}
		}
	}
	dealer := dial(zmq4.NewDealer(ctx, quiet, zmq4.WithID(zmq4.SocketIdentity("d"))), 2)
	req := dial(zmq4.NewReq(ctx, quiet), 2)
	for _, s := range []zmq4.Socket{dealer, req} {
		check(s.Send(zmq4.NewMsgFromString([]string{"a", "b"})))
		m, err := s.Recv()
		check(err)
		fmt.Println(s.Type(), m)
	}
	push, sub := dial(zmq4.NewPush(ctx, quiet), 3), dial(zmq4.NewSub(ctx, quiet), 4)
	check(sub.SetOption(zmq4.OptionSubscribe, "t"))
	time.Sleep(300 * time.Millisecond) // until the subscription is there
	for _, f := range []string{"other", "t1", "t2"} {
		check(push.Send(zmq4.NewMsgString(f)))
	}
	pair, pull := dial(zmq4.NewPair(ctx, quiet), 5), dial(zmq4.NewPull(ctx, quiet), 6)
	check(pair.SendMulti(zmq4.NewMsgFromString([]string{"p", "q"})))
	for _, s := range []zmq4.Socket{sub, sub, pull} {
		m, err := s.Recv()
		check(err)
		fmt.Println(s.Type(), m)
	}
}

func check(err error) {
	if err != nil {
		fmt.Println("stops:", err)
		os.Exit(1)
	}
}
