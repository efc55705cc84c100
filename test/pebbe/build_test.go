package pebbe_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The two builds of a program: with github.com/pebbe/zmq4 over libzmq, and
// without cgo, with the replacement that replaced.mod names.
var (
	original = variant{"original", []string{"CGO_ENABLED=1"}, "go.mod"}
	replaced = variant{"replaced", []string{"CGO_ENABLED=0"}, "replaced.mod"}
)

type variant struct {
	name string
	env  []string
	mod  string
}

// compile builds a program of this module and returns its file.
func compile(t *testing.T, v variant, pkg string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), v.name)
	cmd := exec.CommandContext(t.Context(), "go", "build", "-modfile="+v.mod, "-o", file, pkg)
	cmd.Env = append(os.Environ(), v.env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", v.name, pkg, err, out)
	}
	return file
}

// run returns what a program prints. One that fails or takes too long has its
// end in the transcript, as a line that no other has.
func run(t *testing.T, file string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, file, args...)
	cmd.Dir = t.TempDir()
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Logf("%s %s: %v\n%.3000s", filepath.Base(file), strings.Join(args, " "), err, complaint.String())
		return string(out) + "the end of " + filepath.Base(file) + " = " + err.Error() + "\n"
	}
	return string(out)
}
