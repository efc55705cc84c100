package gozmq

import (
	"encoding/binary"
	"log"
	"sync"

	"github.com/zeroth-mq/zmq"
)

// A publisher may have this many topics that are counted.
const maxTopics = 1024

// counts are the numbers that bitcoind gives its messages: the third frame, four
// bytes, the least first, one more for each message of a topic.
type counts struct {
	mu   sync.Mutex
	next map[string]uint32
}

// note logs what is missing before a message.
func (c *counts) note(m zmq.Message) {
	if m.Len() != 3 || len(m.Frame(2)) != 4 {
		return
	}
	n := binary.LittleEndian.Uint32(m.Frame(2))
	c.mu.Lock()
	defer c.mu.Unlock()
	want, known := c.next[string(m.Frame(0))]
	if !known && len(c.next) >= maxTopics {
		return
	}
	switch {
	case !known || n == want:
	case n == 0:
		log.Printf("gozmq: %q is counted from 0 again: the publisher has started anew, and what it sent in between is not known", m.Frame(0))
	default:
		log.Printf("gozmq: %d messages of %q are missing before number %d", n-want, m.Frame(0), n)
	}
	if c.next == nil {
		c.next = make(map[string]uint32)
	}
	c.next[string(m.Frame(0))] = n + 1
}
