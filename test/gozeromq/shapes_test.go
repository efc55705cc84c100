package gozeromq_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/zeroth-mq/zmq/test/dropin"
)

// TestShapes has programs of the shapes that use these modules do their work with
// both, and with the race detector on ours. What they print is the same.
func TestShapes(t *testing.T) {
	theirs, ours := original.Compile(t, "./shapes"), replaced.Compile(t, "./shapes")
	more := map[string]string{
		"ours-kvevents-restart": "events 500 the last 499\n",
		"ours-bitcoind-restart": "transactions 5 ended with EOF true\n",
		"ours-closed":           "closed 10000 times\n",
	}
	n := 0
	for name := range strings.Lines(dropin.Run(t, ours)) {
		name = strings.TrimSpace(name)
		n++
		t.Run(name, func(t *testing.T) {
			want, alone := more[name]
			var got string
			var both sync.WaitGroup
			both.Go(func() { got = dropin.Run(t, ours, name) }) // the test waits for them
			if !alone {
				both.Go(func() { want = dropin.Run(t, theirs, name) })
			}
			both.Wait()
			if got != want || strings.Contains(want, "stops") || want == "" {
				t.Errorf("ours:\n%s\nwant:\n%s", got, want)
			}
		})
	}
	if n != 8 {
		t.Errorf("%d shapes", n)
	}
}
