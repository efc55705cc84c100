package testutil

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// NoLibzmq names the environment variable that leaves out what needs libzmq.
const NoLibzmq = "ZEROTH_NO_INTEROP"

// NeedLibzmq ends a test that cannot run without libzmq, where it was left out.
func NeedLibzmq(t *testing.T) {
	t.Helper()
	if os.Getenv(NoLibzmq) != "" {
		t.Skipf("NOT TESTED against libzmq: %s is set", NoLibzmq)
	}
}

// BuildC builds a C program that uses libzmq, and the other libraries that are
// named, into dir, and returns its path. The error says what to install.
func BuildC(dir, source string, others ...string) (string, error) {
	const hint = "install them (Debian: apt-get install libzmq3-dev libczmq-dev pkg-config gcc), or set " +
		NoLibzmq + "=1 to leave these tests out"
	libs := append([]string{"libzmq"}, others...)
	flags, err := exec.Command("pkg-config", append([]string{"--cflags", "--libs"}, libs...)...).Output()
	if err != nil {
		return "", fmt.Errorf("pkg-config does not know %s: %v; %s", strings.Join(libs, " and "), err, hint)
	}
	cc := os.Getenv("CC")
	if cc == "" {
		cc = "cc"
	}
	bin := filepath.Join(dir, strings.TrimSuffix(filepath.Base(source), ".c"))
	args := append([]string{"-O2", "-Wall", "-Wextra", "-o", bin, source}, strings.Fields(string(flags))...)
	out, err := exec.Command(cc, append(args, "-lpthread")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s cannot build %s against libzmq: %v\n%s; %s", cc, source, err, out, hint)
	}
	return bin, nil
}
