package opt

import (
	"cmp"
	"math"
	"time"

	"github.com/zeroth-mq/zmq/internal/curve"
)

// convert brings x into the form of the row's kind, in range: int64 for Int
// and Int64, bool, uint64, time.Duration, []byte for String, Bytes and Key; nil
// to clear. A []byte is still the caller's.
func (r *Row) convert(x any) (any, error) {
	switch r.Kind {
	case Int, Int64:
		if d, ok := x.(time.Duration); ok && r.Step > 0 {
			return r.steps(d)
		}
		n, ok := integer(x)
		if !ok {
			return r.clearOr(x, "an integer")
		}
		return n, r.inRange(n, "")
	case Bool:
		if b, ok := x.(bool); ok {
			return b, nil
		}
		n, ok := integer(x)
		if !ok {
			return nil, r.fail("takes a bool, not %T", x)
		}
		return n != 0, r.inRange(n, "")
	case Uint64:
		if u, ok := x.(uint64); ok {
			return u, nil
		}
		n, ok := integer(x)
		if !ok || n < 0 {
			return nil, r.fail("takes an unsigned integer, not %T %v", x, x)
		}
		return uint64(n), nil
	case Millis:
		return r.millis(x)
	case Key:
		return r.key(x)
	}
	b, ok := text(x)
	if !ok {
		return r.clearOr(x, "a string or bytes")
	}
	if b == nil && r.Clear {
		return nil, nil
	}
	return b, r.inRange(int64(len(b)), "bytes")
}

func (r *Row) clearOr(x any, want string) (any, error) {
	if x == nil && r.Clear {
		return nil, nil
	}
	return nil, r.fail("takes %s, not %T", want, x)
}

func (r *Row) inRange(n int64, of string) error { return r.within(n, of, Span{r.Min, r.Max}) }

func (r *Row) within(n int64, of string, s Span) error {
	if of != "" {
		of = " " + of
	}
	if n < s.Min {
		return r.fail("cannot be %d%s: the least is %d", n, of, s.Min)
	}
	if n > s.Max {
		return r.fail("cannot be %d%s: the most is %d", n, of, s.Max)
	}
	return nil
}

// CheckGo is EINVAL for a value that the Go API refuses, although Set would take it
// as libzmq does.
func (r *Row) CheckGo(x any) error {
	if b, ok := text(x); ok && r.Go.Zero && len(b) > 0 && b[0] == 0 {
		return r.fail("cannot begin with a zero byte: such ids are those that a ROUTER makes up")
	}
	if r.Go.Span == nil {
		return nil
	}
	if d, ok := x.(time.Duration); ok && d < 0 && r.Go.Span.Min >= 0 {
		return r.negative(d)
	}
	y, err := r.convert(x)
	if err != nil {
		return err
	}
	if n, ok := number(y); ok {
		return r.within(n, r.Unit, *r.Go.Span)
	}
	return nil
}

// millis reads a duration, or a number of milliseconds. A duration is 0, or of its
// unit at least; beyond that it keeps what it has below a millisecond. Any negative
// one is -1 ms, if the option has that.
func (r *Row) millis(x any) (any, error) {
	d, ok := x.(time.Duration)
	if !ok {
		n, ok := integer(x)
		if !ok {
			return nil, r.fail("takes a time.Duration or an integer of milliseconds, not %T", x)
		}
		if err := r.inRange(n, "ms"); err != nil {
			return nil, err
		}
		return time.Duration(n) * time.Millisecond, nil
	}
	if d < 0 {
		if r.Min >= 0 {
			return nil, r.negative(d)
		}
		d = -time.Millisecond
	}
	if step := cmp.Or(r.Step, time.Millisecond); d > 0 && d < step {
		return nil, r.tooShort(d, step)
	}
	if n := Ms(d); n > r.Max {
		return nil, r.fail("cannot be %v: the most is %v", d, time.Duration(r.Max)*time.Millisecond)
	}
	return d, nil
}

// tooShort is the error for a duration below its unit, which is most often a number
// that was meant as one of milliseconds.
func (r *Row) tooShort(d, step time.Duration) error {
	if n := int64(d); n < 100_000 {
		unit := "Millisecond"
		switch r.Step {
		case time.Second:
			unit = "Second"
		case time.Microsecond:
			unit = "Microsecond"
		}
		return r.fail("cannot be %v, which is less than %v: did you mean %d*time.%s?", d, step, n, unit)
	}
	return r.fail("cannot be %v: %v is the least, and 0 stands for itself", d, step)
}

// negative is the error for a duration below zero where that has no meaning.
func (r *Row) negative(d time.Duration) error {
	return r.fail("cannot be %v: the least is 0", d)
}

// steps is a duration as a number of the option's units, rounded up; -1 for every
// negative one.
func (r *Row) steps(d time.Duration) (any, error) {
	switch {
	case d < 0 && r.Min >= 0:
		return nil, r.negative(d)
	case d < 0:
		return int64(-1), nil
	case d > 0 && d < r.Step:
		return nil, r.tooShort(d, r.Step)
	}
	n := int64(d / r.Step)
	if d%r.Step != 0 {
		n++
	}
	return n, r.inRange(n, r.Unit)
}

// Ms is a duration in the milliseconds of the C API: rounded up, so that a
// short wait does not become none; -1 for every negative one.
func Ms(d time.Duration) int64 {
	if d < 0 {
		return -1
	}
	n := int64(d / time.Millisecond)
	if d%time.Millisecond != 0 {
		n++
	}
	return n
}

// key reads 32 raw bytes, or 40 characters of Z85 with or without a NUL.
func (r *Row) key(x any) (any, error) {
	b, ok := text(x)
	if !ok {
		if k, is := x.([32]byte); is {
			return k[:], nil
		}
		return nil, r.fail("takes a key, not %T", x)
	}
	switch {
	case len(b) == 32:
		return b, nil
	case len(b) == 40 || len(b) == 41 && b[40] == 0:
		if k, err := curve.DecodeZ85(nil, b[:40]); err == nil {
			return k, nil
		}
		return nil, r.fail("is not Z85 text")
	}
	return nil, r.fail("takes 32 bytes or 40 characters of Z85, not %d", len(b))
}

// text gives nil for nil, for "" and for a nil slice: what clears.
func text(x any) ([]byte, bool) {
	switch s := x.(type) {
	case []byte:
		return s, true
	case string:
		if s == "" {
			return nil, true
		}
		return []byte(s), true
	}
	return nil, false
}

func integer(x any) (int64, bool) {
	switch n := x.(type) {
	case int:
		return int64(n), true
	case int8:
		return int64(n), true
	case int16:
		return int64(n), true
	case int32:
		return int64(n), true
	case int64:
		return n, true
	case uint:
		return int64(n), uint64(n) <= math.MaxInt64
	case uint8:
		return int64(n), true
	case uint16:
		return int64(n), true
	case uint32:
		return int64(n), true
	case uint64:
		return int64(n), n <= math.MaxInt64
	}
	return 0, false
}

// number is what C sees of a value: 0 or 1 for a bool, ms for a duration.
func number(x any) (int64, bool) {
	switch y := x.(type) {
	case bool:
		if y {
			return 1, true
		}
		return 0, true
	case time.Duration:
		return Ms(y), true
	}
	return integer(x)
}
