package main

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// Every row can be measured and judged.
func TestRows(t *testing.T) {
	names := map[string]bool{}
	for _, r := range rows {
		if names[r.name] {
			t.Errorf("two rows are called %s", r.name)
		}
		names[r.name] = true
		if p := r.who()[0]; !slices.ContainsFunc(peers, func(q peer) bool { return q.name == p && q.takes(r) }) {
			t.Errorf("row %s: %s, which is compared, cannot play it", r.name, p)
		}
		for _, b := range r.bars {
			if b.metric >= len(r.kind.metrics) {
				t.Errorf("row %s has a bar for number %d of %d", r.name, b.metric, len(r.kind.metrics))
			}
			if b.peer != "" && !slices.Contains(r.who(), b.peer) {
				t.Errorf("row %s has a bar for %s, which is not in it", r.name, b.peer)
			}
		}
	}
}

// What another checkout is measured in, and what it is compared with there.
func TestBaseline(t *testing.T) {
	in := map[string]int{}
	for _, p := range baseline("elsewhere") {
		for _, r := range rows {
			if p.takes(r) {
				in[p.beside]++
				if r.who()[0] != p.beside {
					t.Errorf("row %s compares %s, and %s is beside %s", r.name, r.who()[0], p.name, p.beside)
				}
			}
		}
	}
	if in["zeroth"] < 50 || in["shared"] < 2 {
		t.Errorf("rows with another checkout: %v", in)
	}
}

// A line has the medians, the medians of the ratios of neighbours, and bars that
// look the right way.
func TestLine(t *testing.T) {
	measured := func(name string, values ...float64) *series {
		s := &series{peer: &peers[slices.IndexFunc(peers, func(p peer) bool { return p.name == name })]}
		for _, v := range values {
			cpu := []cpuTime{{"server", v / 1e4}, {"client", v / 2e4}}
			s.trials = append(s.trials, result{values: []float64{v, 2 * v}, took: time.Second, cpu: cpu})
		}
		return s
	}
	var out strings.Builder
	more := row{name: "more", kind: &stream, bars: bars(to("libzmq", 3), to("bare", 0.6))}
	table{&out}.row(more, []*series{measured("zeroth", 4e6, 2e6, 9e6), measured("libzmq", 2e6, 1e6, 1e6), measured("bare", 8e6, 4e6, 9e6)})
	less := row{name: "less", kind: &idle, bars: bars(to("libzmq", 1, 0.5), own(0, 3000))}
	table{&out}.row(less, []*series{measured("zeroth", 1000), measured("libzmq", 2000)})
	alone := row{name: "alone", kind: &roundTrip, bars: to("libzmq", 1, 1)}
	table{&out}.row(alone, []*series{measured("libzmq", 2000)})
	broken := measured("libzmq", 2000)
	broken.failed = true
	table{&out}.row(less, []*series{measured("zeroth", 1000), broken})
	broken = measured("zeroth")
	broken.failed = true
	table{&out}.row(less, []*series{broken, measured("libzmq", 2000)})
	const want = `| more | 4.00 M/s | 1.00 M/s (2.00) | bare Go 8.00 M/s (0.50) | 88 50 31 | 0.4+0.2, 0.1+0.05 (2.00), 0.8+0.4 (0.50) | ≥ 3 ✗, bare Go ≥ 0.6 ✗ |
| less | 1.0 k/s / 2.0 KiB | 2.0 k/s / 3.9 KiB (0.50 / 0.50) |  | 0 0 | 0.0001+5e-05, 0.0002+0.0001 (0.50) | ≥ 1 ✗, ≤ 0.5 ✓, ≤ 2.9 KiB ✓ |
| alone | – | 2.0 µs / 4.0 µs |  | 0 | 0.0002+0.0001 |  |
| less | 1.0 k/s / 2.0 KiB | did not finish |  | 0 – | 0.0001+5e-05, – | ≤ 2.9 KiB ✓ |
| less | did not finish | 2.0 k/s / 3.9 KiB |  | – 0 | –, 0.0002+0.0001 |  |
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", &out, want)
	}
}

// The README's table has a line for each row, in their order, and nothing else:
// no output of a program that failed.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "| row | zeroth |")
	rest, _, _ = strings.Cut(rest, "\n## ")
	var have, want []string
	for i, line := range strings.Split(strings.TrimSpace(rest), "\n") {
		if i < 2 { // the head
			continue
		}
		name, _, ok := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		if !ok || !strings.HasPrefix(line, "| ") || !strings.HasSuffix(line, " |") {
			t.Errorf("no line of the table: %q", line)
		}
		have = append(have, name)
	}
	for _, r := range rows {
		want = append(want, r.name)
	}
	if !slices.Equal(have, want) {
		t.Errorf("rows %q, want %q", have, want)
	}
}
