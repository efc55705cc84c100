package opt

import (
	"fmt"
	"math"
	"strings"
)

// Markdown is the text of docs/options.md: every option of a socket and of a
// context, from the tables.
func Markdown() string {
	var b strings.Builder
	b.WriteString("# Options\n\nMade from the option table; do not edit.\n\n" +
		"Names are those of `zmq.h` without `ZMQ_`. A star after the number marks what is a draft in libzmq; " +
		"a dash for a number, what only the Go API has. " +
		"*Acts* says what setting an option reaches: connections that exist already keep what they were made with, " +
		"unless it acts at once.\n\n## Sockets\n\n" +
		"| Option | # | Value | Default | Range | Sockets | Acts | What it does |\n" +
		"|---|---|---|---|---|---|---|---|\n")
	for _, r := range Rows() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n",
			r.title(), r.number(), r.value(), r.defaultText(), r.rangeText(), r.sockets(), r.When, r.text())
	}
	b.WriteString("\n## Contexts\n\n| Option | # | Value | Default | Range | What it does |\n|---|---|---|---|---|---|\n")
	for _, r := range CtxRows() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n",
			r.title(), r.number(), r.value(), r.defaultText(), r.rangeText(), r.text())
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

func (r *Row) defaultText() string {
	switch x := r.Default.(type) {
	case nil:
		return "–"
	case string:
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
	low, high := r.Min > minInt, r.Max != maxInt && r.Max != math.MaxInt64
	switch {
	case low && high:
		return fmt.Sprintf("%d to %d%s", r.Min, r.Max, unit)
	case low:
		return fmt.Sprintf("from %d%s", r.Min, unit)
	case high:
		return fmt.Sprintf("up to %d%s", r.Max, unit)
	}
	return "any"
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
