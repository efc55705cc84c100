package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/lightninglabs/gozmq"
)

// A node publishes blocks and transactions, each topic counted.
type node struct {
	zmq4.Socket
	n map[string]uint32
}

func startNode(ep string) *node {
	n := &node{zmq4.NewPub(bkg, quiet), map[string]uint32{}}
	check(n.Listen(ep))
	return n
}

func (n *node) publish(topic string, body []byte) {
	check(n.Send(zmq4.NewMsgFrom([]byte(topic), body, binary.LittleEndian.AppendUint32(nil, n.n[topic]))))
	n.n[topic]++
}

// feed receives with buffers of its own, as a wallet does, until Close.
func feed(c *gozmq.Conn, f func(topic string, body []byte, seq uint32)) error {
	body := make([]byte, 4000000)
	for {
		bufs, err := c.Receive([][]byte{make([]byte, 32), body, make([]byte, 4)})
		var timeout net.Error
		switch {
		case errors.As(err, &timeout) && timeout.Timeout():
			continue
		case err != nil:
			return err
		}
		f(string(bufs[0]), bufs[1], binary.LittleEndian.Uint32(bufs[2]))
	}
}

// bitcoind: a wallet's two connections, and a SUB with a fixed name.
func bitcoind() {
	n := startNode("tcp://127.0.0.1:0")
	addr := n.Addr().String()
	var blocks, txs, bytes atomic.Int64
	var done sync.WaitGroup
	var conns []*gozmq.Conn
	for topic, count := range map[string]*atomic.Int64{"rawblock": &blocks, "rawtx": &txs} {
		c := must(gozmq.Subscribe(addr, []string{topic}, time.Second))
		if c.RemoteAddr().String() != addr {
			fmt.Println("remote", c.RemoteAddr())
		}
		conns = append(conns, c)
		done.Go(func() {
			_ = feed(c, func(_ string, body []byte, _ uint32) {
				count.Add(1)
				bytes.Add(int64(len(body)))
			})
		})
	}
	sub := zmq4.NewSub(bkg, quiet, zmq4.WithID(zmq4.SocketIdentity("sub")))
	check(sub.Dial("tcp://" + addr))
	check(sub.SetOption(zmq4.OptionSubscribe, "hashblock"))
	within("subscriptions", func() bool { return len(n.Topics()) == 3 })
	for i := range 200 {
		n.publish("rawtx", make([]byte, 250+i))
		if i%20 == 0 {
			n.publish("rawblock", make([]byte, 1000000))
			n.publish("hashblock", make([]byte, 32))
		}
	}
	within("everything", func() bool { return blocks.Load() == 10 && txs.Load() == 200 })
	for range 10 {
		m := must(sub.Recv())
		if len(m.Frames) != 3 || len(m.Frames[2]) != 4 {
			fmt.Println(m)
		}
	}
	for _, c := range conns {
		c.Close()
	}
	done.Wait()
	sub.Close()
	n.Close()
	fmt.Println("blocks", blocks.Load(), "transactions", txs.Load(), "bytes", bytes.Load())
}

func (n *node) Topics() []string { return n.Socket.(zmq4.Topics).Topics() }

// bitcoindRestart: the node is started again, and the wallet goes on.
func bitcoindRestart() {
	n := startNode("tcp://127.0.0.1:0")
	ep := "tcp://" + n.Addr().String()
	c := must(gozmq.Subscribe(ep, []string{"rawtx"}, time.Second))
	var got atomic.Int64
	ended := make(chan error, 1)
	go func() { ended <- feed(c, func(string, []byte, uint32) { got.Add(1) }) }() // ends with c
	for i := range 5 {
		within("the subscription", func() bool { return len(n.Topics()) == 1 })
		n.publish("rawtx", []byte("tx"))
		within("a transaction", func() bool { return got.Load() == int64(i+1) })
		n.Close()
		n = startNode(ep)
	}
	c.Close()
	n.Close()
	fmt.Println("transactions", got.Load(), "ended with EOF", <-ended == io.EOF)
}

// closed: a subscriber is closed while it receives, ten thousand times.
func closed() {
	pub := zmq4.NewPub(bkg, quiet)
	check(pub.Listen("tcp://127.0.0.1:0"))
	ep := "tcp://" + pub.Addr().String()
	ctx, stop := context.WithCancel(bkg)
	var sending sync.WaitGroup
	sending.Go(func() {
		for ctx.Err() == nil {
			check(pub.Send(zmq4.NewMsgFrom([]byte("t"), make([]byte, 100))))
			time.Sleep(50 * time.Microsecond)
		}
	})
	const workers, times = 8, 1250
	var all sync.WaitGroup
	var received atomic.Int64
	for range workers {
		all.Go(func() {
			for i := range times {
				mine, cancel := context.WithCancel(bkg)
				sub := zmq4.NewSub(mine, quiet)
				check(sub.SetOption(zmq4.OptionSubscribe, "t"))
				check(sub.Dial(ep))
				var receiving sync.WaitGroup
				receiving.Go(func() {
					for {
						if _, err := sub.Recv(); err != nil {
							if err != context.Canceled {
								fmt.Println("ended with", err)
							}
							return
						}
						received.Add(1)
					}
				})
				switch i % 3 {
				case 0:
					must(0, nil)
				case 1:
					cancel()
				case 2:
					go sub.Close() // closing again waits for it
				}
				check(sub.Close())
				receiving.Wait()
				cancel()
			}
		})
	}
	all.Wait()
	stop()
	sending.Wait()
	pub.Close()
	fmt.Println("closed", workers*times, "times")
}
