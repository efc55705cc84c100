// Command zmq sends, receives and passes on ZeroMQ messages at a terminal and
// in scripts. Run it with --help, or see the file cli.go.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/zeroth-mq/zmq"
)

func main() {
	// A reader that has gone is an error of the write, which ends us in order.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// env is what a command runs in.
type env struct {
	ctx    context.Context // ends with Ctrl-C
	stdin  io.Reader
	stdout io.Writer
	stderr *console
}

// run is the whole command: it returns the exit code, see exit.go. ctx stands
// for Ctrl-C.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	e := &env{ctx: ctx, stdin: stdin, stdout: stdout, stderr: &console{w: stderr}}
	asked := -1 // the exit code, when kong wants to exit by itself: --help
	var commands cli
	parser, err := kong.New(&commands,
		kong.Name("zmq"),
		kong.Description(description),
		kong.Vars{"senders": typesOf(zmq.Type.Sends), "receivers": typesOf(zmq.Type.Receives)},
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { asked = code }),
		kong.ExplicitGroups([]kong.Group{{Key: "security", Title: "Security (see docs/security.md):"}}),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
	if err != nil {
		return e.exit(err)
	}
	if len(args) == 0 {
		_, _ = parser.Parse([]string{"--help"})
		return exitUsage
	}
	parsed, err := parser.Parse(args)
	if asked >= 0 {
		return asked
	}
	if err != nil {
		return e.exit(usage(err, "see zmq "+commandIn(err)+"--help"))
	}
	return e.exit(parsed.Run(e))
}

// commandIn names the command that could not be parsed, with a space after.
func commandIn(err error) string {
	var p *kong.ParseError
	if errors.As(err, &p) && p.Context != nil {
		if cmd := p.Context.Selected(); cmd != nil {
			return cmd.Name + " "
		}
	}
	return ""
}
