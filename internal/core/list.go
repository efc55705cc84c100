package core

import "github.com/zeroth-mq/zmq/internal/pattern"

// Topics is to which topics the peers of a PUB or XPUB are subscribed, each once, in
// byte order; nil for other types.
func (s *Socket) Topics() []string {
	s.lock()
	defer s.unlock()
	s.refreshLocked()
	if p, ok := s.pat.(pattern.TopicLister); ok {
		return p.ListTopics()
	}
	return nil
}
