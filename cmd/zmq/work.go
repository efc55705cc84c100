package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/zeroth-mq/zmq"
)

// work opens a socket, lets f use it, waits for delivery and closes it.
// If one of the streams that f uses is a terminal, a person sees the messages
// go by, and needs no line of progress.
func (l *link) work(e *env, t zmq.Type, f func(*zmq.Socket, *meter) error, streams ...any) error {
	s, err := l.open(e, t)
	if err != nil {
		return err
	}
	progress := !l.Quiet && terminal(e.stderr.w)
	for _, x := range streams {
		progress = progress && !terminal(x)
	}
	m := new(meter)
	stop := m.watch(e.stderr, progress)
	err = f(s, m)
	err = l.close(e, s, l.inTime(err))
	stop()
	if l.Stats {
		m.stats(e.stderr, s)
	}
	return err
}

// typesOf are the names of the socket types that can do something, as --type has
// them. Those that take turns have commands of their own.
func typesOf(can func(zmq.Type) bool) string {
	var names []string
	for _, t := range zmq.Types() {
		if can(t) && !t.Alternates() {
			names = append(names, strings.ToLower(t.String()))
		}
	}
	return strings.Join(names, ",")
}

// subscribe subscribes, the way that is the type's.
func subscribe(ctx context.Context, s *zmq.Socket, topics []string) error {
	if !s.Type().Sends() {
		return s.Subscribe(topics...)
	}
	for _, t := range topics {
		if err := s.Send(ctx, append([]byte{1}, t...)); err != nil {
			return err
		}
	}
	return nil
}

// ended turns the error that ended receiving, after n messages, into how the
// command fares: without a --count, Ctrl-C and silence are the normal end.
func (l *link) ended(err error, n uint64) error {
	if l.Count == 0 && (errors.Is(err, context.Canceled) || n > 0 && errors.Is(err, zmq.ErrAgain)) {
		return nil
	}
	return err
}

// inTime says in plain words that --timeout has passed.
func (l *link) inTime(err error) error {
	var z *zmq.Error
	if l.Timeout <= 0 || !errors.Is(err, zmq.ErrAgain) || !errors.As(err, &z) {
		return err
	}
	what := "received"
	if z.Op == "send" {
		what = "sent"
	}
	return &failure{fmt.Errorf("nothing could be %s within %v%s", what, l.Timeout, why(err)), exitTimeout, hint(err)}
}
