//go:build linux && cgo

package cface

import (
	"os"
	"testing"
)

// TestCZMQHard runs Debian's libczmq4 on libzmq, and with the library swapped.
func TestCZMQHard(t *testing.T) {
	bin := compile(t, "testdata/bindings/czmq_hard.c", true, "-lczmq")
	run(t, os.Environ(), bin)
	run(t, ours(t), bin)
}

// TestCXX has sockets in static and thread-local objects of C++.
func TestCXX(t *testing.T) {
	bin := compile(t, "testdata/bindings/early.cpp", true, "-lstdc++")
	run(t, os.Environ(), bin)
	run(t, ours(t), bin)
}
