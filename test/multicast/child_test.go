package multicast

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// runChild is this program as a peer: what peer.py is with libzmq.
//
//	pub ENDPOINT NAME COUNT SIZE PARTS PAUSE OPTION=VALUE...
//	sub ENDPOINT "" ENDS ...
//
// A publisher says hello until a line comes in, sends its messages, says end,
// and waits for another line. A subscriber tells what it receives until as many
// publishers as ENDS have said end.
func runChild(args []string) error {
	if len(args) < 7 {
		return fmt.Errorf("%d arguments", len(args))
	}
	var n [4]int
	for i := range n {
		n[i], _ = strconv.Atoi(args[3+i])
	}
	t := zmq.Sub
	if args[0] == "pub" {
		t = zmq.Pub
	}
	options := []zmq.Option{zmq.SendHWM.Of(0), zmq.RecvHWM.Of(0), zmq.SendHWMBytes.Of(0), zmq.RecvHWMBytes.Of(0), zmq.Linger.Of(0)}
	for _, text := range args[7:] {
		name, value, _ := strings.Cut(text, "=")
		o, err := zmq.ParseOption(name, value)
		if err != nil {
			return err
		}
		options = append(options, o)
	}
	s, err := zmq.New(t, options...)
	if err != nil {
		return err
	}
	defer s.Close()
	if args[0] == "pub" {
		if _, err := s.Bind(args[1]); err != nil {
			return err
		}
		return publish(s, args[2], n[0], n[1], n[2], time.Duration(n[3])*time.Millisecond)
	}
	if err := s.Subscribe(""); err != nil {
		return err
	}
	if err := s.Connect(args[1]); err != nil {
		return err
	}
	return subscribe(s, n[0])
}

func body(name string, i, part, size int) []byte {
	b := fmt.Appendf(nil, "%s %d %d ", name, i, part)
	return append(b, bytes.Repeat([]byte{byte('a' + i%26)}, max(0, size-len(b)))...)
}

func publish(s *zmq.Socket, name string, count, size, parts int, pause time.Duration) error {
	ctx := context.Background()
	in := bufio.NewReader(os.Stdin)
	lines := make(chan struct{})
	go func() { // ends with the process
		for {
			_, err := in.ReadString('\n')
			lines <- struct{}{}
			if err != nil {
				return
			}
		}
	}()
	for waiting := true; waiting; {
		select {
		case <-lines:
			waiting = false
		case <-time.After(20 * time.Millisecond):
			if err := s.Send(ctx, []byte("hello")); err != nil {
				return err
			}
		}
	}
	for i := range count {
		var frames [][]byte
		for p := range parts {
			frames = append(frames, body(name, i, p, size))
		}
		if err := s.Send(ctx, frames...); err != nil {
			return err
		}
		time.Sleep(pause)
	}
	if err := s.Send(ctx, []byte("end "+name)); err != nil {
		return err
	}
	<-lines
	return nil
}

func subscribe(s *zmq.Socket, ends int) error {
	fmt.Println("ready")
	joined := false
	for ends > 0 {
		m, err := s.Recv(context.Background())
		if err != nil {
			return err
		}
		words := strings.SplitN(string(m.Bytes()), " ", 3)
		switch {
		case words[0] == "hello":
			if !joined {
				fmt.Println("joined")
			}
			joined = true
		case words[0] == "end":
			ends--
		default:
			i, _ := strconv.Atoi(words[1])
			verdict := "good"
			for p := range m.Len() {
				if !bytes.Equal(m.Frame(p), body(words[0], i, p, len(m.Frame(p)))) {
					verdict = "bad"
				}
			}
			fmt.Println(words[0], i, m.Len(), len(m.Bytes()), verdict)
		}
		m.Release()
	}
	fmt.Println("done")
	return nil
}
