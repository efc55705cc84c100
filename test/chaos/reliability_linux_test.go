package chaos

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// A promise is a row of docs/reliability.md, by its id, and how it is proved.
type promise struct {
	id    string
	over  []string // transports
	prove func(*stage)
}

var (
	tcp   = []string{"tcp"}
	wires = []string{"tcp", "ipc"}
	every = []string{"tcp", "ipc", "inproc"}
)

// promises are all of them but those about dead links: see TestDeadLink.
var promises = slices.Concat(killed, stopped, cutOff, halfClosed, slow, returns, closings)

// TestReliability: what docs/reliability.md says is delivered, lost, duplicated and
// dropped, and what the program is told.
func TestReliability(t *testing.T) {
	for _, p := range promises {
		for _, scheme := range p.over {
			t.Run(p.id+"/"+scheme, func(t *testing.T) {
				t.Parallel()
				p.prove(newStage(t, scheme))
			})
		}
	}
}

// TestReliabilityIDs: the page and the tests have the same rows.
func TestReliabilityIDs(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "reliability.md"))
	if err != nil {
		t.Fatal(err)
	}
	said, proved := make(map[string]int), make(map[string]bool)
	for _, m := range regexp.MustCompile("`(R-[A-Za-z0-9-]+)`").FindAllSubmatch(text, -1) {
		said[string(m[1])]++
	}
	for _, p := range promises {
		if proved[p.id] {
			t.Errorf("%s is proved twice", p.id)
		}
		proved[p.id] = true
	}
	for id := range deadLinks {
		proved[id] = true
	}
	for _, id := range slices.Sorted(maps.Keys(said)) {
		if said[id] > 1 {
			t.Errorf("%s stands %d times in docs/reliability.md", id, said[id])
		}
		if !proved[id] {
			t.Errorf("%s stands in docs/reliability.md, and no test proves it", id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(proved)) {
		if said[id] == 0 {
			t.Errorf("%s is tested, and does not stand in docs/reliability.md", id)
		}
	}
}

// waiters are the types that send to each peer in turn, and wait for room.
var waiters = []pattern{patternOf("push-pull"), patternOf("dealer-dealer"), patternOf("pair-pair")}

// each runs f as a subtest for each of some patterns, with a stage of its own.
func (s *stage) each(list []pattern, f func(*stage, pattern)) {
	for _, p := range list {
		s.Run(p.name, func(t *testing.T) {
			t.Parallel()
			f(newStage(t, s.scheme), p)
		})
	}
}

// receivers are the types that receive, each from one that sends.
var receivers = []pattern{
	patternOf("push-pull"), patternOf("dealer-dealer"), patternOf("pair-pair"), patternOf("dealer-router"),
	patternOf("pub-sub"), patternOf("xpub-xsub"),
}

// publishers are PUB and XPUB.
var publishers = []pattern{patternOf("pub-sub"), patternOf("xpub-xsub")}

// topics has a subscriber ask for everything.
func (s *stage) topics(n *near) {
	s.Helper()
	switch n.Type() {
	case zmq.Sub:
		must(s.T, n.Subscribe(""))
	case zmq.XSub:
		must(s.T, n.Send(s.ctx, []byte{1}))
	}
}
