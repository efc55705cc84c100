package core

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// Fault C6: what lists the peers of a socket has them in the order in which they
// came, over whatever transport: Stats, and the events PIPES_STATS.
func TestOrderOfPeers(t *testing.T) {
	b := newBench(t)
	dealer := b.socket(opt.TypeDealer)
	tcp, err := dealer.Bind("tcp://127.0.0.1:*")
	b.ok(err)
	// Those that wait for a name come when it is bound.
	early := []string{"inproc://early-0", "inproc://early-1"}
	for _, name := range early {
		b.ok(dealer.Connect(name))
	}
	_, err = dealer.Bind("inproc://here")
	b.ok(err)
	want := slices.Clone(early)
	for i := range 12 {
		at := []string{tcp, "inproc://here"}[i%2]
		b.ok(b.socket(opt.TypeDealer).Connect(at))
		b.ok(dealer.WaitConnected(t.Context(), i+1))
		want = append(want, at)
	}
	peers := dealer.Stats().Peers
	var got []string
	for _, p := range peers {
		got = append(got, p.Endpoint)
	}
	if !slices.Equal(got, want) {
		t.Errorf("Stats lists %q, want %q", got, want)
	}

	b.ok(dealer.Monitor("inproc://m", uint64(link.PipeStats), 2, opt.TypePair))
	r := b.reader(opt.TypePair, "inproc://m")
	b.ok(dealer.PipesStats())
	for i, name := range want {
		m := b.next(r)
		if n := binary.NativeEndian.Uint64(m[0]); n != uint64(link.PipeStats) {
			t.Fatalf("event %x", n)
		}
		local := string(m[len(m)-2])
		if i >= len(early) && local != name {
			t.Errorf("event %d is of %q, want %q", i, local, name)
		}
	}
}
