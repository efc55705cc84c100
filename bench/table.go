package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// A series is the trials of one peer in one row, in the order of the rounds.
type series struct {
	peer   *peer
	trials []result
}

// each is one metric of every trial.
func (s *series) each(metric int) []float64 {
	values := make([]float64, len(s.trials))
	for i, r := range s.trials {
		values[i] = r.values[metric]
	}
	return values
}

// find returns the series of a peer, or nil.
func find(measured []*series, name string) *series {
	i := slices.IndexFunc(measured, func(s *series) bool { return s.peer.name == name })
	if i < 0 {
		return nil
	}
	return measured[i]
}

func median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	if n == 0 {
		return math.NaN()
	}
	return (v[(n-1)/2] + v[n/2]) / 2
}

// spread is half the distance from least to most, as a share of the median.
func spread(values []float64) float64 {
	return (slices.Max(values) - slices.Min(values)) / 2 / median(values)
}

// ratio is the median of the ratios of the trials that ran one after the other:
// what slows the machine down for a while slows both.
func ratio(a, b *series, metric int) float64 {
	x, y := a.each(metric), b.each(metric)
	for i := range x {
		x[i] /= y[i]
	}
	return median(x)
}

// text is a value for each metric of a kind.
func (k *kind) text(value func(metric int) float64) string {
	var words []string
	for i, m := range k.metrics {
		words = append(words, m.text(value(i)))
	}
	return strings.Join(words, " / ")
}

// A table prints one line for each row as soon as it is measured: the peers'
// values, with the ratios, their spread, and the bars.
type table struct {
	out     io.Writer
	columns []*peer
}

// newTable makes a table with a column for every measured peer that has one.
func newTable(out io.Writer, measured []*peer) *table {
	t := &table{out: out}
	for _, p := range measured {
		if !slices.ContainsFunc(t.columns, func(q *peer) bool { return q.title == p.title }) {
			t.columns = append(t.columns, p)
		}
	}
	return t
}

func (t *table) head() {
	columns := []string{"row"}
	for _, p := range t.columns {
		columns = append(columns, p.title)
	}
	t.line(append(columns, "±%", "bar")...)
	fmt.Fprintln(t.out, "|---"+strings.Repeat("|---:", len(t.columns)+1)+"|---|")
}

func (t *table) line(columns ...string) {
	fmt.Fprintln(t.out, "| "+strings.Join(columns, " | ")+" |")
}

// row prints a row of measured series.
func (t *table) row(r row, measured []*series) {
	us := find(measured, r.who()[0])
	columns := []string{r.name}
	var spreads []string
	for _, p := range t.columns {
		cell := "–"
		for _, s := range measured {
			if s.peer.title != p.title {
				continue
			}
			cell = r.kind.text(func(i int) float64 { return median(s.each(i)) })
			if us != nil && s != us {
				cell += " (" + ratios(us, s, len(r.kind.metrics)) + ")"
			}
			spreads = append(spreads, fmt.Sprintf("%.0f", 100*spread(s.each(0))))
		}
		columns = append(columns, cell)
	}
	t.line(append(columns, strings.Join(spreads, " "), r.verdict(measured))...)
}

func ratios(us, them *series, metrics int) string {
	var words []string
	for i := range metrics {
		words = append(words, fmt.Sprintf("%.2f", ratio(us, them, i)))
	}
	return strings.Join(words, " / ")
}
