//go:build linux && cgo

package cface

import (
	"os"
	"strings"
	"testing"
)

// Debian's bindings, as they are, with the library swapped; and with libzmq, so
// that what they assert is libzmq's behaviour.

func TestPython(t *testing.T) {
	env := ours(t)
	const program = "testdata/bindings/ordinary.py"
	run(t, os.Environ(), "/usr/bin/python3", program)
	run(t, env, "/usr/bin/python3", program)
	version := run(t, env, "/usr/bin/python3", "-c", "import zmq; print(zmq.zmq_version())")
	if strings.TrimSpace(version) != "4.3.6" {
		t.Errorf("python3 ran on libzmq %q, not on ours", version)
	}
}

func TestCZMQ(t *testing.T) {
	bin := compile(t, "testdata/bindings/czmq.c", true, "-lczmq")
	run(t, os.Environ(), bin)
	run(t, ours(t), bin)
}
