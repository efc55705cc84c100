//go:build linux

package chaos

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

// TestChaos is the short form of the suite; make chaos runs all of it.
func TestChaos(t *testing.T) {
	testutil.NeedLibzmq(t)
	// Longer than the test that it is built for: subtests that are parallel end
	// after it.
	dir, err := os.MkdirTemp("", "chaos")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	w := newWorkshop(dir)
	for _, s := range short() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			r := w.run(s, *seed, 300*time.Millisecond*time.Duration(*scale))
			var line strings.Builder
			newTable(&line).add(r)
			t.Log("\n" + line.String())
			if r.skipped != "" {
				t.Skip("NOT TESTED: " + r.skipped)
			}
			for _, what := range r.bad {
				t.Errorf("%s (again: go run ./test/chaos/cmd/chaos -seed %d -only %s)", what, *seed, s.name)
			}
		})
	}
}
