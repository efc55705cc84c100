//go:build linux && cgo

package cface

import (
	"os"
	"strings"
	"testing"
)

// TestCZMQHard runs Debian's libczmq4 on libzmq, and with the library swapped.
func TestCZMQHard(t *testing.T) {
	bin := compile(t, "testdata/bindings/czmq_hard.c", true, "-lczmq")
	run(t, os.Environ(), bin)
	run(t, ours(t), bin)
}

// TestCZMQItself runs the tests that libczmq has of its own, with the library
// swapped. Fault B20: zpoller's waits for the ZMQ_FD of a socket.
func TestCZMQItself(t *testing.T) {
	bin := compile(t, "testdata/bindings/czmq_selftest.c", true, "-lczmq")
	env := ours(t)
	for class := range strings.FieldsSeq(run(t, os.Environ(), bin)) {
		t.Run(class, func(t *testing.T) { run(t, env, bin, class) })
	}
}

// TestCXX has sockets in static and thread-local objects of C++.
func TestCXX(t *testing.T) {
	bin := compile(t, "testdata/bindings/early.cpp", true, "-lstdc++")
	run(t, os.Environ(), bin)
	run(t, ours(t), bin)
}
