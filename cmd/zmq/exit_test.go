package main

import (
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestExitCodes(t *testing.T) {
	taken := start(t, "pull", "-b", anyPort).bound("bound")
	missing := filepath.Join(t.TempDir(), "missing")
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"version", 0, ""},
		{"--help", 0, ""},
		{"", exitUsage, ""},
		{"nonsense", exitUsage, "nonsense"},
		{"push --nonsense", exitUsage, "see zmq push --help"},
		{"push hello", exitUsage, "--connect"},
		{"push -c tcp://127.0.0.1:1 -o NOPE=1 x", exitUsage, "no option"},
		{"push -c tcp://127.0.0.1:1 -o SNDHWM x", exitUsage, "has no value"},
		{"push -c tcp://127.0.0.1:1 -o SNDHWM=-1 x", exitUsage, "the least is 0"},
		{"push -c tcp://127.0.0.1:1 --linger 0s -m -d  x", exitUsage, "delimiter"},
		{"push -c tcp://127.0.0.1:1 --linger 0s -f a b", exitUsage, "do not go together"},
		{"push -c tcp://127.0.0.1:1 --linger 0s -x xyz", exitUsage, "not hex"},
		{"push -c tcp://127.0.0.1:1 --linger 0s --input json {}", exitUsage, "no frames"},
		{"push -c tcp://127.0.0.1:1 --linger 0s --input quoted \"", exitUsage, "not quoted"},
		{"push -c tcp://127.0.0.1:1 --linger 0s -f " + missing, exitFailure, "missing"},
		{"push -c nowhere x", exitUsage, "an endpoint is"},
		{"push -c carrier://pigeon x", exitUsage, "an endpoint is"},
		{"pull -b " + taken, exitFailure, "another process"},
		{"pull -b tcp://192.0.2.1:5555", exitFailure, "address of this machine"},
		{"pull -b " + anyPort + " --endpoint-file " + missing + "/file", exitFailure, "no such file"},
		{"pull -b " + anyPort + " -t 10ms", exitTimeout, "nothing could be received within 10ms"},
		{"pull -b " + anyPort + " -t 10ms -w 1", exitTimeout, "fewer than 1 peers"},
		{"pub -b " + anyPort + " -t 10ms -w 1 x", exitTimeout, "fewer than 1 peers"},
		{"push -b " + anyPort + " -t 10ms x", exitTimeout, "nothing could be sent"},
		{"push -c tcp://127.0.0.1:1 -t 10ms x", exitTimeout, "1 message is not delivered: tcp://127.0.0.1:1: "},
		{"push -c tcp://127.0.0.1:1 -t 10ms -w 1 x", exitTimeout, "fewer than 1 peers within 10ms: tcp://127.0.0.1:1: "},
		{"pull -c tcp://127.0.0.1:1 -t 10ms", exitTimeout, "nothing could be received within 10ms: tcp://127.0.0.1:1: "},
		{"push -c tcp://127.0.0.1:1 --linger 0s x y", exitFailure, "2 messages are not delivered: tcp://127.0.0.1:1: "},
		{"recv --topic x -b " + anyPort, exitUsage, "--topic is for"},
		{"recv --type req -b " + anyPort, exitUsage, "--type"},
		{"proxy queue --front " + anyPort, exitUsage, "front and a back"},
		{"proxy queue --front " + taken + " --back " + anyPort, exitFailure, "another process"},
		{"proxy circus --front a --back b", exitUsage, "circus"},
		{"demo --only nothing", exitUsage, "no act"},
	} {
		args := strings.Split(c.args, " ")
		if c.args == "" {
			args = nil
		}
		run := start(t, args...)
		if got := run.wait(); got != c.code {
			t.Errorf("zmq %s: exit code %d, want %d; it said %q", c.args, got, c.code, run.stderr)
		}
		if said := run.stderr.String(); !strings.Contains(said, c.says) || strings.Count(said, "\n") > 3 {
			t.Errorf("zmq %s: said %q, want %q", c.args, said, c.says)
		}
	}
}

