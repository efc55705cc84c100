package zmq

import (
	"fmt"
	"log/slog"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// An Option is a setting with its value, for New and Socket.Set.
type Option interface {
	apply(*Socket) error
}

//go:generate go run ./internal/opt/gen

// An Opt is the name of a setting whose value is a T. One that is changed on a
// live socket reaches endpoints that are bound or connected from then on, unless
// its comment says otherwise. A time.Duration below
// zero means without end, where the setting allows that; one above zero and below
// a millisecond is ErrInvalid: it was meant to be a number of them.
type Opt[T any] string

// Of gives the setting a value.
func (o Opt[T]) Of(value T) Option { return setting{string(o), func() any { return value }} }

// a setting has its value where fmt does not find it: it may be a secret.
type setting struct {
	name  string
	value func() any
}

func (o setting) apply(s *Socket) error {
	row := opt.ByName(o.name)
	if row == nil {
		return fmt.Errorf("there is no option %q: %w", o.name, errno.EINVAL)
	}
	x, err := plain(o.value())
	if err != nil {
		return fmt.Errorf("option %s %w", row.Name, err)
	}
	if err := row.CheckGo(x); err != nil {
		return err
	}
	return s.inner().Set(row, x)
}

// ParseOption makes an Option of text, as the command's -o NAME=VALUE does: any
// option of ZeroMQ by its name in zmq.h, in any case and with or without ZMQ_;
// the value a number, true or false, a duration ("1s", or a number of the unit
// that docs/options.md gives, milliseconds for most), or bytes as they are.
// Error: ErrInvalid.
func ParseOption(name, value string) (Option, error) {
	row, x, err := opt.Parse(name, value)
	if err != nil {
		return nil, fmt.Errorf("zmq: %w", err)
	}
	return setting{row.Name, func() any { return x }}, nil
}

// Set changes settings. Each says in its comment what a change reaches. Error:
// ErrInvalid.
func (s *Socket) Set(options ...Option) error {
	if !s.made() {
		return s.wrap("set", "", ErrClosed)
	}
	for _, o := range options {
		if o == nil {
			return s.wrap("set", "", errNoOption)
		}
		if err := o.apply(s); err != nil {
			return s.wrap("set", "", err)
		}
	}
	return nil
}

// Get reads a setting. Error: ErrInvalid for one that cannot be read, or is not
// one of the socket's type.
func Get[T any](s *Socket, o Opt[T]) (T, error) {
	var zero T
	row := opt.ByName(string(o))
	if row == nil {
		return zero, s.wrap("get", "", fmt.Errorf("there is no option %q: %w", string(o), errno.EINVAL))
	}
	x, err := s.inner().Get(row)
	if err != nil {
		return zero, s.wrap("get", "", err)
	}
	v, ok := typed[T](row, x)
	if !ok {
		return zero, s.wrap("get", "", fmt.Errorf("option %s is a %T: %w", row.Name, x, errno.EINVAL))
	}
	return v, nil
}

// Logger makes the socket report what happens to its connections: handshakes
// that fail and connections that break the protocol as warnings; at info level
// that an endpoint that connects has no connection, has lost it, and has one
// again. What goes on is told once, and then counted, with a line for each
// minute. Everything is at debug level. Without it the socket is silent. See
// Socket.Events.
func Logger(l *slog.Logger) Option { return logger{l} }
