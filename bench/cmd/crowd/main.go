// Command crowd is the other side in the benchmarks' rows with thousands of
// connections: plain Go connections, the same for all peers, so that only the
// peer is measured. See package peer for its command line.
package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/zeroth-mq/zmq/bench/internal/peer"
)

func main() {
	peer.Main(map[string]func(peer.Args) error{
		"crowd":         idle,
		"subscribers":   herd,
		"subscriptions": topics,
	})
}

// atOnce is how many connections are made at the same time.
const atOnce = 64

// connect makes a.Fan connections.
func connect(a peer.Args, socketType string, after []byte) ([]*conn, error) {
	all := make([]*conn, a.Fan)
	turns, done := make(chan int), make(chan error, atOnce)
	for range atOnce {
		// Owned by this function, which waits for it below.
		go func() {
			var err error
			for i := range turns {
				if err == nil {
					all[i], err = dial(a.Endpoint, socketType, after)
				}
			}
			done <- err
		}()
	}
	for i := range all {
		turns <- i
	}
	close(turns)
	var err error
	for range atOnce {
		err = errors.Join(err, <-done)
	}
	return all, err
}

// idle makes a.Fan connections of DEALERs and reports how long that took. They
// are kept until standard input ends, and answer PINGs.
func idle(a peer.Args) error {
	start := time.Now()
	all, err := connect(a, "DEALER", nil)
	if err != nil {
		return err
	}
	peer.Took(time.Since(start))
	for _, c := range all {
		// Owned by the process: it ends with it, a few lines below.
		go c.message()
	}
	return peer.Hold()
}

// herd makes a.Fan connections of SUBs, and a.Count times reports how long it
// took from the time that a message tells until all have received it: the
// median. Asking for another topic asks for the next message.
func herd(a peer.Args) error {
	all, err := connect(a, "SUB", subscription(nil, nil))
	if err != nil {
		return err
	}
	type arrival struct {
		sent int64
		err  error
	}
	arrivals := make(chan arrival, len(all))
	for _, c := range all {
		// Owned by this function, which waits for its messages below.
		go func() {
			for range a.Count {
				body, err := c.message()
				if err == nil && (len(body) != a.Size || len(body) < 8) {
					err = fmt.Errorf("%d bytes instead of %d", len(body), a.Size)
				}
				if err != nil {
					arrivals <- arrival{err: err}
					return
				}
				arrivals <- arrival{sent: int64(binary.NativeEndian.Uint64(body))}
			}
		}()
	}
	start := time.Now()
	took := make([]int64, a.Count)
	for round := range took {
		var sent int64
		for i := range all {
			m := <-arrivals
			switch {
			case m.err != nil:
				return m.err
			case i > 0 && m.sent != sent:
				return fmt.Errorf("message %d arrived with different times", round)
			}
			sent = m.sent
		}
		took[round] = max(time.Now().UnixNano()-sent, 1)
		if _, err := all[0].Write(subscription(nil, fmt.Appendf(nil, "next %d", round))); err != nil {
			return err
		}
	}
	slices.Sort(took)
	peer.Result(took[len(took)/2], time.Since(start).Nanoseconds())
	return peer.Hold()
}

// topics subscribes to a.Count topics on one connection, to all but the first
// of them when there was a message of that one, and checks what matches: every
// tenth message of as many.
func topics(a peer.Args) error {
	first := peer.Topic(nil, 0, true)
	c, err := dial(a.Endpoint, "SUB", subscription(nil, first))
	if err != nil {
		return err
	}
	if sign, err := c.message(); err != nil || !bytes.Equal(sign, first) {
		return errors.Join(err, fmt.Errorf("%q arrived at first", sign))
	}
	written := make(chan error, 1)
	// Owned by this function, which waits for it below.
	go func() {
		var buf, topic []byte
		for i := 1; i < a.Count; i++ {
			topic = peer.Topic(topic[:0], i, true)
			if buf = subscription(buf, topic); len(buf) >= 64<<10 || i == a.Count-1 {
				if _, err := c.Write(buf); err != nil {
					written <- err
					return
				}
				buf = buf[:0]
			}
		}
		written <- nil
	}()
	var want []byte
	for i := 0; i < a.Count; i += 10 {
		body, err := c.message()
		if err != nil {
			return err
		}
		if want = peer.Topic(want[:0], i*7919%a.Count, true); string(body) != string(want) {
			return fmt.Errorf("%q arrived instead of %q", body, want)
		}
	}
	if err := <-written; err != nil {
		return err
	}
	return peer.Hold()
}
