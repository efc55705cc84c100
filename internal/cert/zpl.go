package cert

import "strings"

// parseZPL reads the part of ZPL that certificates need: sections at the left,
// and in each of them, indented, names with values. What is indented more than
// the first of them belongs to one of them, and is left out. Of a name that
// comes twice the first counts, as for CZMQ.
func parseZPL(text string) (map[string]map[string]string, error) {
	sections := make(map[string]map[string]string)
	var section map[string]string
	depth := 0 // of the section's names; 0: none has come
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, " \t\r\n")
		body := strings.TrimLeft(line, " \t")
		if body == "" || body[0] == '#' {
			continue
		}
		name, value, err := parseLine(body)
		if err != nil {
			return nil, fail("line %d: %v", n, err)
		}
		indent := len(line) - len(body)
		switch {
		case indent == 0:
			if sections[name] == nil {
				sections[name] = make(map[string]string)
			}
			section, depth = sections[name], 0
		case section == nil:
			return nil, fail("line %d is indented, and belongs to nothing", n)
		default:
			if depth == 0 {
				depth = indent
			}
			if _, twice := section[name]; indent <= depth && !twice {
				section[name] = value
			}
		}
	}
	return sections, nil
}

// A lineError says what is wrong with a line. It repeats nothing of it, since
// it may be a secret.
type lineError string

func (e lineError) Error() string { return string(e) }

// parseLine reads a name alone, or name = value, and a comment after it.
func parseLine(s string) (name, value string, err error) {
	at := strings.IndexAny(s, " \t=#")
	if at < 0 {
		at = len(s)
	}
	name, rest := s[:at], strings.TrimLeft(s[at:], " \t")
	if !isName(name) {
		return "", "", lineError("not a name; it may have letters, digits and " + namable)
	}
	if rest == "" || rest[0] == '#' {
		return name, "", nil
	}
	if rest[0] != '=' {
		return "", "", lineError("after the name there must be =")
	}
	rest = strings.TrimLeft(rest[1:], " \t")
	if rest == "" || rest[0] != '"' && rest[0] != '\'' {
		value, _, _ = strings.Cut(rest, "#")
		return name, strings.TrimRight(value, " \t"), nil
	}
	value, rest, ok := strings.Cut(rest[1:], rest[:1])
	if !ok {
		return "", "", lineError("the value has no closing quote")
	}
	if rest = strings.TrimLeft(rest, " \t"); rest != "" && rest[0] != '#' {
		return "", "", lineError("there is something after the closing quote")
	}
	return name, value, nil
}

// zplLine is what parseLine reads. EINVAL: there is no way to write it.
func zplLine(name, value string) (string, error) {
	if !isName(name) {
		return "", fail("a certificate cannot have metadata of the name %q: letters, digits and %s are allowed", name, namable)
	}
	if strings.ContainsAny(value, "\n\r\x00") || strings.Contains(value, `"`) && strings.Contains(value, "'") {
		return "", fail("a certificate cannot hold the value of %q: it has several lines, or both kinds of quotes", name)
	}
	quote := `"`
	if strings.Contains(value, quote) {
		quote = "'"
	}
	return "    " + name + " = " + quote + value + quote + "\n", nil
}
