package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

// A series is the trials of one peer in one row, in the order of the rounds.
type series struct {
	peer   *peer
	trials []result
}

// speed is what is compared, more being better or not.
func speed(r result) float64 {
	if r.rate > 0 {
		return r.rate
	}
	return float64(r.p50)
}

func tail(r result) float64 { return float64(r.p99) }

// each is f of every trial.
func (s *series) each(f func(result) float64) []float64 {
	values := make([]float64, len(s.trials))
	for i, r := range s.trials {
		values[i] = f(r)
	}
	return values
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
func ratio(a, b *series, f func(result) float64) float64 {
	x, y := a.each(f), b.each(f)
	for i := range x {
		x[i] /= y[i]
	}
	return median(x)
}

// cell is the medians of a series.
func (s *series) cell() string {
	if s == nil {
		return "–"
	}
	if r := s.trials[0]; r.rate == 0 {
		return micros(median(s.each(speed))) + " / " + micros(median(s.each(tail))) + " µs"
	}
	return perSecond(median(s.each(speed)))
}

func (r result) String() string {
	if r.rate > 0 {
		return perSecond(r.rate)
	}
	return fmt.Sprintf("%s / %s µs", micros(float64(r.p50)), micros(float64(r.p99)))
}

func micros(ns float64) string {
	return fmt.Sprintf("%.1f", ns/float64(time.Microsecond))
}

func perSecond(rate float64) string {
	switch {
	case rate >= 1e6:
		return fmt.Sprintf("%.2f M/s", rate/1e6)
	case rate >= 1e4:
		return fmt.Sprintf("%.0f k/s", rate/1e3)
	}
	return fmt.Sprintf("%.1f k/s", rate/1e3)
}

// A table prints one line for each row as soon as it is measured: the peers,
// the first peer's ratio to each other, and every peer's spread.
type table struct {
	out   io.Writer
	peers []*peer
}

func (t *table) head() {
	columns := []string{"row"}
	for _, p := range t.peers {
		columns = append(columns, p.title)
	}
	for _, p := range t.peers[1:] {
		columns = append(columns, t.peers[0].name+"/"+p.name)
	}
	columns = append(columns, "spread ±%")
	t.line(columns)
	fmt.Fprintln(t.out, "|---"+strings.Repeat("|---:", len(columns)-1)+"|")
}

func (t *table) line(columns []string) {
	fmt.Fprintln(t.out, "| "+strings.Join(columns, " | ")+" |")
}

// row prints a row of measured series.
func (t *table) row(r row, measured []*series) {
	of := func(p *peer) *series {
		for _, s := range measured {
			if s.peer == p {
				return s
			}
		}
		return nil
	}
	columns := []string{r.name}
	var spreads []string
	for _, p := range t.peers {
		s := of(p)
		columns = append(columns, s.cell())
		if s == nil {
			spreads = append(spreads, "–")
		} else {
			spreads = append(spreads, fmt.Sprintf("%.0f", 100*spread(s.each(speed))))
		}
	}
	first := of(t.peers[0])
	for _, p := range t.peers[1:] {
		other := of(p)
		switch {
		case first == nil || other == nil:
			columns = append(columns, "–")
		case r.kind == &roundTrip:
			columns = append(columns, fmt.Sprintf("%.2f / %.2f", ratio(first, other, speed), ratio(first, other, tail)))
		default:
			columns = append(columns, fmt.Sprintf("%.2f", ratio(first, other, speed)))
		}
	}
	t.line(append(columns, strings.Join(spreads, " / ")))
}
