package pebbe_test

import (
	"flag"
	"strings"
	"sync"
	"testing"
)

// TestCalls makes the calls of every scenario on both libraries. What they
// return is the same, but for the differences in known.
func TestCalls(t *testing.T) {
	libzmq, ours := compile(t, original, "./calls"), compile(t, replaced, "./calls")
	calls, met := 0, make(map[*difference]bool)
	for name := range strings.Lines(run(t, libzmq)) {
		name = strings.TrimSpace(name)
		t.Run(name, func(t *testing.T) {
			var want, got []line
			var both sync.WaitGroup
			both.Go(func() { want = transcript(run(t, libzmq, name)) }) // the test waits for them
			both.Go(func() { got = transcript(run(t, ours, name)) })
			both.Wait()
			calls += len(want)
			for _, d := range differing(want, got) {
				if why := knownDifference(name, d.call); why != nil {
					met[why] = true
					continue
				}
				t.Errorf("%s\n\tlibzmq: %s\n\tours:   %s", d.call, d.want, d.got)
			}
		})
	}
	t.Logf("%d calls on each library", calls)
	if t.Failed() || flag.Lookup("test.run").Value.String() != "" {
		return
	}
	for i, d := range known {
		if !met[&known[i]] {
			t.Errorf("%s: %s is no difference any more: take it out of the table", d.scenario, d.call)
		}
	}
}

// A line is a call and what it returned.
type line struct{ call, result string }

func transcript(text string) (lines []line) {
	for l := range strings.Lines(text) {
		call, result, _ := strings.Cut(strings.TrimSuffix(l, "\n"), " = ")
		lines = append(lines, line{call, result})
	}
	return lines
}

// A mismatch is a call that returned one thing here and another there.
type mismatch struct{ call, want, got string }

const absent = "was not called"

// differing compares two transcripts, call by call.
func differing(want, got []line) (all []mismatch) {
	results := make(map[string]string)
	for _, l := range got {
		results[l.call] = l.result
	}
	for _, l := range want {
		result, made := results[l.call]
		if !made {
			result = absent
		}
		if result != l.result {
			all = append(all, mismatch{l.call, l.result, result})
		}
		delete(results, l.call)
	}
	for _, l := range got {
		if result, left := results[l.call]; left {
			all = append(all, mismatch{l.call, absent, result})
		}
	}
	return all
}

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
