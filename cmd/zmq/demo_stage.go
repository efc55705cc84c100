package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// A stage is where one act of the demo plays: its processes, and a directory
// for their ipc sockets. It is used by one goroutine; clear ends it.
type stage struct {
	ctx   context.Context
	out   io.Writer
	exe   string
	dir   string
	parts []*part
}

func newStage(ctx context.Context, out io.Writer) (*stage, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "zmq-demo-")
	return &stage{ctx: ctx, out: out, exe: exe, dir: dir}, err
}

// clear kills what still runs, waits for it, and removes the directory.
func (st *stage) clear() error {
	for _, p := range st.parts {
		p.kill()
	}
	return os.RemoveAll(st.dir)
}

// say prints a line of the play, broken where it is long.
func (st *stage) say(format string, args ...any) {
	const width = 110
	line := fmt.Sprintf(format, args...)
	for indent := "     "; ; indent = "         " {
		cut := len(line)
		if cut > width {
			if at := strings.LastIndexByte(line[:width], ' '); at > 0 {
				cut = at
			}
		}
		fmt.Fprintln(st.out, indent+line[:cut])
		if line = strings.TrimSpace(line[cut:]); line == "" {
			return
		}
	}
}

// tcp is an endpoint to bind to.
func (st *stage) tcp() string { return "tcp://127.0.0.1:*" }

// ipc is one of that name; tcp where ipc is not to be had.
func (st *stage) ipc(name string) string {
	path := filepath.Join(st.dir, name)
	if runtime.GOOS == "windows" || len(path) > 100 {
		return st.tcp()
	}
	return "ipc://" + path
}

// patient is arguments of a command of the demo, that is not to wait for ever.
func patient(args ...string) []string {
	return append([]string{args[0], "--timeout", "10s"}, args[1:]...)
}

// start begins a part: this command with other arguments, as a process.
func (st *stage) start(name string, args ...string) (*part, error) {
	fmt.Fprintln(st.out, "     $ zmq "+quoteArgs(args)) // whole, to be copied
	p, err := startPart(st.ctx, st.exe, name, args)
	if err != nil {
		return nil, err
	}
	st.parts = append(st.parts, p)
	return p, nil
}

// serve begins a part that binds, and waits for its endpoints: as many as
// asked for.
func (st *stage) serve(endpoints int, name string, args ...string) (*part, []string, error) {
	p, err := st.start(name, args...)
	if err != nil {
		return nil, nil, err
	}
	var bound []string
	err = p.stderr.await(st.ctx, func(lines []string) bool {
		bound = bound[:0]
		for _, line := range lines {
			if _, endpoint, ok := strings.Cut(line, "bound "); ok {
				bound = append(bound, endpoint)
			}
		}
		return len(bound) >= endpoints
	})
	if err != nil {
		return nil, nil, p.failed(err)
	}
	return p, bound, nil
}

// finish waits until the parts have ended, each with success.
func (st *stage) finish(parts ...*part) error {
	var errs []error
	for _, p := range parts {
		errs = append(errs, p.wait())
	}
	return errors.Join(errs...)
}

// received shows what a part received, and holds it to what it must be.
func (st *stage) received(p *part, want ...string) error {
	got := p.stdout.all()
	st.say("%s received  %s", p.name, list(got))
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s received %s, and not %s", p.name, list(got), list(want))
	}
	return nil
}

// list writes lines in one, equal neighbours once.
func list(lines []string) string {
	var out []string
	for i := 0; i < len(lines); {
		n := 1
		for i+n < len(lines) && lines[i+n] == lines[i] {
			n++
		}
		text := strings.ReplaceAll(lines[i], "\t", " | ")
		if n > 1 {
			text += fmt.Sprintf(" (%d times)", n)
		}
		out = append(out, text)
		i += n
	}
	if out == nil {
		return "nothing"
	}
	return strings.Join(out, ", ")
}

// quoteArgs writes arguments as one would type them.
func quoteArgs(args []string) string {
	out := make([]string, len(args))
	for i, a := range args {
		if a == "" || strings.ContainsAny(a, " \t'\"!$*?&|;<>()\\") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		out[i] = a
	}
	return strings.Join(out, " ")
}
