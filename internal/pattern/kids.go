package pattern

import "bytes"

// kids are a node's children, sorted by the first bytes of their labels, which
// stand together in front, so that one short scan finds a child. On the way down
// a trie of a million topics each node and each table is a cache miss; hence a
// table is one piece of memory, and comes in few sizes. Nil: none.
type kids[V held] interface {
	// list gives the first bytes and the children, with the room behind.
	list() (keys []byte, nodes []*node[V])
	// grow counts children in or out.
	grow(by int)
}

type kids4[V held] struct {
	n     uint16
	keys  [4]byte
	nodes [4]*node[V]
}

type kids16[V held] struct {
	n     uint16
	keys  [16]byte
	nodes [16]*node[V]
}

type kids64[V held] struct {
	n     uint16
	keys  [64]byte
	nodes [64]*node[V]
}

type kids256[V held] struct {
	n     uint16
	keys  [256]byte
	nodes [256]*node[V]
}

func (k *kids4[V]) list() ([]byte, []*node[V])   { return k.keys[:k.n], k.nodes[:k.n] }
func (k *kids16[V]) list() ([]byte, []*node[V])  { return k.keys[:k.n], k.nodes[:k.n] }
func (k *kids64[V]) list() ([]byte, []*node[V])  { return k.keys[:k.n], k.nodes[:k.n] }
func (k *kids256[V]) list() ([]byte, []*node[V]) { return k.keys[:k.n], k.nodes[:k.n] }

func (k *kids4[V]) grow(by int)   { k.n += uint16(by) }
func (k *kids16[V]) grow(by int)  { k.n += uint16(by) }
func (k *kids64[V]) grow(by int)  { k.n += uint16(by) }
func (k *kids256[V]) grow(by int) { k.n += uint16(by) }

// roomFor returns the smallest table for n children.
func roomFor[V held](n int) kids[V] {
	switch {
	case n <= 4:
		return new(kids4[V])
	case n <= 16:
		return new(kids16[V])
	case n <= 64:
		return new(kids64[V])
	}
	return new(kids256[V])
}

// children lists the keys and the children that there are.
func (n *node[V]) children() ([]byte, []*node[V]) {
	if n.kids == nil {
		return nil, nil
	}
	return n.kids.list()
}

// kid returns where the child is whose label begins with b; nil: there is none.
func (n *node[V]) kid(b byte) **node[V] {
	keys, nodes := n.children()
	if i := bytes.IndexByte(keys, b); i >= 0 {
		return &nodes[i]
	}
	return nil
}

// setKids makes nodes, which are in order, n's children, in a table for room.
func (n *node[V]) setKids(nodes []*node[V], room int) {
	if room == 0 {
		n.kids = nil
		return
	}
	n.kids = roomFor[V](room)
	n.kids.grow(len(nodes))
	keys, to := n.kids.list()
	for i, k := range nodes {
		keys[i], to[i] = k.label[0], k
	}
}

// addKid adds a child that is not there.
func (n *node[V]) addKid(k *node[V]) {
	k.parent = n
	if _, nodes := n.children(); len(nodes) == cap(nodes) {
		n.setKids(nodes, len(nodes)+1)
	}
	n.kids.grow(1)
	keys, nodes := n.kids.list()
	i := len(keys) - 1
	for ; i > 0 && keys[i-1] > k.label[0]; i-- {
		keys[i], nodes[i] = keys[i-1], nodes[i-1]
	}
	keys[i], nodes[i] = k.label[0], k
}

// dropKid takes a child out. A table that is nearly empty is replaced by a
// smaller one.
func (n *node[V]) dropKid(k *node[V]) {
	keys, nodes := n.kids.list()
	i := bytes.IndexByte(keys, k.label[0])
	last := len(nodes) - 1
	copy(keys[i:], keys[i+1:])
	copy(nodes[i:], nodes[i+1:])
	nodes[last] = nil
	n.kids.grow(-1)
	if last <= cap(nodes)/8 {
		n.setKids(nodes[:last], 2*last)
	}
}
