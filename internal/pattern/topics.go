package pattern

// topics are the subscriptions of many peers: for each topic the set of peers
// that want it. A peer that subscribes twice is there once.
//
// A peer knows its nodes and its set entries know their place among them, so
// that a peer which leaves costs what it subscribed to, not a walk of all.
type topics struct {
	trie[set]
	which int           // place in subscriber.nodes
	found []*entry[set] // scratch
}

// set are the peers of one topic. Most topics have one.
type set struct {
	one  member       // the zero value: nobody
	rest *subscribers // never without one
}

type member struct {
	s  *subscriber
	at uint32 // the topic's place in the peer's list
}

type subscribers struct {
	list  []member
	index map[*subscriber]uint32 // into list; nil while a scan is quick
}

const quickScan = 32

func (m set) empty() bool { return m.one.s == nil }

func (m *set) get(s *subscriber) *member {
	if m.one.s == s {
		return &m.one
	}
	if m.rest != nil {
		if i := m.rest.find(s); i >= 0 {
			return &m.rest.list[i]
		}
	}
	return nil
}

func (c *subscribers) find(s *subscriber) int {
	if c.index != nil {
		if i, ok := c.index[s]; ok {
			return int(i)
		}
		return -1
	}
	for i := range c.list {
		if c.list[i].s == s {
			return i
		}
	}
	return -1
}

// add puts in one that is not there.
func (m *set) add(x member) {
	if m.one.s == nil {
		m.one = x
		return
	}
	if m.rest == nil {
		m.rest = new(subscribers)
	}
	c := m.rest
	c.list = append(c.list, x)
	if c.index != nil {
		c.index[x.s] = uint32(len(c.list) - 1)
	} else if len(c.list) > quickScan {
		c.index = make(map[*subscriber]uint32)
		for i := range c.list {
			c.index[c.list[i].s] = uint32(i)
		}
	}
}

// remove takes out one that is there.
func (m *set) remove(s *subscriber) {
	c := m.rest
	if c == nil {
		m.one = member{}
		return
	}
	last := c.list[len(c.list)-1]
	i := -1
	if m.one.s == s {
		m.one = last
	} else {
		i = c.find(s)
		c.list[i] = last
	}
	c.list[len(c.list)-1] = member{}
	c.list = c.list[:len(c.list)-1]
	if len(c.list) == 0 {
		m.rest = nil
		return
	}
	if c.index != nil {
		delete(c.index, last.s)
		if i >= 0 {
			delete(c.index, s)
			if last.s != s {
				c.index[last.s] = uint32(i)
			}
		}
	}
}

// removal is what became of a topic when a peer was taken out.
type removal int

const (
	absent  removal = iota // the peer was not there
	remain                 // others still want it
	vacated                // nobody does
)

// add reports whether s is the first who wants topic.
func (t *topics) add(topic []byte, s *subscriber) (first bool) {
	n := t.insert(topic)
	first = n.val.empty()
	if first {
		t.n++
	} else if n.val.get(s) != nil {
		return false
	}
	list := &s.nodes[t.which]
	n.val.add(member{s: s, at: uint32(len(*list))})
	*list = append(*list, n)
	s.bytes[t.which] += len(topic)
	return first
}

// has reports whether s wants topic.
func (t *topics) has(topic []byte, s *subscriber) bool {
	n := t.find(topic)
	return n != nil && n.val.get(s) != nil
}

func (t *topics) remove(topic []byte, s *subscriber) removal {
	n := t.find(topic)
	if n == nil {
		return absent
	}
	m := n.val.get(s)
	if m == nil {
		return absent
	}
	list := s.nodes[t.which]
	end := len(list) - 1
	if at := m.at; int(at) != end {
		list[at] = list[end]
		list[at].val.get(s).at = at
	}
	list[end] = nil
	s.nodes[t.which] = list[:end]
	s.bytes[t.which] -= len(topic)
	return t.take(n, s)
}

func (t *topics) take(n *entry[set], s *subscriber) removal {
	n.val.remove(s)
	if !n.val.empty() {
		return remain
	}
	t.n--
	t.prune(n)
	return vacated
}

// drop takes s, which is gone, out of up to most topics, and calls f, if it is not
// nil, for each. The topic is valid until f returns. It returns how many that were.
func (t *topics) drop(s *subscriber, most int, f func(topic []byte, r removal)) int {
	var topic []byte
	list := s.nodes[t.which]
	n := min(most, len(list))
	for i, e := range list[:n] {
		if f != nil {
			topic = e.appendTopic(topic[:0])
		}
		if r := t.take(e, s); f != nil {
			f(topic, r)
		}
		list[i] = nil
	}
	if s.nodes[t.which] = list[n:]; n == len(list) {
		s.nodes[t.which] = nil
	}
	return n
}

// match marks in d whoever wants a message that begins with first.
func (t *topics) match(first []byte, d *dist) {
	t.found = t.prefixes(first, t.found[:0])
	for _, e := range t.found {
		d.match(e.val.one.s)
		if c := e.val.rest; c != nil {
			for i := range c.list {
				d.match(c.list[i].s)
			}
		}
	}
}

// wants reports whether s wants a message that begins with first.
func (t *topics) wants(first []byte, s *subscriber) bool {
	t.found = t.prefixes(first, t.found[:0])
	for _, e := range t.found {
		if e.val.get(s) != nil {
			return true
		}
	}
	return false
}
