package opt

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// addMetadata adds one "X-name:value". The first value of a name stays; the
// text ends at a NUL.
func addMetadata(v *Values, x any) error {
	b := x.([]byte)
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	name, value, ok := strings.Cut(string(b), ":")
	if !ok || !strings.HasPrefix(name, "X-") || len(name) > 255 || value == "" {
		return fmt.Errorf("option METADATA takes X-name:value with a name of at most 255 bytes: %w", errno.EINVAL)
	}
	for _, p := range v.Wire.Metadata {
		if p.Name == name {
			return nil
		}
	}
	// A copy: a bind or connect may hold the old list.
	v.Wire.Metadata = append(slices.Clone(v.Wire.Metadata), Property{name, value})
	return nil
}

// addAcceptFilter adds an address or a network; nil empties the list. The text
// may end with a NUL.
func addAcceptFilter(v *Values, x any) error {
	if x == nil {
		v.Net.AcceptFilters = nil
		return nil
	}
	text := strings.TrimSuffix(string(x.([]byte)), "\x00")
	p, err := ParseNetwork(text)
	if err != nil {
		return fmt.Errorf("option TCP_ACCEPT_FILTER: %w", err)
	}
	v.Net.AcceptFilters = append(slices.Clone(v.Net.AcceptFilters), p)
	return nil
}

// addID adds a number to a filter; nil empties it.
func addID(list func(*Values) *[]int) func(*Values, any) error {
	return func(v *Values, x any) error {
		p := list(v)
		if x == nil {
			*p = nil
			return nil
		}
		if n := int(x.(int64)); !slices.Contains(*p, n) {
			*p = append(slices.Clone(*p), n)
		}
		return nil
	}
}
