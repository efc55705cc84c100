package multicast

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

const (
	childEnv = "ZEROTH_MULTICAST_CHILD"
	python   = "/usr/bin/python3"
	// long is how long anything may take.
	long = 60 * time.Second
)

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		if err := runChild(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	testutil.Main(m)
}

// A kind is whose process it is.
type kind int

const (
	ours kind = iota
	libzmq
)

func (k kind) String() string { return [...]string{"ours", "libzmq"}[k] }

var needLibzmq = sync.OnceValue(func() error {
	out, err := exec.Command(python, "-c", `import zmq; print(zmq.has("pgm"))`).CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "True" {
		return fmt.Errorf("%s needs pyzmq over a libzmq with PGM (Debian: apt-get install python3-zmq): %v %s", python, err, out)
	}
	return nil
})

// A plan is what a publisher sends.
type plan struct {
	count, size, parts int
	pause              int // ms
}

// a net is where processes run: on this host, or in its namespaces.
type bed struct {
	prefix   map[string][]string // command that enters the place
	endpoint func(place string) string
	options  []string
}

// loopback is this host, on a port that nobody has.
func loopback(t *testing.T, options ...string) *bed {
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := c.LocalAddr().(*net.UDPAddr).Port
	c.Close()
	return &bed{
		endpoint: func(string) string { return fmt.Sprintf("epgm://127.0.0.1;239.192.1.1:%d", port) },
		options:  append([]string{"RATE=200000"}, options...),
	}
}

// A proc is one peer.
type proc struct {
	t     *testing.T
	name  string
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines chan string
	err   bytes.Buffer
	got   []string
}

func (b *bed) start(t *testing.T, k kind, place, role, name string, p plan, options ...string) *proc {
	t.Helper()
	args := []string{role, b.endpoint(place), name, strconv.Itoa(p.count), strconv.Itoa(p.size), strconv.Itoa(p.parts), strconv.Itoa(p.pause)}
	args = append(append(args, b.options...), options...)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), childEnv+"=1")
	if k == libzmq {
		if err := needLibzmq(); err != nil {
			t.Fatal(err)
		}
		exe, args = python, append([]string{"peer.py"}, args...)
	}
	line := append(append(append([]string{}, b.prefix[place]...), exe), args...)
	x := &proc{t: t, name: fmt.Sprintf("%v %s %s", k, role, name), cmd: exec.Command(line[0], line[1:]...), lines: make(chan string, 1<<16)}
	x.cmd.Env = env
	x.cmd.Stderr = &x.err
	if x.in, err = x.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := x.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := x.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { // ends with the process, which Cleanup waits for
		s := bufio.NewScanner(out)
		for s.Scan() {
			x.lines <- s.Text()
		}
		close(x.lines)
	}()
	t.Cleanup(x.kill)
	return x
}

func (x *proc) kill() {
	_ = x.cmd.Process.Kill()
	for range x.lines {
	}
	_ = x.cmd.Wait()
}

// until reads lines up to one.
func (x *proc) until(want string) {
	x.t.Helper()
	limit := time.After(long)
	for {
		select {
		case line, ok := <-x.lines:
			if !ok {
				x.t.Fatalf("%s ended after %d lines: %s", x.name, len(x.got), x.err.String())
			}
			if line == want {
				return
			}
			x.got = append(x.got, line)
		case <-limit:
			x.t.Fatalf("%s: no %q after %d lines, the last %q", x.name, want, len(x.got), x.got[max(0, len(x.got)-1):])
		}
	}
}

// tell sends a publisher on.
func (x *proc) tell() {
	if _, err := io.WriteString(x.in, "go\n"); err != nil {
		x.t.Fatalf("%s: %v", x.name, err)
	}
}

// ids checks what came from one publisher, and returns the messages' numbers.
func (x *proc) ids(name string, p plan) (ids []int) {
	x.t.Helper()
	for _, line := range x.got {
		f := strings.Fields(line)
		if len(f) != 5 || f[0] != name {
			continue
		}
		i, _ := strconv.Atoi(f[1])
		if len(ids) > 0 && i <= ids[len(ids)-1] {
			x.t.Fatalf("%s: %q behind message %d", x.name, line, ids[len(ids)-1])
		}
		if f[2] != strconv.Itoa(p.parts) || f[4] != "good" {
			x.t.Fatalf("%s: %q", x.name, line)
		}
		ids = append(ids, i)
	}
	return ids
}

// all checks that everything came.
func (x *proc) all(name string, p plan) {
	x.t.Helper()
	if ids := x.ids(name, p); len(ids) != p.count {
		x.t.Errorf("%s: %d messages of %s, not %d", x.name, len(ids), name, p.count)
	}
}
