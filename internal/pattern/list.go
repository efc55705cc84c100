package pattern

// A TopicLister knows to which topics its peers are subscribed.
type TopicLister interface {
	ListTopics() []string
}

// ListTopics is each topic once, in byte order; nil: there are none. Under both
// locks.
func (p *publisher) ListTopics() (all []string) {
	p.subs.walk(func(topic []byte, _ *entry[members]) { all = append(all, string(topic)) })
	return all
}