func TestHelp(t *testing.T) {
	for _, name := range strings.Fields("send recv push pull pub sub req rep dealer router pair stream xpub xsub proxy keygen demo version") {
		help := start(t, name, "--help")
		if code := help.wait(); code != 0 || !strings.HasPrefix(help.stdout.String(), "Usage: zmq "+name) {
			t.Errorf("%s: %d, %q", name, code, help.stdout)
		}
	}
}

func TestInterrupt(t *testing.T) {
	endless, never := io.Pipe()
	defer never.Close()
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"pull"}, 0},
		{[]string{"pull", "-n", "1"}, exitInterrupted},
		{[]string{"pull", "-w", "1"}, exitInterrupted},
		{[]string{"rep", "--echo"}, 0},
		{[]string{"dealer"}, 0},
		{[]string{"dealer", "-n", "1"}, exitInterrupted},
		{[]string{"push"}, exitInterrupted},
		{[]string{"push", "hello"}, exitInterrupted},
		{[]string{"pub", "-w", "1", "hello"}, exitInterrupted},
	} {
		var stdin io.Reader = endless
		if c.args[0] == "rep" || c.args[0] == "pull" {
			stdin = strings.NewReader("")
		}
		run := startWith(t, stdin, nil, append(c.args, "-b", anyPort)...)
		run.bound("bound")
		run.interrupt()
		run.ends(c.code, "")
	}
}

func TestSilenceIsTheEndOfTheUnknown(t *testing.T) {
	pull := start(t, "pull", "-b", anyPort, "-t", "1s")
	start(t, "push", "-c", pull.bound("bound"), "only").ends(0, "")
	pull.ends(0, "only\n")
}

func TestReaderGone(t *testing.T) {
	pull := startWith(t, strings.NewReader(""), goneWriter{}, "pull", "-b", anyPort)
	start(t, "push", "-c", pull.bound("bound"), "x").ends(0, "")
	pull.ends(0, "")
	if said := pull.stderr.String(); strings.Count(said, "\n") != 1 {
		t.Errorf("said %q", said)
	}
}

// goneWriter is a pipe whose reader has gone.
type goneWriter struct{}

func (goneWriter) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "stdout", Err: syscall.EPIPE}
}

func TestEndpointFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "endpoints")
	pull := start(t, "pull", "-b", anyPort, "-b", anyPort, "--endpoint-file", name, "-n", "1")
	start(t, "push", "-c", pull.bound("bound"), "x").ends(0, "")
	pull.ends(0, "x\n") // received after the file was written
	b, err := os.ReadFile(name)
	if err != nil || strings.Count(string(b), "tcp://127.0.0.1:") != 2 || strings.Count(string(b), "\n") != 2 {
		t.Errorf("%q, %v", b, err)
	}
}

func TestWarnsOnce(t *testing.T) {
	said := newOutput()
	log := logTo(&console{w: said}, false)
	for range 3 {
		log.LogAttrs(t.Context(), slog.LevelWarn, "handshake failed", slog.String("endpoint", "tcp://a:1"), slog.String("error", "why"))
		log.LogAttrs(t.Context(), slog.LevelDebug, "connected", slog.String("endpoint", "tcp://a:1"))
	}
	if want := "warning: tcp://a:1: handshake failed: why\n"; said.String() != want {
		t.Errorf("%q, want %q", said, want)
	}
}

func TestConsole(t *testing.T) {
	said := newOutput()
	c := &console{w: said}
	c.Progress("")
	c.Progress("10 %")
	c.Line("a line")
	c.Progress("20 %")
	c.Progress("")
	if want := "10 %\r\x1b[Ka line\n20 %\r\x1b[K"; said.String() != want {
		t.Errorf("%q, want %q", said, want)
	}
}
