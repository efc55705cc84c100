package pattern

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
)

// trie maps topics, any bytes, to values, and finds the values of all prefixes
// of a message. It goes down by strides of eight bytes, a word: a node has in one
// hash table the topics that end within the next word, by their bytes and how many
// those are, and in another the nodes behind it. A match so costs a look-up for
// each word and each length of what may end in between, however many topics there
// are and whatever else they begin with. Nothing here recurses: a topic may be as
// deep as it is long.
//
// A trie must not be copied.
type trie[V held] struct {
	root node[V]
	n    int // topics with a value, kept by who sets and clears values
}

// held is a value in a trie; an empty one is none.
type held interface{ empty() bool }

// stride is the length of a word.
const stride = 8

// A node is a place on the way to topics. Nodes that would have one way on and
// nothing else are left out: their bytes are the skip of the next. One with words
// or tails has a skip of whole words; one with neither has an end, and is a topic's
// own as long as no other goes through it.
type node[V held] struct {
	parent *node[V]
	word   uint64 // from the parent to here
	skip   string // behind the word
	end    *entry[V]
	tails  map[uint64]*entry[V] // nil: none
	kids   map[uint64]*node[V]  // nil: none
	counts [stride]uint32       // of tails, by their length
	lens   uint8                // which of them there are
	most   uint32               // tails and kids at once, since the maps were made
}

// An entry is a topic. It stays the same until its value is removed, so it may be
// pointed at.
type entry[V held] struct {
	in  *node[V]
	key uint64 // among in's tails; 0: it is in's end
	val V
}

// wordOf is the first word of b, or what there is of it.
func wordOf(b []byte) (w uint64) {
	if len(b) >= stride {
		return binary.LittleEndian.Uint64(b)
	}
	for i, c := range b {
		w |= uint64(c) << (8 * i)
	}
	return w
}

// tailOf is the key of a tail of n bytes, fewer than a word: the first of w.
func tailOf(w uint64, n int) uint64 { return w&(1<<(8*n)-1) | uint64(n)<<56 }

// behind returns what of rest is behind n's skip. False: it is not there.
func (n *node[V]) behind(rest []byte) ([]byte, bool) {
	if l := len(n.skip); l > 0 {
		if len(rest) < l || string(rest[:l]) != n.skip {
			return nil, false
		}
		rest = rest[l:]
	}
	return rest, true
}

// find returns the topic's entry, or nil.
func (t *trie[V]) find(topic []byte) *entry[V] {
	for n := &t.root; n != nil; {
		var ok bool
		if topic, ok = n.behind(topic); !ok {
			return nil
		}
		switch l := len(topic); {
		case l == 0:
			return n.end
		case l < stride:
			return n.tails[tailOf(wordOf(topic), l)]
		}
		n, topic = n.kids[wordOf(topic)], topic[stride:]
	}
	return nil
}

// prefixes appends the entries of all topics that message begins with.
func (t *trie[V]) prefixes(message []byte, all []*entry[V]) []*entry[V] {
	for n := &t.root; n != nil; {
		var ok bool
		if message, ok = n.behind(message); !ok {
			break
		}
		if n.end != nil {
			all = append(all, n.end)
		}
		if n.lens == 0 && n.kids == nil {
			break
		}
		w := wordOf(message)
		for lens := n.lens; lens != 0; lens &= lens - 1 {
			l := bits.TrailingZeros8(lens)
			if l > len(message) {
				break
			}
			if e := n.tails[tailOf(w, l)]; e != nil {
				all = append(all, e)
			}
		}
		if len(message) < stride || n.kids == nil {
			break
		}
		n, message = n.kids[w], message[stride:]
	}
	return all
}

// insert returns the topic's entry and makes it if need be. The caller gives it
// a value.
func (t *trie[V]) insert(topic []byte) *entry[V] {
	for n := &t.root; ; {
		rest, ok := n.behind(topic)
		if !ok {
			n = n.split(topic)
			continue
		}
		switch l := len(rest); {
		case l == 0:
			if n.end == nil {
				n.end = &entry[V]{in: n}
			}
			return n.end
		case n.lone() && len(n.skip)%stride != 0:
			n = n.split(topic)
			continue
		case l < stride:
			if e := n.tails[tailOf(wordOf(rest), l)]; e != nil {
				return e
			}
			return n.place(&entry[V]{}, string(rest))
		}
		k := n.kids[wordOf(rest)]
		if k == nil {
			return n.place(&entry[V]{}, string(rest))
		}
		n, topic = k, rest[stride:]
	}
}

// lone reports whether nothing is behind n but its end.
func (n *node[V]) lone() bool { return n.lens == 0 && n.kids == nil }

// place puts e, whose topic goes on with rest, where nothing is yet.
func (n *node[V]) place(e *entry[V], rest string) *entry[V] {
	e.in, e.key = n, 0
	switch l := len(rest); {
	case l == 0:
		n.end = e
	case l < stride:
		e.key = tailOf(wordOf([]byte(rest)), l)
		if n.tails == nil {
			n.tails = make(map[uint64]*entry[V])
		}
		n.tails[e.key] = e
		n.most = max(n.most, n.size())
		n.counts[l]++
		n.lens |= 1 << l
	default:
		k := &node[V]{word: wordOf([]byte(rest[:stride])), skip: strings.Clone(rest[stride:]), end: e}
		e.in = k
		n.adopt(k)
	}
	return e
}

