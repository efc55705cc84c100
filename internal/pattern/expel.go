package pattern

import "github.com/zeroth-mq/zmq/internal/errno"

// expels ends the connection of a peer that wants one topic more than it may. What
// it says from then on is not taken.
func (p *publisher) expels(s *subscriber, t *topics, topic []byte) bool {
	if s.expelled {
		return true
	}
	x := &p.opt.XPub
	var err error
	switch {
	case x.MaxSubscriptions > 0 && len(s.nodes[t.which]) >= x.MaxSubscriptions:
		err = errno.Limited("MAX_SUBSCRIPTIONS", int64(x.MaxSubscriptions), "the peer subscribes to more topics than it may", errno.ENOBUFS)
	case x.MaxSubscriptionBytes > 0 && s.bytes[t.which]+len(topic) > x.MaxSubscriptionBytes:
		err = errno.Limited("MAX_SUBSCRIPTION_BYTES", int64(x.MaxSubscriptionBytes), "the peer subscribes to topics of more bytes than it may", errno.ENOBUFS)
	default:
		return false
	}
	s.expelled = !t.has(topic, s) && s.end.Expel(err)
	return s.expelled
}
