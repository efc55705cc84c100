package msg

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }

func texts(m *Message) string { return string(bytes.Join(m.Frames, []byte("|"))) }

func TestFrames(t *testing.T) {
	given := [][]byte{[]byte("a"), []byte("bb")}
	var m Message
	m.Set(given)
	m.Prepend([]byte("id"))
	if got := texts(&m); got != "id|a|bb" || m.Size() != 5 {
		t.Errorf("%q of %d bytes", got, m.Size())
	}
	m.Shift(2)
	if got := texts(&m); got != "bb" {
		t.Errorf("%q", got)
	}
	if string(given[0]) != "a" || len(given) != 2 {
		t.Error("the caller's slice was changed")
	}
	var to Message
	m.Peer, m.Chunk = &Peer{UserID: "u"}, NewChunk(1)
	to.Take(&m)
	if texts(&to) != "bb" || to.Peer == nil || to.Chunk == nil || len(m.Frames) != 0 || m.Peer != nil || m.Chunk != nil {
		t.Error("Take took too little")
	}
}

// What is shared is copied once, and only where it is large.
func TestShare(t *testing.T) {
	small, large := []byte("small"), bytes.Repeat([]byte("l"), LargeFrame)
	var m Message
	m.Set([][]byte{small, large})
	m.Share()
	if &m.Frames[0][0] != &small[0] || &m.Frames[1][0] == &large[0] || !bytes.Equal(m.Frames[1], large) {
		t.Error("copied the wrong frames")
	}
	once := &m.Frames[1][0]
	m.Share()
	if &m.Frames[1][0] != once {
		t.Error("copied twice")
	}
}

func TestPeerProperties(t *testing.T) {
	p := &Peer{Address: "10.0.0.1", Meta: []Property{{"X-one", "1"}, {"Identity", ""}}}
	for name, want := range map[string]string{"Peer-Address": "10.0.0.1", "X-one": "1", "Identity": ""} {
		if got, ok := p.Get(name); !ok || got != want {
			t.Errorf("%s: %q, %v", name, got, ok)
		}
	}
	p.Meta = append(p.Meta, Property{"X-one", "2"}, Property{"User-Id", "not so"})
	if got := fmt.Sprint(p.Properties()); got != "[{Peer-Address 10.0.0.1} {X-one 1} {Identity }]" {
		t.Errorf("properties: %s", got)
	}
	if (*Peer)(nil).Properties() != nil {
		t.Error("nobody has properties")
	}
	for _, name := range []string{"x-one", "User-Id", ""} {
		if got, ok := p.Get(name); ok {
			t.Errorf("%s: %q", name, got)
		}
	}
	if _, ok := (*Peer)(nil).Get("X-one"); ok {
		t.Error("nobody has properties")
	}
}

func TestChunkSizes(t *testing.T) {
	for _, n := range []int{1, 2047, 2048, 2049, 65536, 65537, 1 << 22, 1<<22 + 1} {
		c := NewChunk(n)
		if len(c.B) < n || n <= 1<<22 && len(c.B) > max(2*n, 2048) {
			t.Errorf("%d bytes for %d", len(c.B), n)
		}
		c.Release()
	}
}

// A released chunk may come back, one with references or a pin must not.
func TestChunkReferences(t *testing.T) {
	held, pinned := NewChunk(4096), NewChunk(4096)
	held.Retain(2)
	held.Release()
	held.Release()
	pinned.Pin()
	pinned.Release()
	for range 1000 {
		c := NewChunk(4096)
		if c == held || c == pinned {
			t.Fatal("a chunk that is in use came back")
		}
		defer c.Release()
	}
	held.Release()
	defer func() {
		if recover() == nil {
			t.Error("released twice without a word")
		}
	}()
	held.Release()
}
