package pattern

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// check holds the trie to its shape and returns its topics.
func check[V held](t *testing.T, tr *trie[V]) []string {
	t.Helper()
	var topics []string
	tr.walk(func(topic []byte, e *entry[V]) {
		topics = append(topics, string(topic))
		if got := e.appendTopic([]byte("+")); string(got) != "+"+string(topic) {
			t.Fatalf("appendTopic = %q, want %q", got, topic)
		}
		if tr.find(topic) != e {
			t.Fatalf("find(%q) finds another entry", topic)
		}
	})
	if !slices.IsSorted(topics) {
		t.Fatalf("not in order: %q", topics)
	}
	if tr.n != len(topics) {
		t.Fatalf("n = %d, want %d", tr.n, len(topics))
	}
	var down func(*node[V])
	down = func(n *node[V]) {
		ways := len(n.tails) + len(n.kids)
		if n.end != nil {
			ways++
			if n.end.in != n || n.end.key != 0 || n.end.val.empty() {
				t.Fatalf("the end of %q is wrong", n.skip)
			}
		}
		var counts [stride]uint32
		for key, e := range n.tails {
			counts[key>>56]++
			if e.in != n || e.key != key || e.val.empty() {
				t.Fatalf("tail %x of %q is wrong", key, n.skip)
			}
		}
		lens := uint8(0)
		for l, k := range counts {
			if k > 0 {
				lens |= 1 << l
			}
		}
		switch {
		case n == &tr.root:
		case ways == 0, ways == 1 && !n.lone():
			t.Fatalf("needless node %q", n.skip)
		case !n.lone() && len(n.skip)%stride != 0:
			t.Fatalf("the skip %q is not of whole words", n.skip)
		}
		if counts != n.counts || lens != n.lens || (n.tails != nil) != (lens != 0) || n.kids != nil && len(n.kids) == 0 {
			t.Fatalf("the tables of %q are wrong", n.skip)
		}
		for word, k := range n.kids {
			if k.parent != n || k.word != word {
				t.Fatalf("kid %x of %q is wrong", word, n.skip)
			}
			down(k)
		}
	}
	down(&tr.root)
	return topics
}

// play runs operations on topics and on a naive model: each is a peer or the
// end of one, a change or a match.
func play(t *testing.T, next func() (op, who byte, topic []byte, ok bool)) {
	tr := &topics{which: 1}
	var peers [8]*subscriber
	var model [8]map[string]bool
	for i := range peers {
		peers[i], model[i] = new(subscriber), map[string]bool{}
	}
	wanted := func(topic string) (n int) {
		for i := range model {
			if model[i][topic] {
				n++
			}
		}
		return n
	}
	var d dist
	for {
		op, who, topic, ok := next()
		if !ok {
			break
		}
		who %= byte(len(peers))
		s, set, key := peers[who], model[who], string(topic)
		switch {
		case op < 120:
			first := wanted(key) == 0
			set[key] = true
			if got := tr.add(topic, s); got != first {
				t.Fatalf("add(%q) = %v, want %v", key, got, first)
			}
		case op < 240:
			want := absent
			if set[key] {
				delete(set, key)
				want = remain
				if wanted(key) == 0 {
					want = vacated
				}
			}
			if got := tr.remove(topic, s); got != want {
				t.Fatalf("remove(%q) = %v, want %v", key, got, want)
			}
		case op < 245:
			model[who] = map[string]bool{}
			tr.drop(s, math.MaxInt, func(topic []byte, r removal) {
				key := string(topic)
				if !set[key] {
					t.Fatalf("drop tells of %q, which was not there", key)
				}
				delete(set, key)
				if (r == vacated) != (wanted(key) == 0) {
					t.Fatalf("drop of %q = %v", key, r)
				}
			})
			if len(set) != 0 || len(s.nodes[1]) != 0 {
				t.Fatalf("drop left %d", len(set))
			}
		default:
			d.begin()
			tr.match(topic, &d)
			for i, p := range peers {
				want := false
				for prefix := range model[i] {
					want = want || strings.HasPrefix(key, prefix)
				}
				if got := slices.Contains(d.matched, p); got != want || tr.wants(topic, p) != want {
					t.Fatalf("match(%q) of peer %d = %v, want %v", key, i, got, want)
				}
			}
		}
	}
	all := map[string]bool{}
	for i, p := range peers {
		maps.Copy(all, model[i])
		if len(p.nodes[1]) != len(model[i]) {
			t.Fatalf("peer %d has %d topics, want %d", i, len(p.nodes[1]), len(model[i]))
		}
		for at, n := range p.nodes[1] {
			if m := n.val.get(p); m == nil || int(m.at) != at {
				t.Fatalf("peer %d: topic %d does not know its place", i, at)
			}
		}
	}
	if got, want := check(t, &tr.trie), slices.Sorted(maps.Keys(all)); !slices.Equal(got, want) {
		t.Fatalf("topics %q, want %q", got, want)
	}
	for _, p := range peers {
		tr.drop(p, math.MaxInt, nil)
	}
	if got := check(t, &tr.trie); len(got) != 0 || !tr.root.lone() {
		t.Fatalf("%q left over", got)
	}
}

