package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/zeroth-mq/zmq/zmtp"
)

// A conn is one connection that speaks just enough ZMTP 3.0, with the NULL
// mechanism, for one goroutine at a time to read from it.
type conn struct {
	net.Conn
	r *bufio.Reader
}

// dial connects, shakes hands as a socket of the given type, and sends what
// comes after that.
func dial(endpoint, socketType string, after []byte) (*conn, error) {
	address, ok := strings.CutPrefix(endpoint, "tcp://")
	if !ok {
		return nil, fmt.Errorf("%s is no tcp endpoint", endpoint)
	}
	nc, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	c := &conn{nc, bufio.NewReaderSize(nc, 512)}
	if err = c.shake(socketType); err == nil {
		_, err = c.Write(after)
	}
	if err != nil {
		nc.Close()
		return nil, err
	}
	return c, nil
}

func (c *conn) shake(socketType string) error {
	hello := zmtp.AppendGreeting(nil, zmtp.Greeting{Major: 3, Mechanism: "NULL"})
	hello = zmtp.AppendCommand(hello, zmtp.CmdReady, zmtp.AppendProperty(nil, "Socket-Type", socketType))
	if _, err := c.Write(hello); err != nil {
		return err
	}
	greeting := make([]byte, zmtp.GreetingLen)
	if _, err := io.ReadFull(c.r, greeting); err != nil {
		return err
	}
	if _, err := zmtp.ParseGreeting(greeting); err != nil {
		return err
	}
	flags, body, err := c.frame()
	if err != nil {
		return err
	}
	if name, _, err := zmtp.ParseCommand(body); flags&zmtp.FlagCommand == 0 || err != nil || name != zmtp.CmdReady {
		return fmt.Errorf("%q where READY was expected", body)
	}
	return nil
}

// message reads the next message of one frame, and answers the PINGs before it.
func (c *conn) message() ([]byte, error) {
	for {
		flags, body, err := c.frame()
		switch {
		case err != nil:
			return nil, err
		case flags&zmtp.FlagCommand == 0:
			return body, nil
		}
		name, data, err := zmtp.ParseCommand(body)
		if err != nil {
			return nil, err
		}
		if name != zmtp.CmdPing {
			continue
		}
		_, context, err := zmtp.ParsePing(data)
		if err != nil {
			return nil, err
		}
		if _, err := c.Write(zmtp.AppendPong(nil, context)); err != nil {
			return nil, err
		}
	}
}

// frame reads a frame, of 1 MiB at most.
func (c *conn) frame() (flags byte, body []byte, err error) {
	var head [9]byte
	if _, err := io.ReadFull(c.r, head[:2]); err != nil {
		return 0, nil, err
	}
	size := uint64(head[1])
	if head[0]&zmtp.FlagLong != 0 {
		if _, err := io.ReadFull(c.r, head[2:]); err != nil {
			return 0, nil, err
		}
		size = binary.BigEndian.Uint64(head[1:])
	}
	if size > 1<<20 {
		return 0, nil, fmt.Errorf("a frame of %d bytes", size)
	}
	body = make([]byte, size)
	_, err = io.ReadFull(c.r, body)
	return head[0], body, err
}

// subscription is the message that asks for a topic.
func subscription(dst, topic []byte) []byte {
	dst = zmtp.AppendHeader(dst, 0, 1+len(topic))
	return append(append(dst, 1), topic...)
}
