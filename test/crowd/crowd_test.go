package crowd

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

// The crowd speaks ZMTP 3.0 with as little as possible of its own, so that it
// costs the same whichever library is measured.

// several is how many of the crowd shake hands at once.
const several = 32

// hello is all that one of the crowd says before traffic.
func hello(kind string) []byte {
	b := testutil.Greeting()
	b[11] = 0
	return append(b, testutil.Ready(kind)...)
}

// greet shakes hands.
func greet(c net.Conn, kind string) error {
	if _, err := c.Write(hello(kind)); err != nil {
		return err
	}
	var b [256]byte
	if _, err := io.ReadFull(c, b[:len(testutil.Greeting())+2]); err != nil {
		return err
	}
	_, err := io.ReadFull(c, b[:b[len(testutil.Greeting())+1]])
	return err
}

// crowd connects n times: as SUB of everything, and then tells whenever all have
// received a message of one byte; or as PUSH if addr begins with "push:".
func crowd(n int, addr string) error {
	kind := "SUB"
	if rest, ok := strings.CutPrefix(addr, "push:"); ok {
		kind, addr = "PUSH", rest
	}
	conns := make([]net.Conn, n)
	err := each(n, func(i int) (err error) {
		if conns[i], err = net.Dial("tcp", addr); err != nil {
			return err
		}
		if err := greet(conns[i], kind); err != nil || kind != "SUB" {
			return err
		}
		_, err = conns[i].Write([]byte{0, 1, 1})
		return err
	})
	if err != nil {
		return err
	}
	fmt.Println("done")
	for said.Scan() {
		if err := each(n, func(i int) error { return arrive(conns[i]) }); err != nil {
			return err
		}
		fmt.Println("done")
	}
	hangUp(conns)
	return nil
}

// arrive reads frames until one is a message. What else comes are pings, which
// a peer of ZMTP 3.0 may ignore.
func arrive(c net.Conn) error {
	var b [256]byte
	for {
		if _, err := io.ReadFull(c, b[:2]); err != nil {
			return err
		}
		if _, err := io.ReadFull(c, b[2:2+b[1]]); err != nil {
			return err
		}
		if b[0]&testutil.Command == 0 {
			return nil
		}
	}
}

// hosts listens, and tells when n PUSH have connected.
func hosts(n int, addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer l.Close()
	fmt.Println("at", "tcp://"+l.Addr().String())
	conns := make([]net.Conn, n)
	err = each(n, func(i int) (err error) {
		if conns[i], err = l.Accept(); err != nil {
			return err
		}
		return greet(conns[i], "PULL")
	})
	if err != nil {
		return err
	}
	fmt.Println("done")
	for said.Scan() {
	}
	hangUp(conns)
	return nil
}

// hangUp leaves nothing behind in the system's tables.
func hangUp(conns []net.Conn) {
	for _, c := range conns {
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
}

// each calls f for every number below n, several at once.
func each(n int, f func(int) error) error {
	var next atomic.Int64
	failed := make(chan error, several)
	var wg sync.WaitGroup
	for range several {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := f(i); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(failed)
	return <-failed
}

// topics is one SUB that wants n different ones and "end". It tells when the
// first message has come, and throws away all others.
func topics(n int, addr string) error {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := greet(c, "SUB"); err != nil {
		return err
	}
	fmt.Println("ready")
	said.Scan()
	w := bufio.NewWriterSize(c, 64<<10)
	for i := range n {
		topic := name("*", i)
		w.Write([]byte{0, byte(1 + len(topic)), 1})
		w.Write(topic)
	}
	w.WriteString("\x00\x04\x01end")
	if err := w.Flush(); err != nil {
		return err
	}
	if err := arrive(c); err != nil {
		return err
	}
	fmt.Println("done")
	var wg sync.WaitGroup
	wg.Go(func() { io.Copy(io.Discard, c) })
	for said.Scan() {
	}
	c.Close()
	wg.Wait()
	return nil
}
