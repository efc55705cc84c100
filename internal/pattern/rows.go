package pattern

import "strings"

// Rows gives every socket type, by its number.
func Rows() []Row { return rows }

// Names lists the types that fit, for a text: "PAIR, PUB or PUSH".
func Names(fit func(*Row) bool) string {
	var names []string
	for i := range rows {
		if fit(&rows[i]) {
			names = append(names, rows[i].Name)
		}
	}
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], ", ") + " or " + names[n]
	}
	return strings.Join(names, "")
}
