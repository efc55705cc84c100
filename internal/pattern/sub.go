package pattern

import (
	"bytes"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// sub is SUB: it receives what begins with one of its topics, whatever its peers
// send (RFC 29).
type sub struct {
	subscriber
	recvOnly

	next  msg.Message // read ahead by CanRecv
	ahead bool
	hit   []byte          // a topic that the last message began with
	hits  bool            // there is one
	found []*entry[count] // scratch
}

func newSub(v *opt.Values) Pattern { return &sub{subscriber: subscriber{opt: v}} }

func (s *sub) Writable(e *pipe.End) { s.out.writable(e) }

// Subscribe tells every peer, also when the topic is there already.
func (s *sub) Subscribe(topic []byte) error {
	if s.change(true, topic) {
		s.out.sendAll(s.form(true, topic), true)
	}
	return nil
}

// Unsubscribe takes back one Subscribe, and tells every peer if it was the last
// of its topic. An unknown topic is none.
func (s *sub) Unsubscribe(topic []byte) error {
	s.hits = false
	if s.change(false, topic) {
		s.out.sendAll(s.form(false, topic), true)
	}
	return nil
}

// fetch sets m to the next message that passes the filter.
func (s *sub) fetch(m *msg.Message) error {
	for {
		if _, err := s.in.recv(m); err != nil {
			return err
		}
		if s.Wants(m.Frames[0]) {
			return nil
		}
	}
}

// Next implements Nexter.
func (s *sub) Next() ([]byte, *msg.Chunk) {
	for !s.ahead {
		frame, chunk := s.in.Next()
		if chunk == nil || s.Wants(frame) {
			return frame, chunk
		}
		chunk.Release()
	}
	return nil, nil
}

// SoleIn implements SoleReceiver.
func (s *sub) SoleIn() *pipe.End {
	if s.ahead {
		return nil
	}
	return s.in.sole()
}

// Wants implements Filterer.
func (s *sub) Wants(first []byte) bool { return s.has(first) != s.opt.XPub.InvertMatching }

// has reports whether first begins with one of the topics.
func (s *sub) has(first []byte) bool {
	if s.hits && bytes.HasPrefix(first, s.hit) {
		return true
	}
	s.found = s.subs.prefixes(first, s.found[:0])
	if len(s.found) > 0 {
		s.hit, s.hits = s.found[0].appendTopic(s.hit[:0]), true
	}
	return len(s.found) > 0
}

func (s *sub) Recv(m *msg.Message) error {
	if !s.ahead {
		return s.fetch(m)
	}
	m.Take(&s.next)
	s.ahead = false
	return nil
}

// Waiting implements Waiter.
func (s *sub) Waiting() int {
	n := s.in.Waiting()
	if s.ahead {
		n++
	}
	return n
}

func (s *sub) CanRecv() bool {
	if !s.ahead {
		s.ahead = s.fetch(&s.next) == nil
	}
	return s.ahead
}
