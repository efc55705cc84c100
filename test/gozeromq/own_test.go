package gozeromq_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/test/dropin"
)

// Tests of go-zeromq that ours are not to pass, and why.
var differ = map[string]string{
	"TestInvalidConn":   "it waits for 64 bytes before it has sent one; a peer that may be of any version of ZMTP is sent ten, until it has said which",
	"TestConnPairs/req": "a REQ, which may receive often for one request, announces itself as a DEALER",
	"TestConnPairs/rep": "a REP, which may receive again without a reply, announces itself as a ROUTER",
	"TestPubOptionHWM":  "it wants messages lost that TCP may have room for",
}

// TestOwn runs the external tests that go-zeromq comes with on its stand-in. They
// are taken from the module as they are.
func TestOwn(t *testing.T) {
	module := dropin.Folder(t, "github.com/go-zeromq/zmq4")
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(stand+"/replace")); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, folder := range []string{".", "leaks_test", "security/null", "security/plain"} {
		files, err := filepath.Glob(filepath.Join(module, folder, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			text := read(t, f)
			if strings.Contains(text, "\npackage zmq4\n") || strings.Contains(text, "go:build czmq4") {
				continue
			}
			n++
			write(t, filepath.Join(dir, folder, filepath.Base(f)), text)
		}
	}
	if n < 11 {
		t.Errorf("only %d files of tests", n)
	}
	// Theirs is in a test of the package itself.
	write(t, filepath.Join(dir, "devnull_test.go"), "package zmq4\n\nimport (\n\t\"io\"\n\t\"log\"\n)\n\nvar Devnull = log.New(io.Discard, \"\", 0)\n")
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	mod := strings.Replace(read(t, filepath.Join(dir, "go.mod")), "=> ../../../..", "=> "+root, 1)
	write(t, filepath.Join(dir, "go.mod"), mod+"\nrequire (\n\tgo.uber.org/goleak v1.3.0\n\tgolang.org/x/sync v0.7.0\n)\n")
	write(t, filepath.Join(dir, "go.sum"), read(t, "go.sum")+read(t, "replaced.sum"))
	cmd := exec.CommandContext(t.Context(), "go", "test", "-v", "-vet=off", "-race", "-count=1", "-timeout=4m", "./...")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	passed := 0
	for line := range strings.Lines(string(out)) {
		result, name, ok := strings.Cut(strings.TrimSpace(line), ": ")
		name, _, _ = strings.Cut(name, " ")
		switch {
		case ok && result == "--- PASS":
			passed++
		case ok && result == "--- FAIL" && !known(name):
			t.Errorf("%s fails", name)
		case strings.HasPrefix(line, "panic: "), strings.Contains(line, "DATA RACE"), strings.Contains(line, "[build failed]"):
			t.Error(line)
		}
	}
	if passed < 50 {
		t.Errorf("only %d tests pass: %v", passed, err)
	}
	if t.Failed() {
		t.Logf("%s", out)
	}
}

// known reports whether a test, or one of its parts, is to fail.
func known(name string) bool {
	if _, ok := differ[name]; ok {
		return true
	}
	return slices.ContainsFunc([]string{"TestConnPairs/req", "TestConnPairs/rep"}, func(part string) bool { return strings.HasPrefix(part, name+"/") })
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
