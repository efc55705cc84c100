package dropin

import (
	"flag"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// A Difference is one that is meant to be.
type Difference struct {
	Scenario, Call string // expressions that match whole names
	Why            string
}

func (d *Difference) covers(scenario, call string) bool {
	return regexp.MustCompile("^(?:"+d.Scenario+")$").MatchString(scenario) &&
		regexp.MustCompile("^(?:"+d.Call+")(?: #\\d+)?$").MatchString(call)
}

// Calls has a program make the calls of every scenario on both libraries. What they
// return must be the same, but for the known differences, which must be
// differences still. It returns how many calls there were.
func Calls(t *testing.T, original, replaced Variant, known []Difference) (calls int) {
	theirs, ours := original.Compile(t, "./calls"), replaced.Compile(t, "./calls")
	met := make(map[*Difference]bool)
	for name := range strings.Lines(Run(t, theirs)) {
		name = strings.TrimSpace(name)
		t.Run(name, func(t *testing.T) {
			var want, got []line
			var both sync.WaitGroup
			both.Go(func() { want = transcript(Run(t, theirs, name)) }) // the test waits for them
			both.Go(func() { got = transcript(Run(t, ours, name)) })
			both.Wait()
			calls += len(want)
		next:
			for _, m := range differing(want, got) {
				for i := range known {
					if known[i].covers(name, m.call) {
						met[&known[i]] = true
						continue next
					}
				}
				t.Errorf("%s\n\ttheirs: %s\n\tours:   %s", m.call, m.want, m.got)
			}
		})
	}
	t.Logf("%d calls on each library", calls)
	if t.Failed() || flag.Lookup("test.run").Value.String() != "" {
		return calls
	}
	for i, d := range known {
		if !met[&known[i]] {
			t.Errorf("%s: %s is no difference any more: take it out of the table", d.Scenario, d.Call)
		}
	}
	return calls
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
