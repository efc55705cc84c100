package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/zeroth-mq/zmq"
)

// link is what every command with a socket takes: where to, and how.
type link struct {
	Bind         []string       `short:"b" sep:"none" placeholder:"ENDPOINT" help:"Be reachable here. May be given again, and with --connect."`
	Connect      []string       `short:"c" sep:"none" placeholder:"ENDPOINT" help:"Seek a peer here. May be given again, and with --bind."`
	Option       []string       `short:"o" sep:"none" placeholder:"NAME=VALUE" help:"Set a socket option by its name in zmq.h: SNDHWM=10, ROUTING_ID=alice, HEARTBEAT_IVL=5s."`
	Count        uint64         `short:"n" placeholder:"N" help:"End after N messages: received ones if the command receives, else sent ones; arguments and files are repeated."`
	WaitPeers    int            `short:"w" placeholder:"N" help:"Do not begin before N peers are connected; pub and xpub: before N have subscribed, see --wait-topic."`
	Timeout      time.Duration  `short:"t" placeholder:"D" help:"Give up, with exit code 3, when nothing happens for so long: no peer, no room, no message, no delivery. Silence after the last of an unknown number of messages is a normal end."`
	Linger       *time.Duration `placeholder:"D" help:"How long to wait at the end until all is delivered. Default: --timeout, or else as long as it takes."`
	EndpointFile string         `placeholder:"FILE" help:"Write the endpoints that were bound to a file, a line each."`
	Stats        bool           `help:"Tell at the end how much went through."`
	Verbose      bool           `short:"v" help:"Tell what happens to connections."`
	Quiet        bool           `short:"q" help:"Say nothing but errors."`
	security
}

// grace is how long an interrupted command tries to get rid of what it has.
const grace = 250 * time.Millisecond

// open makes the socket, and its endpoints. The caller closes it, with close.
func (l *link) open(e *env, t zmq.Type, more ...zmq.Option) (*zmq.Socket, error) {
	if len(l.Bind)+len(l.Connect) == 0 {
		return nil, usagef("--connect tcp://localhost:5555, or --bind tcp://*:5555", "say where to, with --bind or --connect")
	}
	options, err := l.options(e, t)
	if err != nil {
		return nil, err
	}
	s, err := zmq.New(t, append(options, more...)...)
	if err != nil {
		return nil, err
	}
	var bound []string
	if err = attach(s, l.Bind, l.Connect, func(endpoint string) {
		bound = append(bound, endpoint)
		if !l.Quiet {
			e.stderr.Line("bound " + endpoint)
		}
	}); err == nil && l.EndpointFile != "" {
		err = writeLines(l.EndpointFile, bound)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// options is what the flags ask for. A flag has the last word: --timeout ends the
// command in time whatever -o LINGER says.
func (l *link) options(e *env, t zmq.Type) ([]zmq.Option, error) {
	linger, atMost := time.Duration(-1), l.Timeout
	if t.Subscribes() {
		linger, atMost = 0, 0 // subscriptions need not arrive
	}
	defaults := []zmq.Option{zmq.Linger.Of(linger)}
	if t.Addressed() { // the rest of the input waits
		defaults = append(defaults, zmq.SendTimeout.Of(-1))
	}
	var flags []zmq.Option
	if l.Timeout > 0 {
		flags = append(flags, zmq.SendTimeout.Of(l.Timeout), zmq.RecvTimeout.Of(l.Timeout), zmq.Linger.Of(atMost))
	}
	if l.Linger != nil {
		flags = append(flags, zmq.Linger.Of(*l.Linger))
	}
	if !l.Quiet || l.Verbose {
		flags = append(flags, zmq.Logger(logTo(e.stderr, l.Verbose)))
	}
	given, err := parseOptions(l.Option)
	if err != nil {
		return nil, err
	}
	secure, err := l.security.options(t)
	return slices.Concat(defaults, given, flags, secure), err
}

// parseOptions reads NAME=VALUE texts.
func parseOptions(texts []string) ([]zmq.Option, error) {
	var list []zmq.Option
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usagef("-o SNDHWM=10, say", fmt.Sprintf("option %q has no value", text))
		}
		switch strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(name)), "ZMQ_") {
		case "CURVE_SECRETKEY", "PLAIN_PASSWORD":
			return nil, usagef("--curve-cert and --plain-password read files", "a secret on a command line is none: all users of the machine can see it")
		}
		o, err := zmq.ParseOption(name, value)
		if err != nil {
			return nil, usage(err, "options have the names of zmq.h, with or without ZMQ_")
		}
		list = append(list, o)
	}
	return list, nil
}

// attach binds and connects; told hears of each endpoint that was bound.
func attach(s *zmq.Socket, bind, connect []string, told func(string)) error {
	for _, endpoint := range bind {
		bound, err := s.Bind(endpoint)
		if err != nil {
			return err
		}
		told(bound)
	}
	for _, endpoint := range connect {
		if err := s.Connect(endpoint); err != nil {
			return err
		}
	}
	return nil
}

// writeLines writes a file that is never seen half written.
func writeLines(name string, lines []string) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".endpoints-*")
	if err != nil {
		return err
	}
	_, err = tmp.WriteString(strings.Join(append(lines, ""), "\n"))
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return nil
}

// waitPeers is --wait-peers, for what does not publish.
func (l *link) waitPeers(e *env, s *zmq.Socket) error {
	if l.WaitPeers <= 0 {
		return nil
	}
	return l.wait(e, func(ctx context.Context) error { return s.WaitConnected(ctx, l.WaitPeers) })
}

// wait calls f with what time --timeout leaves it.
func (l *link) wait(e *env, f func(context.Context) error) error {
	ctx := e.ctx
	if l.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, l.Timeout)
		defer cancel()
	}
	err := f(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		f := &failure{fmt.Errorf("fewer than %d peers within %v%s", l.WaitPeers, l.Timeout, why(err)), exitTimeout, ""}
		if why(err) == "" {
			f.hint = "is a peer of the right type running there, and, for pub, subscribed? -v tells what happens"
		}
		return f
	}
	return err
}

// close closes the socket and waits for the delivery of what was sent. err is
// how the command has fared so far; the result is how it fares in the end.
func (l *link) close(e *env, s *zmq.Socket, err error) error {
	ctx := e.ctx
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.Background(), grace)
		defer cancel()
	} else if n := s.Stats().SendQueue; n > 0 && !l.Quiet {
		note := time.AfterFunc(patience, func() {
			what := "the peers have taken the last messages"
			if n := s.Stats().SendQueue; n > 0 {
				what = some(n) + " delivered"
			}
			e.stderr.Line("waiting until " + what + "; Ctrl-C to give up")
		})
		defer note.Stop()
	}
	closing := s.Shutdown(ctx)
	var lost *zmq.UndeliveredError
	if !errors.As(closing, &lost) {
		return errors.Join(err, closing)
	}
	f := &failure{err: fmt.Errorf("%s not delivered%s", some(lost.Messages), why(lost)), code: exitFailure}
	if lost.Cause == nil {
		f.hint = "is a peer of the right type running there? -v tells what happens"
	}
	switch {
	case e.ctx.Err() != nil:
		f.code, f.hint = exitInterrupted, ""
	case l.Timeout > 0:
		f.code = exitTimeout
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		return errors.Join(err, f)
	}
	return f
}

func some(messages int) string {
	if messages == 1 {
		return "1 message is"
	}
	return fmt.Sprintf("%d messages are", messages)
}
