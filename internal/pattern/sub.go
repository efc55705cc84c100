package pattern

import (
	"bytes"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// sub is SUB: it receives what begins with one of its topics, whatever its peers
// send (RFC 29). It is the Out, by which peers are told the topics.
type sub struct {
	subscribing
	in *subIn
}

// subIn is the In of a sub, and a Filterer.
type subIn struct {
	fq
	out   *sub
	hit   []byte          // a topic that the last message began with
	hits  bool            // there is one
	found []*entry[count] // scratch
	drop  msg.Message     // likewise
	sure  *pipe.End       // Pick has said that its next message is wanted
}

func newSub(v *opt.Values) (Out, In) {
	s := &sub{subscribing: subscribing{opt: v}}
	s.in = &subIn{out: s}
	return s, s.in
}

func (*sub) Pick([]byte) (*Route, error) { return nil, errno.ENOTSUP }
func (*sub) Sent(*Route)                 {}

// Subscribe tells every peer, also when the topic is there already.
func (s *sub) Subscribe(topic []byte) error {
	if s.change(true, topic) {
		s.subscribing.out.sendAll(s.form(true, topic), true)
	}
	return nil
}

// Unsubscribe takes back one Subscribe, and tells every peer if it was the last
// of its topic. An unknown topic is none.
func (s *sub) Unsubscribe(topic []byte) error {
	s.in.hits = false
	if s.change(false, topic) {
		s.subscribing.out.sendAll(s.form(false, topic), true)
	}
	return nil
}

// Pick drops what is not wanted. What it has found stays wanted, whatever is
// unsubscribed from meanwhile.
func (s *subIn) Pick() (Source, error) {
	for {
		src, err := s.fq.Pick()
		if err != nil || src.End == s.sure {
			return src, err
		}
		if s.Wants(src.End.First()) {
			s.sure = src.End
			return src, nil
		}
		if m := &s.drop; src.End.Recv(m) {
			if m.Chunk != nil {
				m.Chunk.Release()
			}
			m.Reset()
			s.next()
		}
	}
}

func (s *subIn) Took(*msg.Message) {
	s.sure = nil
	s.next()
}

// Wants implements Filterer.
func (s *subIn) Wants(first []byte) bool {
	return s.has(first) != s.out.opt.XPub.InvertMatching
}

// has reports whether first begins with one of the topics.
func (s *subIn) has(first []byte) bool {
	if s.hits && bytes.HasPrefix(first, s.hit) {
		return true
	}
	s.found = s.out.subs.prefixes(first, s.found[:0])
	if len(s.found) > 0 {
		s.hit, s.hits = s.found[0].appendTopic(s.hit[:0]), true
	}
	return len(s.found) > 0
}

func (s *subIn) Counts() Counts {
	c := s.fq.Counts()
	c.Topics = s.out.subs.n
	return c
}
