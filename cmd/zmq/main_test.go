package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// asCommand in the environment makes the test binary the command: the demo
// starts copies of itself.
const asCommand = "ZMQ_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	// A fuzz worker is a copy as well, which inherits the variable.
	if os.Getenv(asCommand) != "" && !slices.Contains(os.Args, "-test.fuzzworker") {
		main()
	}
	os.Setenv(asCommand, "1")
	os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE")) // for copies: or each takes a second to end
	os.Exit(m.Run())
}

// generous is long enough for anything here, on any machine.
const generous = time.Minute

// A command is one run of the command in this process.
type command struct {
	t              *testing.T
	args           string
	stdout, stderr *output
	interrupt      context.CancelFunc // Ctrl-C
	code           chan int
}

// start runs the command with an empty standard input; startWith with another.
func start(t *testing.T, args ...string) *command {
	return startWith(t, strings.NewReader(""), nil, args...)
}

// startWith runs the command. Its output goes to stdout as well, if that is not
// nil.
func startWith(t *testing.T, stdin io.Reader, stdout io.Writer, args ...string) *command {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	c := &command{t: t, args: strings.Join(args, " "), stdout: newOutput(), stderr: newOutput(), interrupt: cancel, code: make(chan int, 1)}
	if stdout == nil {
		stdout = c.stdout
	}
	go func() { c.code <- run(ctx, args, stdin, stdout, c.stderr) }() // owned by the test, through Cleanup
	t.Cleanup(func() { cancel(); c.wait() })
	return c
}

// wait waits for the end and returns the exit code.
func (c *command) wait() int {
	c.t.Helper()
	select {
	case code := <-c.code:
		c.code <- code
		return code
	case <-time.After(generous):
		c.t.Fatalf("zmq %s: does not end; it said %q", c.args, c.stderr)
		return -1
	}
}

// ends waits for the end and holds the command to its exit code and output.
func (c *command) ends(code int, stdout string) {
	c.t.Helper()
	if got := c.wait(); got != code {
		c.t.Errorf("zmq %s: exit code %d, want %d; it said %q", c.args, got, code, c.stderr)
	}
	if got := c.stdout.String(); got != stdout {
		c.t.Errorf("zmq %s: printed %q, want %q; it said %q", c.args, got, stdout, c.stderr)
	}
}

// says waits until standard error has text.
func (c *command) says(text string) string {
	c.t.Helper()
	if !c.stderr.await(text) {
		c.t.Fatalf("zmq %s: does not say %q, but %q", c.args, text, c.stderr)
	}
	return c.stderr.String()
}

// prints waits until standard output has text.
func (c *command) prints(text string) {
	c.t.Helper()
	if !c.stdout.await(text) {
		c.t.Fatalf("zmq %s: does not print %q, but %q; it said %q", c.args, text, c.stdout, c.stderr)
	}
}

// bound waits for the endpoint after a word: "bound", "back bound".
func (c *command) bound(word string) string {
	c.t.Helper()
	_, rest, _ := strings.Cut(c.says(word+" "), word+" ")
	endpoint, _, _ := strings.Cut(rest, "\n")
	return endpoint
}

// output is a buffer whose growth can be awaited.
type output struct {
	mu      sync.Mutex
	b       bytes.Buffer
	changed chan struct{}
}

func newOutput() *output { return &output{changed: make(chan struct{})} }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.changed)
	o.changed = make(chan struct{})
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func (o *output) await(text string) bool {
	deadline := time.After(generous)
	for {
		o.mu.Lock()
		// Console lines are written whole, so what has the text has its line.
		found, changed := strings.Contains(o.b.String(), text), o.changed
		o.mu.Unlock()
		if found {
			return true
		}
		select {
		case <-changed:
		case <-deadline:
			return false
		}
	}
}

const anyPort = "tcp://127.0.0.1:*"