func TestTopicsAgainstModel(t *testing.T) {
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		n := 3000
		play(t, func() (op, who byte, topic []byte, ok bool) {
			for range rnd.IntN(int(seed/20) + 1) { // whole words, few different ones
				topic = append(topic, []string{"aaaaaaaa", "aaaaaaab", "\x00\x00\x00\x00\x00\x00\x00\x00", "baaaaaaa"}[rnd.IntN(4)]...)
			}
			for range rnd.IntN(7) {
				topic = append(topic, "ab\x00\xff"[rnd.IntN(2+int(seed%3))])
			}
			n--
			return byte(rnd.IntN(256)), byte(rnd.IntN(8)), topic, n > 0
		})
	}
}

func FuzzTopics(f *testing.F) {
	f.Add([]byte("\x00\x00\x03abc\x00\x01\x02ab\xf0\x00\x04abcd\xc8\x00\x03abc"))
	f.Add([]byte("\x00\x00\x00\xf0\x00\x00\xf2\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		play(t, func() (op, who byte, topic []byte, ok bool) {
			if len(b) < 3 {
				return
			}
			op, who = b[0], b[1]
			n := min(int(b[2]), len(b)-3)
			topic, b = b[3:3+n], b[3+n:]
			return op, who, topic, true
		})
	})
}

// Many peers of one topic: the set changes its form on the way.
func TestCrowd(t *testing.T) {
	tr := &topics{}
	rnd := rand.New(rand.NewPCG(1, 2))
	peers := make([]*subscriber, 5*quickScan)
	topic, other := []byte("topic"), []byte("to")
	for i := range peers {
		peers[i] = new(subscriber)
		tr.add(other, peers[i])
		tr.add(topic, peers[i])
		tr.add(topic, peers[i])
	}
	in := maps.Collect(slices.All(peers))
	var d dist
	for len(in) > 0 {
		i := rnd.IntN(len(peers))
		want := absent
		if in[i] != nil {
			delete(in, i)
			want = remain
			if len(in) == 0 {
				want = vacated
			}
		}
		if got := tr.remove(topic, peers[i]); got != want {
			t.Fatalf("remove = %v with %d left, want %v", got, len(in), want)
		}
		d.begin()
		tr.match(topic, &d)
		if len(d.matched) != len(peers) {
			t.Fatalf("%d match", len(d.matched))
		}
	}
	for _, p := range peers {
		tr.drop(p, math.MaxInt, nil)
	}
	if tr.n != 0 {
		t.Errorf("%d topics left", tr.n)
	}
}

// A topic may be long, and every prefix of it a topic too.
func TestDeepTopics(t *testing.T) {
	const depth, step = 64 << 10, 128
	long := bytes.Repeat([]byte{0}, depth)
	tr, s := &topics{}, new(subscriber)
	for n := 0; n <= depth; n += step {
		tr.add(long[:n], s)
	}
	if !tr.wants(long, s) || tr.remove(long, s) != vacated || tr.n != depth/step {
		t.Error("lost the longest")
	}
	var d dist
	d.begin()
	tr.match(long, &d)
	tr.drop(s, math.MaxInt, nil)
	if len(d.matched) != 1 || tr.n != 0 {
		t.Errorf("%d matched, %d left", len(d.matched), tr.n)
	}
}

func TestBacklog(t *testing.T) {
	var b backlog[int]
	pushed, popped := 0, 0
	rnd := rand.New(rand.NewPCG(3, 4))
	for pushed < 10000 {
		if rnd.IntN(100) < 55 {
			b.push(pushed)
			pushed++
		} else if b.len() > 0 {
			if got := b.pop(); got != popped {
				t.Fatalf("pop = %d, want %d", got, popped)
			}
			popped++
		}
		if b.len() != pushed-popped {
			t.Fatalf("len = %d, want %d", b.len(), pushed-popped)
		}
	}
	b.cut(func(x *int) bool { return *x%2 == 0 })
	for b.len() > 0 {
		if x := b.pop(); x%2 == 0 || x < popped {
			t.Fatalf("pop = %d", x)
		}
	}
}

