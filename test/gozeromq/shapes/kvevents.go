package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"
)

// An index hears the cache events of engines: topic, sequence, body.
type index struct {
	sessions int // of the one goroutine that subscribes

	mu   sync.Mutex
	last map[string]uint64
	n    int
}

func (x *index) add(m zmq4.Msg) {
	if len(m.Frames) != 3 || len(m.Frames[1]) != 8 {
		fmt.Printf("stops: a message of %v\n", m)
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.last[string(m.Frames[0])] = binary.BigEndian.Uint64(m.Frames[1])
	x.n++
}

func (x *index) count() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.n
}

// subscribe makes a socket anew whenever one fails, until ctx ends, as those programs do.
func (x *index) subscribe(ctx context.Context, ep string, listens bool, ready chan<- string) {
	for ctx.Err() == nil {
		if err := x.session(ctx, ep, listens, ready); err != nil && ctx.Err() == nil {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

func (x *index) session(ctx context.Context, ep string, listens bool, ready chan<- string) error {
	sub := zmq4.NewSub(ctx, quiet)
	defer sub.Close()
	if listens {
		if err := sub.Listen(ep); err != nil {
			return err
		}
		ready <- "tcp://" + sub.Addr().String()
	} else if err := sub.Dial(ep); err != nil {
		return err
	}
	x.sessions++
	for _, topic := range []string{"kv@", fmt.Sprintf("session %d", x.sessions)} {
		if err := sub.SetOption(zmq4.OptionSubscribe, topic); err != nil {
			return err
		}
	}
	for {
		m, err := sub.Recv()
		if err != nil {
			return err
		}
		x.add(m)
	}
}

// publish sends n events, with one buffer for all sequence numbers.
func publish(pub zmq4.Socket, topic string, from, n int) {
	seq := make([]byte, 8)
	for i := range n {
		binary.BigEndian.PutUint64(seq, uint64(from+i))
		check(pub.Send(zmq4.NewMsgFrom([]byte(topic), append([]byte{}, seq...), make([]byte, 256))))
	}
}

// kvevents: an index listens, engines dial, publish and leave.
func kvevents() {
	ctx, cancel := context.WithCancel(bkg)
	x := &index{last: map[string]uint64{}}
	ready := make(chan string, 100)
	var done sync.WaitGroup
	done.Go(func() { x.subscribe(ctx, "tcp://127.0.0.1:0", true, ready) })
	ep := <-ready
	var engines sync.WaitGroup
	var pubs []zmq4.Socket
	for e := range 5 {
		pub := zmq4.NewPub(ctx, quiet, zmq4.WithDialerMaxRetries(-1), zmq4.WithAutomaticReconnect(true), zmq4.WithDialerRetry(time.Second))
		check(pub.Dial(ep))
		pubs = append(pubs, pub)
		engines.Go(func() {
			time.Sleep(300 * time.Millisecond) // until the subscription is there, as those programs have it
			publish(pub, fmt.Sprintf("kv@engine-%d", e), 0, 2000)
		})
	}
	engines.Wait()
	within("10,000 events", func() bool { return x.count() == 10000 })
	cancel()
	done.Wait()
	for _, p := range pubs {
		p.Close()
	}
	fmt.Println("events", x.n, "of engines", len(x.last), "the last", x.last["kv@engine-4"])
}

// kveventsRestart: the index dials; the engine goes, and another comes at its address.
func kveventsRestart() {
	ctx, cancel := context.WithCancel(bkg)
	x := &index{last: map[string]uint64{}}
	pub := zmq4.NewPub(bkg, quiet)
	check(pub.Listen("tcp://127.0.0.1:0"))
	ep := "tcp://" + pub.Addr().String()
	var done sync.WaitGroup
	done.Go(func() { x.subscribe(ctx, ep, false, nil) })
	for i := range 5 {
		// The older socket may be there as well, until it is closed.
		within("the subscription", func() bool {
			return slices.Contains(pub.(zmq4.Topics).Topics(), fmt.Sprintf("session %d", i+1))
		})
		publish(pub, "kv@e", i*100, 100)
		within("100 events", func() bool { return x.count() == (i+1)*100 })
		pub.Close()
		pub = zmq4.NewPub(bkg, quiet)
		check(pub.Listen(ep))
	}
	cancel()
	done.Wait()
	pub.Close()
	fmt.Println("events", x.n, "the last", x.last["kv@e"])
}

// replay: a ROUTER sends each that asks all events from a number on, and then an end.
func replay() {
	router := zmq4.NewRouter(bkg, quiet)
	check(router.Listen("tcp://127.0.0.1:0"))
	ep := "tcp://" + router.Addr().String()
	var served sync.WaitGroup
	served.Go(func() {
		for {
			m, err := router.Recv()
			if err != nil {
				if !errors.Is(err, context.Canceled) {
					fmt.Println("stops:", err)
				}
				return
			}
			id, from := m.Frames[0], binary.BigEndian.Uint64(m.Frames[len(m.Frames)-1])
			served.Go(func() {
				for i := from; i < 500; i++ {
					check(router.Send(zmq4.NewMsgFrom(id, []byte{}, binary.BigEndian.AppendUint64(nil, i), []byte("body"))))
				}
				check(router.Send(zmq4.NewMsgFrom(id, []byte{}, binary.BigEndian.AppendUint64(nil, ^uint64(0)), []byte{})))
			})
		}
	})
	var total atomic.Int64
	var asked sync.WaitGroup
	for i := range 6 {
		asked.Go(func() {
			make, request := zmq4.NewReq, [][]byte{}
			if i%2 == 0 {
				make, request = zmq4.NewDealer, [][]byte{{}}
			}
			s := make(bkg, quiet)
			defer s.Close()
			check(s.Dial(ep))
			check(s.SendMulti(zmq4.NewMsgFrom(append(request, binary.BigEndian.AppendUint64(nil, 100))...)))
			for {
				m, err := s.Recv()
				if errors.Is(err, io.EOF) {
					continue
				}
				check(err)
				f := m.Frames[len(m.Frames)-2:]
				if binary.BigEndian.Uint64(f[0]) == ^uint64(0) {
					return
				}
				total.Add(1)
			}
		})
	}
	asked.Wait()
	router.Close()
	served.Wait()
	fmt.Println("events sent again", total.Load())
}
