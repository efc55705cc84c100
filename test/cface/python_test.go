//go:build linux && cgo

package cface

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const python = "/usr/bin/python3" // Debian's, which has python3-zmq

// TestPythonHard runs every program of testdata/py on libzmq, so that what it
// asserts is libzmq's behaviour, and on ours.
func TestPythonHard(t *testing.T) {
	env := append(ours(t), "PYTHONDONTWRITEBYTECODE=1")
	files, err := filepath.Glob("testdata/py/*.py")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d programs, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".py")
		if name == "common" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			run(t, append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1"), python, file)
			run(t, env, python, file)
		})
	}
}
