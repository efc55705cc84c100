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
	failed bool // there is nothing to compare: it did not finish
}

// each is one metric of every trial.
func (s *series) each(metric int) []float64 {
	values := make([]float64, len(s.trials))
	for i, r := range s.trials {
		values[i] = r.values[metric]
	}
	return values
}

// find returns the series of a peer that was measured, or nil.
func find(measured []*series, name string) *series {
	i := slices.IndexFunc(measured, func(s *series) bool { return s.peer.name == name && !s.failed })
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
	return quotient(a.each(metric), b.each(metric))
}

func quotient(x, y []float64) float64 {
	for i := range x {
		x[i] /= y[i]
	}
	return median(x)
}

// cpuEach is the CPU time a message of every trial, of all processes together.
func (s *series) cpuEach() []float64 {
	values := make([]float64, len(s.trials))
	for i, r := range s.trials {
		for _, c := range r.cpu {
			values[i] += c.each
		}
	}
	return values
}

// cpuText is the median CPU time of each process, in seconds for a million
// messages.
func (s *series) cpuText() string {
	var words []string
	for i := range s.trials[0].cpu {
		var each []float64
		for _, r := range s.trials {
			each = append(each, r.cpu[i].each)
		}
		words = append(words, fmt.Sprintf("%.3g", median(each)/1e3))
	}
	return strings.Join(words, "+")
}

// text is a value for each metric of a kind.
func (k *kind) text(value func(metric int) float64) string {
	var words []string
	for i, m := range k.metrics {
		words = append(words, m.text(value(i)))
	}
	return strings.Join(words, " / ")
}

// A table prints one line for each row as soon as it is measured: the values of
// who is compared, of libzmq and of the others with the ratios to them, their
// spread, CPU time, and the bars.
type table struct{ out io.Writer }

func (t table) head() {
	t.line("row", "zeroth", "libzmq", "others", "±%", "CPU s/M", "bar")
	fmt.Fprintln(t.out, "|---|---:|---:|---:|---:|---:|---|")
}

func (t table) line(columns ...string) {
	fmt.Fprintln(t.out, "| "+strings.Join(columns, " | ")+" |")
}

// row prints a row of measured series.
func (t table) row(r row, measured []*series) {
	us, first, libzmq := find(measured, r.who()[0]), "–", "–"
	var others, spreads, times []string
	for _, s := range measured {
		cell, width, cpu := "did not finish", "–", "–"
		if !s.failed {
			cell = r.kind.text(func(i int) float64 { return median(s.each(i)) })
			width, cpu = fmt.Sprintf("%.0f", 100*spread(s.each(0))), s.cpuText()
			if us != nil && s != us {
				cell += " (" + ratios(us, s, len(r.kind.metrics)) + ")"
				cpu += fmt.Sprintf(" (%.2f)", quotient(us.cpuEach(), s.cpuEach()))
			}
		}
		switch {
		case s.peer.name == r.who()[0]:
			first = cell
		case s.peer.name == "libzmq":
			libzmq = cell
		default:
			others = append(others, s.peer.title+" "+cell)
		}
		spreads, times = append(spreads, width), append(times, cpu)
	}
	t.line(r.name, first, libzmq, strings.Join(others, ", "), strings.Join(spreads, " "), strings.Join(times, ", "), r.verdict(measured))
}

func ratios(us, them *series, metrics int) string {
	var words []string
	for i := range metrics {
		words = append(words, fmt.Sprintf("%.2f", ratio(us, them, i)))
	}
	return strings.Join(words, " / ")
}
