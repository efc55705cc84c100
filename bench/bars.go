package main

import (
	"fmt"
	"slices"
	"strings"
)

// A bar is what a row has to reach: a ratio to a peer, or a value.
type bar struct {
	peer   string // empty for a value
	metric int
	limit  float64
}

// to makes bars for the ratios to a peer, one for each metric; 0 is none.
func to(peer string, limits ...float64) (all []bar) {
	for i, limit := range limits {
		if limit != 0 {
			all = append(all, bar{peer, i, limit})
		}
	}
	return all
}

// own makes bars for the values themselves.
func own(limits ...float64) []bar { return to("", limits...) }

func bars(lists ...[]bar) []bar { return slices.Concat(lists...) }

// verdict tells which bars are met, as far as they were measured.
func (r row) verdict(measured []*series) string {
	var words []string
	for _, b := range r.bars {
		m, us, them := r.kind.metrics[b.metric], find(measured, r.who()[0]), find(measured, b.peer)
		if us == nil || b.peer != "" && them == nil {
			continue
		}
		value, limit := median(us.each(b.metric)), m.text(b.limit)
		if b.peer != "" {
			value, limit = ratio(us, them, b.metric), fmt.Sprint(b.limit)
		}
		sign, met := "≥", value >= b.limit
		if m.less {
			sign, met = "≤", value <= b.limit
		}
		mark := "✗"
		if met {
			mark = "✓"
		}
		text := fmt.Sprintf("%s %s %s", sign, limit, mark)
		if b.peer != "" && b.peer != "libzmq" {
			text = title(b.peer) + " " + text
		}
		words = append(words, text)
	}
	return strings.Join(words, ", ")
}
