package pattern

import (
	"bytes"
	"slices"
	"strings"
)

// trie maps topics, any bytes, to values, and finds the values of all prefixes
// of a message. It is a radix tree: a node stands for the bytes on the way to
// it, and one without a value has at least two children, the root apart. A node
// with a value stays the same node until the value is removed, so it may be
// pointed at. Nothing here recurses: a topic may be as deep as it is long.
//
// A trie must not be copied.
type trie[V held] struct {
	root node[V]
	n    int // topics with a value, kept by who sets and clears values
}

// held is a value in a trie; an empty one is none.
type held interface{ empty() bool }

type node[V held] struct {
	parent *node[V]
	label  string  // from the parent to here; empty for the root only
	kids   kids[V] // nil: a leaf
	val    V
}

// step goes on from n to the child that a prefix of rest leads to, and returns
// it with the bytes behind. Nil: there is none.
func (n *node[V]) step(rest []byte) (*node[V], []byte) {
	if n.kids == nil || len(rest) == 0 {
		return nil, nil
	}
	keys, nodes := n.kids.list()
	i := bytes.IndexByte(keys, rest[0])
	if i < 0 {
		return nil, nil
	}
	k := nodes[i]
	if l := len(k.label); l == 1 || l <= len(rest) && string(rest[:l]) == k.label {
		return k, rest[l:]
	}
	return nil, nil
}

// find returns the topic's node, which may be without a value, or nil.
func (t *trie[V]) find(topic []byte) *node[V] {
	n := &t.root
	for len(topic) > 0 && n != nil {
		n, topic = n.step(topic)
	}
	return n
}

// insert returns the topic's node and makes it if need be. The caller gives it
// a value.
func (t *trie[V]) insert(topic []byte) *node[V] {
	n := &t.root
	for len(topic) > 0 {
		at := n.kid(topic[0])
		if at == nil {
			leaf := &node[V]{label: string(topic)}
			n.addKid(leaf)
			return leaf
		}
		k := *at
		c := common(k.label, topic)
		if c < len(k.label) {
			// A copy, lest a short label hold a long topic that is gone.
			up := &node[V]{parent: n, label: strings.Clone(k.label[:c])}
			*at = up
			k.label = k.label[c:]
			up.addKid(k)
			k = up
		}
		n, topic = k, topic[c:]
	}
	return n
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

// prune takes out what n, whose value was just cleared, leaves unneeded.
func (t *trie[V]) prune(n *node[V]) {
	for n != &t.root && n.val.empty() {
		p := n.parent
		_, nodes := n.children()
		switch len(nodes) {
		case 0:
			p.dropKid(n)
			n = p
		case 1:
			k := nodes[0]
			k.label = n.label + k.label
			k.parent = p
			*p.kid(k.label[0]) = k
			return
		default:
			return
		}
	}
}

// appendTopic appends the topic that n stands for.
func (n *node[V]) appendTopic(dst []byte) []byte {
	size := 0
	for p := n; p != nil; p = p.parent {
		size += len(p.label)
	}
	dst = slices.Grow(dst, size)
	dst = dst[:len(dst)+size]
	at := len(dst)
	for p := n; p != nil; p = p.parent {
		at -= len(p.label)
		copy(dst[at:], p.label)
	}
	return dst
}

// walk calls f for every topic with a value, in byte order. The topic is valid
// until f returns; f must not change the trie.
func (t *trie[V]) walk(f func(topic []byte, n *node[V])) {
	var topic []byte
	n := &t.root
	for {
		if !n.val.empty() {
			f(topic, n)
		}
		next := 0
		_, nodes := n.children()
		for next == len(nodes) {
			if n == &t.root {
				return
			}
			topic = topic[:len(topic)-len(n.label)]
			first := n.label[0]
			n = n.parent
			keys, siblings := n.children()
			next, nodes = bytes.IndexByte(keys, first)+1, siblings
		}
		n = nodes[next]
		topic = append(topic, n.label...)
	}
}
