package opt

import (
	"fmt"
	"math"
	"strings"
)

// InGo is what the Go API makes of an option: what its constant or method is
// called, "" for none, and its default where that is another, else nil.
type InGo struct {
	Name    string
	Default any
	Of      string // the types that Default is for; empty: all
}

// Markdown is the text of docs/options.md: every option of a socket and of a
// context, from the tables, with what the Go API makes of some, by name.
func Markdown(sockets, contexts map[string]InGo) string {
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
	for _, r := range Rows() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n",
			r.title(), r.number(), r.value(), r.defaultText(r.Default), r.rangeText(), r.sockets(), r.When, r.text(), r.inGo(sockets))
	}
	b.WriteString("\n## Contexts\n\n| Option | # | Value | Default | Range | What it does | In Go |\n|---|---|---|---|---|---|---|\n")
	for _, r := range CtxRows() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n",
			r.title(), r.number(), r.value(), r.defaultText(r.Default), r.rangeText(), r.text(), r.inGo(contexts))
	}
	return b.String()
}

func (r *Row) title() string {
	if len(r.Alias) == 0 {
		return "`" + r.Name + "`"
	}
	return fmt.Sprintf("`%s` (also `%s`)", r.Name, strings.Join(r.Alias, "`, `"))
}

func (r *Row) number() string {
	switch {
	case r.ID == 0:
		return "–"
	case r.Draft:
		return fmt.Sprintf("%d*", r.ID)
	}
	return fmt.Sprint(r.ID)
}

func (r *Row) value() string {
	s := r.Kind.String()
	if r.Unit != "" {
		s += ", " + r.Unit
	}
	switch r.Dir {
	case R:
		s += "; read-only"
	case W:
		s += "; write-only"
	}
	return s
}

func (r *Row) inGo(faces map[string]InGo) string {
	f := faces[r.Name]
	var parts []string
	if f.Name != "" {
		parts = append(parts, "`"+f.Name+"`")
		if typ := r.goType(); typ != "" {
			parts[0] += " (`" + typ + "`)"
		}
	}
	if s := r.GoSpan; s != nil {
		parts = append(parts, spanText(s.Min, s.Max))
	}
	if f.Default != nil && f.Default != r.Default {
		text := "default " + r.defaultText(f.Default)
		if f.Of != "" {
			text += " of " + f.Of
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

func (r *Row) defaultText(x any) string {
	switch x := x.(type) {
	case nil:
		return "–"
	case string:
		if r.Kind != String {
			return x
		}
		return fmt.Sprintf("%q", x)
	default:
		if r.Kind == Millis {
			n, _ := number(x)
			return fmt.Sprintf("%d ms", n)
		}
		return fmt.Sprint(x)
	}
}

// rangeText leaves out limits that are those of the C type.
func (r *Row) rangeText() string {
	unit := ""
	switch r.Kind {
	case Bool, Uint64:
		return "–"
	case Key:
		return "32 bytes or 40 characters"
	case Millis:
		unit = " ms"
	case String, Bytes:
		unit = " bytes"
	}
	if text := spanText(r.Min, r.Max); text != "any" {
		return text + unit
	}
	return "any"
}

func spanText(first, last int64) string {
	low, high := first > minInt, last != maxInt && last != math.MaxInt64
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

// goType is the type of the value in the Go API, where it is not that of Kind.
func (r *Row) goType() string {
	if r.GoType == "" && r.Kind == Int && r.Step > 0 {
		return "time.Duration"
	}
	return r.GoType
}

func (r *Row) sockets() string {
	if r.For == All {
		return "all"
	}
	if n := r.For.Names(); len(n) < numTypes/2 {
		return strings.Join(n, ", ")
	}
	return "all but " + strings.Join((All&^r.For).Names(), ", ")
}

func (r *Row) text() string {
	s := strings.ReplaceAll(r.Doc, "|", `\|`)
	if r.Ignored {
		s += " No effect here."
	}
	if r.Absent {
		s += " EINVAL here."
	}
	return s
}
