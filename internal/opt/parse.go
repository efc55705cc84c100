package opt

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// Parse reads the text form of an option, NAME=VALUE cut in two: a number, a
// bool (true, 1, on, yes), a duration (1s, or a number of the option's unit, which is
// ms for most; "forever" is -1), or the bytes as they are. The value is for Row.Set, which checks its range.
// The error is EINVAL: no such option, or text that is not of its kind.
func Parse(name, text string) (*Row, any, error) {
	r := ByName(strings.TrimSpace(name))
	if r == nil {
		return nil, nil, fmt.Errorf("there is no option %q: %w", name, errno.EINVAL)
	}
	x, err := r.parse(text)
	return r, x, err
}

func (r *Row) parse(text string) (any, error) {
	trimmed := strings.TrimSpace(text)
	switch r.Kind {
	case Bool:
		switch strings.ToLower(trimmed) {
		case "true", "on", "yes":
			return true, nil
		case "false", "off", "no":
			return false, nil
		}
		n, err := strconv.ParseInt(trimmed, 10, 32)
		if err != nil {
			return nil, r.fail("takes true or false, not %q", text)
		}
		return n, nil
	case Int, Int64:
		if trimmed == "" && r.Clear {
			return nil, nil
		}
		n, err := strconv.ParseInt(trimmed, 0, 64)
		if err != nil && r.Step > 0 {
			return r.parseDuration(trimmed)
		}
		if err != nil {
			return nil, r.fail("takes a whole number, not %q", text)
		}
		return n, nil
	case Uint64:
		n, err := strconv.ParseUint(trimmed, 0, 64)
		if err != nil {
			return nil, r.fail("takes a whole number from 0, not %q", text)
		}
		return n, nil
	case Millis:
		if trimmed == "forever" {
			return time.Duration(-time.Millisecond), nil
		}
		if n, err := strconv.ParseInt(trimmed, 10, 64); err == nil {
			return n, nil
		}
		return r.parseDuration(trimmed)
	case Key:
		return trimmed, nil
	}
	return text, nil
}

func (r *Row) parseDuration(text string) (any, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return nil, r.fail("takes a duration such as 1s, or a number of %s, not %q", cmp.Or(r.Unit, "ms"), text)
	}
	return d, nil
}
