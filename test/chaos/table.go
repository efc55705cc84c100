//go:build linux

package chaos

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// A table prints rows as they come, and then what is wrong with them.
type table struct {
	out  io.Writer
	rows []*row
}

const lineForm = "%-48s %8s %7s %-22s %4s %4s %4s %5s %5s %8s %4s %4s %8s %8s  %s\n"

func newTable(out io.Writer) *table {
	fmt.Fprintf(out, lineForm, "scenario", "tried", "lost", "documented window", "harm", "dup", "bad", "order", "stuck", "memory", "fds", "go", "p50", "p99", "")
	return &table{out: out}
}

func (t *table) add(r *row) {
	t.rows = append(t.rows, r)
	if r.skipped != "" {
		fmt.Fprintf(t.out, "%-48s NOT RUN: %s\n", r.name, r.skipped)
		return
	}
	verdict := r.note
	if len(r.bad) > 0 {
		verdict = strings.TrimSpace("FAIL " + verdict)
	}
	window := r.window
	if window == "" {
		window = "none"
	}
	fmt.Fprintf(t.out, lineForm, r.name, strconv.Itoa(r.tried), strconv.Itoa(r.lost), window,
		strconv.Itoa(r.harm), strconv.Itoa(r.twice), strconv.Itoa(r.corrupt), strconv.Itoa(r.order), strconv.Itoa(r.stuck),
		size(r.memory), signed(r.descriptors), signed(r.goroutines), wait(r.p50), wait(r.p99), verdict)
}

// end prints what is wrong, and how to have it again.
func (t *table) end(seed uint64, took time.Duration) {
	bad := 0
	for _, r := range t.rows {
		if len(r.bad) == 0 {
			continue
		}
		bad++
		fmt.Fprintf(t.out, "\nFAIL %s: run again with -seed %d -only %s\n", r.name, seed, r.name)
		for _, what := range r.bad {
			fmt.Fprintf(t.out, "     %s\n", strings.ReplaceAll(strings.TrimSpace(what), "\n", "\n     "))
		}
	}
	fmt.Fprintf(t.out, "\n%d scenarios in %v, %d with a bound that does not hold; seed %d\n", len(t.rows), took.Round(time.Second), bad, seed)
}

func signed(n int) string {
	if n == unknown {
		return "-"
	}
	return fmt.Sprintf("%+d", n)
}

func size(n int) string {
	if n == unknown {
		return "-"
	}
	return fmt.Sprintf("%+.1fM", float64(n)/(1<<20))
}

func wait(d time.Duration) string {
	switch {
	case d == 0:
		return "-"
	case d < time.Second:
		return fmt.Sprintf("%.2fms", d.Seconds()*1e3)
	}
	return fmt.Sprintf("%.2fs", d.Seconds())
}
