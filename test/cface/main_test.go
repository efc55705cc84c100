//go:build linux && cgo

// Package cface tests libzmq.so.5 as C, Python and CZMQ see it. Every C program
// in testdata runs on libzmq itself as well, so that what it asserts is libzmq's
// behaviour.
package cface

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

// limit is how long one program may take, on a busy machine.
const limit = 120 * time.Second

var dir string // removed by TestMain

func TestMain(m *testing.M) {
	var err error
	if dir, err = os.MkdirTemp("", "zeroth-cface"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// library builds the shared library once, and returns the folder of its lib and
// include.
var library = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("../../scripts/libzmq", dir).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("scripts/libzmq: %v\n%s", err, out)
	}
	return dir, nil
})

func need(t *testing.T) (lib, include string) {
	t.Helper()
	testutil.NeedLibzmq(t)
	dir, err := library()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "lib"), filepath.Join(dir, "include")
}

// ours is the environment in which programs find our library first.
func ours(t *testing.T) []string {
	lib, _ := need(t)
	return append(os.Environ(), "LD_LIBRARY_PATH="+lib)
}

// run runs a program to its end and fails the test if it fails.
func run(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = env
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	return string(out)
}

// compile builds a C program against our header or, if system is set, against
// that of libzmq.
func compile(t *testing.T, source string, system bool, flags ...string) string {
	t.Helper()
	lib, include := need(t)
	name := strings.TrimSuffix(filepath.Base(source), ".c")
	args := []string{"-g", "-Wall", "-Wextra", "-Werror", "-Itestdata", source}
	if system {
		name += "-system"
		args = append(args, "-lzmq")
	} else {
		args = append(args, "-I"+include, "-L"+lib, "-lzmq", "-Wl,--as-needed")
	}
	name = filepath.Join(dir, name)
	args = append(append(args, flags...), "-lpthread", "-ldl", "-o", name)
	if out, err := exec.Command("cc", args...).CombinedOutput(); err != nil {
		t.Fatalf("cc %s: %v\n%s", source, err, out)
	}
	return name
}
