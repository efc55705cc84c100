package pebbe_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/test/dropin"
)

// TestOwn runs the tests that github.com/pebbe/zmq4 comes with on its
// replacement. They are taken from the module, and changed in nothing but the
// ports that they use.
func TestOwn(t *testing.T) {
	dir := t.TempDir()
	module := dropin.Folder(t, "github.com/pebbe/zmq4")
	files, err := filepath.Glob(filepath.Join(module, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests in %s: %v", module, err)
	}
	ports := make(map[string]string)
	for _, f := range files {
		text := numbers.ReplaceAllStringFunc(read(t, f), func(endpoint string) string {
			host, port, _ := strings.Cut(strings.TrimPrefix(endpoint, "tcp://"), ":")
			if ports[port] == "" {
				ports[port] = freePort(t)
			}
			return "tcp://" + host + ":" + ports[port]
		})
		write(t, filepath.Join(dir, filepath.Base(f)), strings.ReplaceAll(text, "/tmp/tester", filepath.Join(dir, "s")))
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	mod := strings.NewReplacer("=> ../..", "=> "+root, "module github.com/zeroth-mq/zmq/test/pebbe", "module own").Replace(read(t, replaced.Mod))
	write(t, filepath.Join(dir, "go.mod"), mod)
	write(t, filepath.Join(dir, "go.sum"), read(t, strings.TrimSuffix(replaced.Mod, "mod")+"sum"))
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-timeout=4m", ".")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), replaced.Env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

var numbers = regexp.MustCompile(`tcp://[0-9.*]+:\d{4,5}`)

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
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
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
