//go:build linux && cgo

package cface

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// An actor is one program of examples/python. A, B and C in its arguments are
// endpoints. What has a check runs to its end, and prints what passes; what has
// none is stopped afterwards.
type actor struct {
	line  string
	check func(out string) error
}

type play struct {
	name   string
	actors []actor
}

var plays = []play{
	{"hello", []actor{
		{"hello_server.py A --count 3", says(times(3, "Received: Are you OK?"))},
		{"hello_client.py A --count 3", says(times(3, "response: I am OK!"))},
	}},
	{"balanced", []actor{
		{"balanced_server.py A --count 5", says("Got msg 0\nGot msg 2\nGot msg 4\nGot msg 6\nGot msg 8\n")},
		{"balanced_server.py B --count 5", says("Got msg 1\nGot msg 3\nGot msg 5\nGot msg 7\nGot msg 9\n")},
		{"balanced_client.py A B --count 10", matches(10, `Sending msg \d|world from .*`)},
	}},
	{"queue", []actor{
		{"queue_device.py A B", nil},
		{"balanced_server.py B --connect", nil},
		{"balanced_server.py B --connect", nil},
		{"balanced_client.py A --count 10", matches(20, `Sending msg \d|world from .*`)},
	}},
	{"news", []actor{
		{"news_server.py A --count 100000", nil},
		{"news_client.py A --count 5", inOrder(5, "response: message")},
		{"news_client.py A --count 10", inOrder(10, "response: message")},
	}},
	{"football", []actor{
		{"football_server.py A", nil},
		{"football_client.py A --count 10", matches(10, `(netherlands|germany) (goal|corner|foul|(red|yellow) card)`)},
	}},
	{"forwarder", []actor{
		{"forwarder_device.py A B", nil},
		{"football_server.py A --connect", nil},
		{"football_client.py B --count 10", matches(10, `(netherlands|germany) (goal|corner|foul|(red|yellow) card)`)},
	}},
	{"pipeline", []actor{
		{"task_result.py B --count 10", inOrder(10, "response: message")},
		{"task_worker.py A B --count 10", inOrder(10, "transform...message")},
		{"task_server.py A --count 10", inOrder(10, "send message...")},
	}},
	{"streamer", []actor{
		{"streamer_device.py A B", nil},
		{"task_result.py C --count 20", matches(20, `response: message\d+`)},
		{"task_worker.py B C", nil},
		{"task_worker.py B C", nil},
		{"task_server.py A --connect --count 20", inOrder(20, "send message...")},
	}},
	{"pair", []actor{
		{"pair_server.py A --count 5", inOrder(5, "Client message ")},
		{"pair_client.py A --count 5", inOrder(5, "Server message ")},
	}},
}

// TestPythonExamples runs them on ours, and with libzmq at one end or the other.
func TestPythonExamples(t *testing.T) {
	env := ours(t)
	for _, p := range plays {
		for _, cast := range []struct {
			name   string
			theirs func(i int) bool
		}{
			{"ours", func(int) bool { return false }},
			{"libzmq first", func(i int) bool { return i%2 == 0 }},
			{"libzmq second", func(i int) bool { return i%2 == 1 }},
		} {
			t.Run(p.name+"/"+cast.name, func(t *testing.T) {
				t.Parallel()
				act(t, p, func(i int) []string {
					if cast.theirs(i) {
						return os.Environ()
					}
					return env
				})
			})
		}
	}
}

func act(t *testing.T, p play, env func(i int) []string) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	ends := strings.NewReplacer(" A", " "+free(t), " B", " "+free(t), " C", " "+free(t))
	outs := make([]bytes.Buffer, len(p.actors))
	cmds := make([]*exec.Cmd, len(p.actors))
	for i, a := range p.actors {
		words := strings.Fields(ends.Replace(a.line))
		words[0] = filepath.Join("../../examples/python", words[0])
		cmd := exec.CommandContext(ctx, python, words...)
		cmd.Env = append(slices.Clone(env(i)), "PYTHONDONTWRITEBYTECODE=1")
		cmd.Stdout, cmd.Stderr = &outs[i], &outs[i]
		cmd.WaitDelay = time.Second
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		cmds[i] = cmd
	}
	for i, a := range p.actors {
		if a.check == nil {
			continue
		}
		if err := cmds[i].Wait(); err != nil {
			t.Errorf("%s: %v\n%s", a.line, err, &outs[i])
		} else if err := a.check(outs[i].String()); err != nil {
			t.Errorf("%s: %v; it printed\n%s", a.line, err, &outs[i])
		}
	}
	cancel() // stops the others
	for i, a := range p.actors {
		if a.check == nil {
			cmds[i].Wait() // an error: it was killed
		}
	}
}

// free is an endpoint that nobody has bound.
func free(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return "tcp://" + ln.Addr().String()
}

func times(n int, line string) string { return strings.Repeat(line+"\n", n) }

// says wants exactly this.
func says(want string) func(string) error {
	return func(out string) error {
		if out != want {
			return fmt.Errorf("not %q", want)
		}
		return nil
	}
}

// matches wants at least n lines, all of this form.
func matches(n int, form string) func(string) error {
	re := regexp.MustCompile("^(" + form + ")$")
	return func(out string) error {
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if len(lines) < n {
			return fmt.Errorf("%d lines", len(lines))
		}
		for _, l := range lines {
			if !re.MatchString(l) {
				return fmt.Errorf("line %q", l)
			}
		}
		return nil
	}
}

// inOrder wants n lines that begin so and go on with one number after another.
func inOrder(n int, prefix string) func(string) error {
	return func(out string) error {
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if len(lines) != n {
			return fmt.Errorf("%d lines, not %d", len(lines), n)
		}
		last := -1
		for i, l := range lines {
			rest, ok := strings.CutPrefix(l, prefix)
			digits, _, _ := strings.Cut(rest, " ")
			number, err := strconv.Atoi(digits)
			if !ok || err != nil || i > 0 && number != last+1 {
				return fmt.Errorf("line %q", l)
			}
			last = number
		}
		return nil
	}
}