func (n *node[V]) adopt(k *node[V]) {
	k.parent = n
	if n.kids == nil {
		n.kids = make(map[uint64]*node[V])
	}
	n.kids[k.word] = k
	n.most = max(n.most, n.size())
}

func (n *node[V]) size() uint32 { return uint32(len(n.tails) + len(n.kids)) }

// shrink makes the maps anew when they have become small, which maps do not of
// themselves: what many topics took is given back when they go.
func (n *node[V]) shrink() {
	if n.most < 1024 || n.size() >= n.most/8 {
		return
	}
	n.tails, n.kids, n.most = smaller(n.tails), smaller(n.kids), n.size()
}

// smaller is a copy of m as small as it can be; nil of nothing.
func smaller[V any](m map[uint64]V) map[uint64]V {
	if len(m) == 0 {
		return nil
	}
	c := make(map[uint64]V, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

// split makes the words of n's skip that it has in common with rest those of a node
// of their own, and returns that.
func (n *node[V]) split(rest []byte) *node[V] {
	c := common(n.skip, rest) / stride * stride
	left := n.skip[c:]
	if n.lone() {
		e := n.end
		n.skip, n.end = strings.Clone(n.skip[:c]), nil
		n.place(e, left)
		return n
	}
	m := &node[V]{word: n.word, skip: strings.Clone(n.skip[:c])}
	n.parent.adopt(m)
	n.word, n.skip = wordOf([]byte(left[:stride])), strings.Clone(left[stride:])
	m.adopt(n)
	return m
}

// common is the length of the longest common prefix.
func common(a string, b []byte) int {
	m := min(len(a), len(b))
	for i := range m {
		if a[i] != b[i] {
			return i
		}
	}
	return m
}

// prune takes out e, whose value was just cleared, and the nodes that it leaves
// unneeded.
func (t *trie[V]) prune(e *entry[V]) {
	n := e.in
	if l := e.key >> 56; l == 0 {
		n.end = nil
	} else {
		delete(n.tails, e.key)
		if n.counts[l]--; n.counts[l] == 0 {
			n.lens &^= 1 << l
		}
		if n.lens == 0 {
			n.tails = nil
		}
		n.shrink()
	}
	for n != &t.root && n.end == nil && n.lone() {
		p := n.parent
		delete(p.kids, n.word)
		if len(p.kids) == 0 {
			p.kids = nil
		}
		p.shrink()
		n = p
	}
	if n != &t.root && n.end == nil {
		n.merge()
	}
}

// merge has n's only tail, or only kid, take its place, if that is all it has.
func (n *node[V]) merge() {
	switch {
	case n.kids == nil && len(n.tails) == 1:
		for key, e := range n.tails {
			n.skip += string(appendWord(nil, key)[:key>>56])
			n.counts[key>>56] = 0
			n.tails, n.lens, n.end = nil, 0, e
			e.key = 0
		}
	case n.lens == 0 && len(n.kids) == 1:
		for word, k := range n.kids {
			k.skip = n.skip + string(appendWord(nil, word)) + k.skip
			k.word = n.word
			n.parent.adopt(k)
		}
	}
}

func appendWord(dst []byte, w uint64) []byte { return binary.LittleEndian.AppendUint64(dst, w) }

// appendTopic appends the topic that e stands for.
func (e *entry[V]) appendTopic(dst []byte) []byte {
	tail := int(e.key >> 56)
	size := tail
	for n := e.in; n != nil; n = n.parent {
		size += len(n.skip)
		if n.parent != nil {
			size += stride
		}
	}
	dst = slices.Grow(dst, size+stride) // the tail is written as a word
	at := len(dst) + size
	end := at
	dst = dst[:end+stride]
	binary.LittleEndian.PutUint64(dst[at-tail:], e.key)
	at -= tail
	for n := e.in; n != nil; n = n.parent {
		at -= len(n.skip)
		copy(dst[at:], n.skip)
		if n.parent != nil {
			at -= stride
			binary.LittleEndian.PutUint64(dst[at:], n.word)
		}
	}
	return dst[:end]
}

// walk calls f for every topic with a value, in byte order. f must not change the
// trie.
func (t *trie[V]) walk(f func(topic []byte, e *entry[V])) {
	var all []*entry[V]
	for todo := []*node[V]{&t.root}; len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if n.end != nil {
			all = append(all, n.end)
		}
		for _, e := range n.tails {
			all = append(all, e)
		}
		for _, k := range n.kids {
			todo = append(todo, k)
		}
	}
	type named struct {
		topic []byte
		e     *entry[V]
	}
	var topics []named
	for _, e := range all {
		if !e.val.empty() {
			topics = append(topics, named{e.appendTopic(nil), e})
		}
	}
	slices.SortFunc(topics, func(a, b named) int { return bytes.Compare(a.topic, b.topic) })
	for _, x := range topics {
		f(x.topic, x.e)
	}
}
