// Package dropin compares a drop-in with the module that it stands for: what each
// exports, and what both return to the same calls. It is for tests that are a
// module of their own, with a go.mod for either.
package dropin

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A Variant is one of two builds of a program.
type Variant struct {
	Name string
	Env  []string
	Mod  string // the file that is its go.mod
}

// Compile builds a program of the test's module and returns its file.
func (v Variant) Compile(t *testing.T, pkg string, flags ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), v.Name)
	args := append([]string{"build", "-modfile=" + v.Mod, "-o", file}, append(flags, pkg)...)
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Env = append(os.Environ(), v.Env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", v.Name, pkg, err, out)
	}
	return file
}

// Run returns what a program prints. One that fails or takes too long has its
// end in the transcript, as a line that no other has.
func Run(t *testing.T, file string, args ...string) string {
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

// Command returns what a command prints.
func Command(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).Output()
	if err != nil {
		t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return string(out)
}

// Folder is where the source of a module of the test's go.mod is.
func Folder(t *testing.T, module string) string {
	t.Helper()
	return strings.TrimSpace(Command(t, "go", "list", "-m", "-f", "{{.Dir}}", module))
}

// Forwarded has the files of a stand-in be as its generator writes them. What it
// is called with stands in the stand-in's doc.go.
func Forwarded(t *testing.T, dir string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "doc.go"))
	if err != nil {
		t.Fatal(err)
	}
	_, line, ok := strings.Cut(string(text), "//go:generate go run ")
	line, _, _ = strings.Cut(line, "\n")
	args := strings.Fields(line)
	if !ok || len(args) < 2 {
		t.Fatalf("%s does not say how it is generated", dir)
	}
	Command(t, "go", append([]string{"-C", dir, "run", args[0], "-check"}, args[1:]...)...)
}
