package crowd

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// The subjects here are programs as anyone would write them; peer/libzmq.c has the
// same ones.

// said gives the lines of the parent.
var said = bufio.NewScanner(os.Stdin)

// with runs f on a socket until the parent has had enough.
func with(t zmq.Type, f func(*zmq.Socket) error, options ...zmq.Option) error {
	s, err := zmq.New(t, append(options, zmq.Linger.Of(0))...)
	if err != nil {
		return err
	}
	if err := f(s); err != nil {
		return err
	}
	for said.Scan() {
	}
	s.Close() // what it could not deliver is of no interest
	return nil
}

// pull binds.
func pull(_ int, addr string) error {
	return with(zmq.Pull, func(s *zmq.Socket) error { return bind(s, addr) }, zmq.Backlog.Of(1000))
}

func bind(s *zmq.Socket, addr string) error {
	at, err := s.Bind(addr)
	fmt.Println("at", at)
	return err
}

// push connects n times.
func push(n int, addr string) error {
	return with(zmq.Push, func(s *zmq.Socket) error {
		for range n {
			if err := s.Connect(addr); err != nil {
				return err
			}
		}
		fmt.Println("done")
		return nil
	})
}

// pub binds. At each line, a number and a text, it sends that many messages
// with that text, and tells how many nanoseconds that took.
func pub(_ int, addr string) error {
	return with(zmq.Pub, func(s *zmq.Socket) error {
		if err := bind(s, addr); err != nil {
			return err
		}
		for said.Scan() {
			var n int
			var text string
			if _, err := fmt.Sscan(said.Text(), &n, &text); err != nil {
				return err
			}
			began := time.Now()
			for i := range n {
				if err := s.Send(context.Background(), name(text, i*7919)); err != nil {
					return err
				}
			}
			fmt.Println("took", time.Since(began).Nanoseconds())
		}
		return nil
	}, zmq.Backlog.Of(1000))
}

// name is text if it has no "*", else a topic of a number below a million.
func name(text string, i int) []byte {
	if text[0] != '*' {
		return []byte(text)
	}
	b := make([]byte, 0, 32)
	b = append(b, "topic."...)
	b = strconv.AppendInt(b, int64(i%1_000_000+1_000_000), 10)
	return append(b, text[1:]...)
}

// queue has n messages of 64 bytes wait for a peer that never comes.
func queue(n int, addr string) error {
	return with(zmq.Push, func(s *zmq.Socket) error {
		if err := s.Connect(addr); err != nil {
			return err
		}
		fmt.Println("at", addr)
		said.Scan()
		body := make([]byte, 64)
		began := time.Now()
		for range n {
			if err := s.Send(context.Background(), body); err != nil {
				return err
			}
		}
		fmt.Println("took", time.Since(began).Nanoseconds())
		return nil
	}, zmq.SendHWM.Of(0), zmq.SendHWMBytes.Of(0))
}
