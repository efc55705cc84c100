//go:build linux && cgo

package cface

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPrograms runs every C program of testdata on libzmq and on ours. Those
// whose name begins with own_ assert what only ours does: drafts, and what
// libzmq crashes of.
func TestPrograms(t *testing.T) {
	files, err := filepath.Glob("testdata/*.c")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d programs, %v", len(files), err)
	}
	env := ours(t)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".c")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.HasPrefix(name, "own_") && name != "addresses" {
				run(t, os.Environ(), compile(t, file, true))
			}
			run(t, env, compile(t, file, false, "-DZMQ_BUILD_DRAFT_API"))
		})
	}
}
