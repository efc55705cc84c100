package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The demo on the text of this repository, with real processes.
func TestDemo(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	demo := start(t, "demo", "--files", "../..")
	if code := demo.wait(); code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, demo.stdout, demo.stderr)
	}
	out := demo.stdout.String()
	if got := strings.Count(out, "   PASS  "); got != len(acts) || strings.Contains(out, "FAIL") {
		t.Errorf("%d of %d acts passed:\n%s", got, len(acts), out)
	}
	for _, want := range []string{
		"server 1 received  msg 0, msg 2, msg 4, msg 6, msg 8\n",
		"server 2 received  msg 1, msg 3, msg 5, msg 7, msg 9\n",
		"worker 2 gave ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("does not say %q:\n%s", want, out)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "zmq-demo-*")); left != nil {
		t.Errorf("left behind: %q", left)
	}
}

func TestDemoFails(t *testing.T) {
	demo := start(t, "demo", "--only", "pipeline", "--files", t.TempDir())
	if code := demo.wait(); code != exitFailure || !strings.Contains(demo.stdout.String(), "FAIL  pipeline: there is no text") {
		t.Errorf("exit code %d\n%s%s", code, demo.stdout, demo.stderr)
	}
}

func TestDemoInterrupted(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	demo := start(t, "demo", "--only", "pipeline", "--files", "../..")
	demo.prints("worker --name")
	demo.interrupt()
	if code := demo.wait(); code != exitInterrupted {
		t.Errorf("exit code %d\n%s%s", code, demo.stdout, demo.stderr)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "zmq-demo-*")); left != nil {
		t.Errorf("left behind: %q", left)
	}
}