const million = 1_000_000

// topicSets are shapes of a million topics.
var topicSets = map[string]func(i int) []byte{
	"decimal": func(i int) []byte { return fmt.Appendf(nil, "market/symbol/%07d/price", i) },
	"random": func(i int) []byte {
		b := binary.BigEndian.AppendUint64(nil, uint64(i)*0x9e3779b97f4a7c15)
		return binary.BigEndian.AppendUint64(b, uint64(i)*0xbf58476d1ce4e5b9)
	},
}

func BenchmarkTopics(b *testing.B) {
	for name, topic := range topicSets {
		all := make([][]byte, million)
		for i := range all {
			all[i] = topic(i * 7919 % million)
		}
		b.Run(name+"/add+remove", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				tr, s := &topics{}, new(subscriber)
				for _, t := range all {
					tr.add(t, s)
				}
				for _, t := range all {
					tr.remove(t, s)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/2/million, "ns/topic")
		})
		tr, s := &topics{}, new(subscriber)
		for _, t := range all {
			tr.add(t, s)
		}
		b.Run(name+"/match", func(b *testing.B) {
			var d dist
			i := 0
			for b.Loop() {
				d.begin()
				tr.match(all[i], &d)
				if i++; i == len(all) {
					i = 0
				}
			}
		})
		b.Run(name+"/drop", func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				tr, s := &topics{}, new(subscriber)
				for _, t := range all {
					tr.add(t, s)
				}
				b.StartTimer()
				tr.drop(s, math.MaxInt, func([]byte, removal) {})
			}
		})
	}
}

func BenchmarkFewTopics(b *testing.B) {
	tr, s := &topics{}, new(subscriber)
	for _, t := range []string{"weather", "sports.tennis", "sports.chess", "stock"} {
		tr.add([]byte(t), s)
	}
	var d dist
	for b.Loop() {
		d.begin()
		tr.match([]byte("sports.chess.final"), &d)
	}
}

// Long topics that have much in common, or nothing, and what is left of their nodes
// when they go.
func TestSkips(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		long := make([]byte, 200)
		for i := range long {
			long[i] = byte(rnd.IntN(256))
		}
		tr, s := &topics{}, new(subscriber)
		var all []string
		for range 20 {
			topic := slices.Clone(long[:rnd.IntN(len(long))])
			if len(topic) > 0 && rnd.IntN(2) == 0 {
				topic[rnd.IntN(len(topic))] ^= 1 << rnd.IntN(8)
			}
			tr.add(topic, s)
			all = append(all, string(topic))
			slices.Sort(all)
			all = slices.Compact(all)
			if got := check(t, &tr.trie); !slices.Equal(got, all) {
				t.Fatalf("%q; want %q", got, all)
			}
		}
		for len(all) > 0 {
			i := rnd.IntN(len(all))
			if got := tr.remove([]byte(all[i]), s); got != vacated {
				t.Fatal(got)
			}
			all = slices.Delete(all, i, i+1)
			if got := check(t, &tr.trie); !slices.Equal(got, all) {
				t.Fatalf("%q; want %q", got, all)
			}
		}
		if !tr.root.lone() {
			t.Fatal("nodes are left")
		}
	}
}

// Fault B6: what the topics of a peer took is given back when it leaves, though the
// topics of another stay beside them.
func TestTrieShrinks(t *testing.T) {
	for name, topic := range map[string]func(i int) string{
		"nodes": func(i int) string { return fmt.Sprintf("%08x and more", i) },
		"tails": func(i int) string { return fmt.Sprintf("%07x", i) },
	} {
		t.Run(name, func(t *testing.T) {
			const n = 100_000
			var tr topics
			stays := &subscriber{}
			tr.add([]byte(topic(n)), stays)
			before := heapInUse()
			for range 2 {
				leaves := &subscriber{}
				for i := range n {
					tr.add([]byte(topic(i)), leaves)
				}
				tr.drop(leaves, n, nil)
			}
			if more := heapInUse() - before; more > 100_000 {
				t.Errorf("%d bytes are left of %d topics", more, n)
			}
			if !tr.has([]byte(topic(n)), stays) || tr.n != 1 {
				t.Error("the topic that stays is gone")
			}
			runtime.KeepAlive(&tr)
		})
	}
}

func heapInUse() int64 {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
