package dropin

import (
	"testing"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }

// TestDiffering has the comparison overlook nothing.
func TestDiffering(t *testing.T) {
	for _, c := range []struct {
		want, got string
		n         int
	}{
		{"a = 1\n", "a = 1\n", 0},
		{"a = 1\n", "a = 2\n", 1},
		{"a = 1\nb = 2\n", "a = 1\n", 1},
		{"a = 1\n", "a = 1\nb = 2\n", 1},
		{"a = 1\nb = 1\n", "", 2},
		{"", "a = 1\n", 1},
	} {
		if d := differing(transcript(c.want), transcript(c.got)); len(d) != c.n {
			t.Errorf("%q and %q: %v", c.want, c.got, d)
		}
	}
}
