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
	label  string   // from the parent to here; empty for the root only
	kids   *kids[V] // nil: a leaf
	val    V
}

// kids are a node's children in the order of the first byte of their labels,
// which is kept apart so that one scan of a few bytes finds the child.
type kids[V held] struct {
	keys  []byte
	nodes []*node[V]
}

// step goes on from n to the child that a prefix of rest leads to, and returns
// it with the bytes behind. Nil: there is none.
func (n *node[V]) step(rest []byte) (*node[V], []byte) {
	if n.kids == nil || len(rest) == 0 {
		return nil, nil
	}
	i := bytes.IndexByte(n.kids.keys, rest[0])
	if i < 0 {
		return nil, nil
	}
	k := n.kids.nodes[i]
	if l := len(k.label); l <= len(rest) && string(rest[:l]) == k.label {
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
		i := -1
		if n.kids != nil {
			i = bytes.IndexByte(n.kids.keys, topic[0])
		}
		if i < 0 {
			leaf := &node[V]{label: string(topic)}
			n.addKid(leaf)
			return leaf
		}
		k := n.kids.nodes[i]
		c := common(k.label, topic)
		if c < len(k.label) {
			// A copy, lest a short label hold a long topic that is gone.
			up := &node[V]{parent: n, label: strings.Clone(k.label[:c])}
			n.kids.nodes[i] = up
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

func (n *node[V]) addKid(k *node[V]) {
	if n.kids == nil {
		n.kids = new(kids[V])
	}
	i, _ := slices.BinarySearch(n.kids.keys, k.label[0])
	n.kids.keys = slices.Insert(n.kids.keys, i, k.label[0])
	n.kids.nodes = slices.Insert(n.kids.nodes, i, k)
	k.parent = n
}

func (n *node[V]) dropKid(k *node[V]) {
	if len(n.kids.nodes) == 1 {
		n.kids = nil
		return
	}
	i := bytes.IndexByte(n.kids.keys, k.label[0])
	n.kids.keys = slices.Delete(n.kids.keys, i, i+1)
	n.kids.nodes = slices.Delete(n.kids.nodes, i, i+1)
}

// prune takes out what n, whose value was just cleared, leaves unneeded.
func (t *trie[V]) prune(n *node[V]) {
	for n != &t.root && n.val.empty() {
		p := n.parent
		switch {
		case n.kids == nil:
			p.dropKid(n)
			n = p
		case len(n.kids.nodes) == 1:
			k := n.kids.nodes[0]
			k.label = n.label + k.label
			k.parent = p
			p.kids.nodes[bytes.IndexByte(p.kids.keys, k.label[0])] = k
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
		for n.kids == nil || next == len(n.kids.nodes) {
			if n == &t.root {
				return
			}
			topic = topic[:len(topic)-len(n.label)]
			next = bytes.IndexByte(n.parent.kids.keys, n.label[0]) + 1
			n = n.parent
		}
		n = n.kids.nodes[next]
		topic = append(topic, n.label...)
	}
}
