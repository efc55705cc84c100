package zmq4

import (
	"strings"
	"time"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// The setters and getters themselves are made from the table of options and
// the list of signatures, in options_gen.go.

func (soc *Socket) set(name string, x any) error {
	return soc.with(func(s *core.Socket) error { return s.Set(opt.ByName(name), x) })
}

func (soc *Socket) get(name string) (x any, err error) {
	err = soc.with(func(s *core.Socket) (err error) {
		x, err = s.Get(opt.ByName(name))
		return err
	})
	return x, err
}

// A getter is a Socket or a Context.
type getter interface {
	get(name string) (any, error)
}

// value reads an option in the type that its getter gives.
func value[T any](from getter, name string) (v T, err error) {
	x, err := from.get(name)
	if err != nil {
		return v, err
	}
	switch v := any(&v).(type) {
	case *bool:
		*v, _ = x.(bool)
	case *int:
		*v = number(x)
	case *int64:
		*v, _ = x.(int64)
	case *uint64:
		*v, _ = x.(uint64)
	case *time.Duration:
		*v, _ = x.(time.Duration)
	case *string:
		*v = strings.TrimRight(text(x), "\x00") // as C ends a text
	}
	return v, nil
}

func number(x any) int {
	switch x := x.(type) {
	case int:
		return x
	case bool:
		if x {
			return 1
		}
	}
	return 0
}

func text(x any) string {
	switch x := x.(type) {
	case string:
		return x
	case []byte:
		return string(x)
	}
	return ""
}

// millis is what is set for a time: whole milliseconds.
func millis(d time.Duration) int { return int(d / time.Millisecond) }

// millisOrNever is millis of an option where -1 stands for no end.
func millisOrNever(d time.Duration) int {
	if d == -1 {
		return -1
	}
	return millis(d)
}

// orNever is the other way round.
func orNever(d time.Duration, err error) (time.Duration, error) {
	if d < 0 {
		return -1, err
	}
	return d, err
}
