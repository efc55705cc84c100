package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/zeroth-mq/zmq/internal/opt"
)

// markdown is the text of docs/options.md: every option of a socket and of a
// context.
func markdown() string {
	var b strings.Builder
	b.WriteString("# Options\n\nMade from the option table; do not edit.\n\n" +
		"Names are those of `zmq.h` without `ZMQ_`. A star after the number marks what is a draft in libzmq; " +
		"a dash for a number, what only the Go API has. " +
		"*Acts* says what setting an option reaches: connections that exist already keep what they were made with, " +
		"unless it acts at once. " +
		"*In Go* has the name in the Go API, the type if it is one of its own, and the range and the default where they are not libzmq's; " +
		"every option without a name there is reached with `ParseOption`.\n\n## Sockets\n\n" +
		"| Option | # | Value | Default | Range | Sockets | Acts | What it does | In Go |\n" +
		"|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range opt.Rows() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n",
			title(r), number(r), value(r), defaultText(r, r.Default), rangeText(r), sockets(r.For), r.When, text(r), inGo(r))
	}
	b.WriteString("\n## Contexts\n\n| Option | # | Value | Default | Range | What it does | In Go |\n|---|---|---|---|---|---|---|\n")
	for _, c := range opt.CtxRows() {
		r := &c.Row
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n",
			title(r), number(r), value(r), defaultText(r, r.Default), rangeText(r), text(r), inGo(r))
	}
	return b.String()
}

func title(r *opt.Row) string {
	if len(r.Alias) == 0 {
		return "`" + r.Name + "`"
	}
	return fmt.Sprintf("`%s` (also `%s`)", r.Name, strings.Join(r.Alias, "`, `"))
}

func number(r *opt.Row) string {
	switch {
	case r.ID == 0:
		return "–"
	case r.Draft:
		return fmt.Sprintf("%d*", r.ID)
	}
	return fmt.Sprint(r.ID)
}

func value(r *opt.Row) string {
	s := r.Kind.String()
	if r.Unit != "" {
		s += ", " + r.Unit
	}
	switch r.Dir {
	case opt.R:
		s += "; read-only"
	case opt.W:
		s += "; write-only"
	}
	return s
}

func inGo(r *opt.Row) string {
	f := &r.Go
	var parts []string
	if f.Name != "" {
		parts = append(parts, "`"+f.Name+"`")
		if typ := ownType(r); typ != "" {
			parts[0] += " (`" + typ + "`)"
		}
	}
	if s := f.Span; s != nil {
		parts = append(parts, spanText(s.Min, s.Max))
	}
	if f.Default != nil {
		text := "default " + defaultText(r, f.Default)
		if f.For != 0 {
			text += " of " + sockets(f.For)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

func defaultText(r *opt.Row, x any) string {
	switch x := x.(type) {
	case nil:
		return "–"
	case time.Duration:
		return fmt.Sprintf("%d ms", x.Milliseconds())
	case string:
		if r.Kind != opt.String {
			return x
		}
		return fmt.Sprintf("%q", x)
	default:
		return fmt.Sprint(x)
	}
}

// rangeText leaves out limits that are those of the C type.
func rangeText(r *opt.Row) string {
	unit := ""
	switch r.Kind {
	case opt.Bool, opt.Uint64:
		return "–"
	case opt.Key:
		return "32 bytes or 40 characters"
	case opt.Millis:
		unit = " ms"
	case opt.String, opt.Bytes:
		unit = " bytes"
	}
	if text := spanText(r.Min, r.Max); text != "any" {
		return text + unit
	}
	return "any"
}

func spanText(first, last int64) string {
	low, high := first > math.MinInt32, last != math.MaxInt32 && last != math.MaxInt64
	switch {
	case low && high:
		return fmt.Sprintf("%d to %d", first, last)
	case low:
		return fmt.Sprintf("from %d", first)
	case high:
		return fmt.Sprintf("up to %d", last)
	}
	return "any"
}

// ownType is the type of the value in the Go API, where it is not that of Kind.
func ownType(r *opt.Row) string {
	if r.Go.Type == "" && r.Kind == opt.Int && r.Step > 0 {
		return "time.Duration"
	}
	return r.Go.Type
}

func sockets(types opt.Types) string {
	but := (opt.All &^ types).Names()
	switch names := types.Names(); {
	case len(but) == 0:
		return "all"
	case len(names) < len(but):
		return strings.Join(names, ", ")
	}
	return "all but " + strings.Join(but, ", ")
}

func text(r *opt.Row) string {
	s := strings.ReplaceAll(r.Doc, "|", `\|`)
	if r.Ignored {
		s += " No effect here."
	}
	if r.Absent {
		s += " EINVAL here."
	}
	return s
}
