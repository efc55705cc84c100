// Package testutil is what the tests of several packages share: a check that
// nothing is left running or open, and a peer that speaks ZMTP by hand, so that
// what it proves does not rest on the code that it tests.
package testutil

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Patience is how long a test waits for what must come: on a machine with twenty
// busy loops beside it, too. Only a test that fails waits so long.
const Patience = 2 * time.Minute

// settle is how long things may take to end after the last test.
const settle = 10 * time.Second

// Main runs a package's tests and then fails it if goroutines or network
// sockets are left that were not there before. For TestMain; it exits.
func Main(m *testing.M) {
	before := Snapshot()
	code := m.Run()
	if code == 0 {
		if left := before.Wait(settle); left != "" {
			fmt.Fprintf(os.Stderr, "FAIL: left behind after all tests:\n%s\n", left)
			code = 1
		}
	}
	os.Exit(code)
}

// A Mark is what ran and was open at one time.
type Mark struct {
	goroutines map[string]bool
	sockets    int
}

// Snapshot takes a Mark.
func Snapshot() *Mark {
	m := &Mark{goroutines: make(map[string]bool), sockets: Sockets()}
	for id := range goroutines() {
		m.goroutines[id] = true
	}
	return m
}

// Wait waits until nothing is left that was not there at the time of the Mark,
// for as long as limit, and returns a description of what is left: "" if
// nothing is.
func (m *Mark) Wait(limit time.Duration) string {
	end := time.Now().Add(limit)
	for {
		left := m.left()
		if left == "" || time.Now().After(end) {
			return left
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (m *Mark) left() string {
	var list []string
	for id, stack := range goroutines() {
		if !m.goroutines[id] && !foreign(stack) {
			list = append(list, stack)
		}
	}
	if n := Sockets() - m.sockets; n > 0 {
		list = append(list, fmt.Sprintf("%d network sockets", n))
	}
	return strings.Join(list, "\n\n")
}

// foreign tells the goroutines of the runtime and of package testing.
func foreign(stack string) bool {
	first, _, _ := strings.Cut(stack, "\n")
	for _, s := range []string{"testing.(*T).Run", "testing.RunTests", "testing.(*M).startAlarm", "os/signal.", "created by runtime", "testing.runFuzz"} {
		if strings.Contains(stack, s) && !strings.Contains(stack, "created by github.com") {
			return true
		}
	}
	return strings.Contains(first, "running") // the goroutine that asks
}

// goroutines is the stack of every goroutine by its number.
func goroutines() map[string]string {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	all := make(map[string]string)
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		if f := strings.Fields(stack); len(f) > 1 && f[0] == "goroutine" {
			all[f[1]] = stack
		}
	}
	return all
}

// Sockets is how many network sockets the process has open; 0 where the system
// does not tell.
func Sockets() int {
	list, _ := filepath.Glob("/proc/self/fd/*")
	n := 0
	for _, name := range list {
		if to, err := os.Readlink(name); err == nil && strings.HasPrefix(to, "socket:") {
			n++
		}
	}
	return n
}

// Goroutines is how many run that did not at the time of the Mark.
func (m *Mark) Goroutines() int {
	n := 0
	for id, stack := range goroutines() {
		if !m.goroutines[id] && !foreign(stack) {
			n++
		}
	}
	return n
}
