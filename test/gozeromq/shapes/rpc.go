package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/go-zeromq/zmq4"
)

// jupyter: a kernel with its five sockets, and a client of each.
func jupyter() {
	ctx, cancel := context.WithCancel(bkg)
	defer cancel()
	shell, control, stdin := zmq4.NewRouter(ctx, quiet), zmq4.NewRouter(ctx, quiet), zmq4.NewRouter(ctx, quiet)
	iopub, heartbeat := zmq4.NewPub(ctx, quiet), zmq4.NewRep(ctx, quiet)
	all := []zmq4.Socket{shell, control, stdin, iopub, heartbeat}
	for _, s := range all {
		check(s.Listen("tcp://127.0.0.1:0"))
	}
	at := func(s zmq4.Socket) string { return "tcp://" + s.Addr().String() }
	var kernel sync.WaitGroup
	kernel.Go(func() { // echoes until it is closed
		for {
			m, err := heartbeat.Recv()
			if err != nil {
				return
			}
			check(heartbeat.Send(m))
		}
	})
	for _, s := range []zmq4.Socket{shell, control} {
		kernel.Go(func() {
			for {
				m, err := s.Recv()
				if err != nil {
					return
				}
				// Identities, the delimiter, a signature and the parts.
				n := 0
				for n < len(m.Frames) && string(m.Frames[n]) != "<IDS|MSG>" {
					n++
				}
				check(iopub.Send(zmq4.NewMsgFrom([]byte("stream"), []byte("<IDS|MSG>"), m.Frames[len(m.Frames)-1])))
				reply := append(append([][]byte{}, m.Frames[:n+1]...), []byte("sig"), []byte("reply to "+string(m.Frames[len(m.Frames)-1])))
				check(s.SendMulti(zmq4.NewMsgFrom(reply...)))
			}
		})
	}
	sub := zmq4.NewSub(ctx, quiet)
	check(sub.Dial(at(iopub)))
	check(sub.SetOption(zmq4.OptionSubscribe, ""))
	within("the subscription", func() bool { return len(iopub.(zmq4.Topics).Topics()) == 1 })
	dealer, req := zmq4.NewDealer(ctx, quiet, zmq4.WithID(zmq4.SocketIdentity("client"))), zmq4.NewReq(ctx, quiet)
	check(dealer.Dial(at(shell)))
	check(req.Dial(at(heartbeat)))
	for i := range 50 {
		check(req.Send(zmq4.NewMsgString("ping" + strconv.Itoa(i))))
		if m := must(req.Recv()); m.String() != fmt.Sprintf(`Msg{Frames:{"ping%d"}}`, i) {
			fmt.Println("heartbeat:", m)
		}
		check(dealer.SendMulti(zmq4.NewMsgFrom([]byte("<IDS|MSG>"), []byte("sig"), []byte(strconv.Itoa(i)))))
		if m := must(dealer.Recv()); i == 49 {
			fmt.Println(m)
		}
		if m := must(sub.Recv()); i == 49 {
			fmt.Println(m)
		}
	}
	sub.Close()
	dealer.Close()
	req.Close()
	for _, s := range all {
		s.Close()
	}
	kernel.Wait()
	fmt.Println("the kernel has ended")
}

// wireshark: a plug-in answers over a socket file, is stopped, and started again at
// the same place while the older one may still be there.
func wireshark() {
	dir := must(os.MkdirTemp("", "shapes"))
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "wirego0")
	var older []zmq4.Socket
	for i := range 3 {
		_ = os.Remove(path)
		rep := zmq4.NewRep(bkg, quiet, zmq4.WithAutomaticReconnect(true))
		check(rep.Listen("ipc://" + path))
		older = append(older, rep)
		ended := make(chan error, 1)
		go func() { // ends when rep closes
			for {
				m, err := rep.Recv()
				if err != nil {
					ended <- err
					return
				}
				check(rep.Send(zmq4.NewMsgFrom([]byte(string(m.Frames[0])+" of "+strconv.Itoa(i)), []byte{1})))
			}
		}()
		req := zmq4.NewReq(bkg, quiet)
		check(req.Dial("ipc://" + path))
		for _, name := range []string{"version", "filter", "dissect"} {
			check(req.Send(zmq4.NewMsgFrom([]byte(name), make([]byte, 1500))))
			fmt.Println(must(req.Recv()))
		}
		if i == 1 { // a signal
			rep.Close()
			fmt.Println("stopped:", errors.Is(<-ended, context.Canceled))
		}
	}
	for _, s := range older {
		s.Close()
	}
	fmt.Println(zmq4.NewReq(bkg).Dial("zmq://wirego"))
}
