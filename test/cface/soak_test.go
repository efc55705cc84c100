//go:build linux && cgo

package cface

import (
	"os"
	"testing"
)

// fullSoak names the environment variable that asks for the whole count, which
// make race does.
const fullSoak = "ZEROTH_SOAK"

// TestSoak makes, uses and closes sockets, and sends messages: nothing grows.
func TestSoak(t *testing.T) {
	bin := compile(t, "testdata/soak/soak.c", true)
	cycles, messages := "4000", "100000"
	run(t, os.Environ(), bin, cycles, messages)
	if os.Getenv(fullSoak) != "" {
		cycles, messages = "100000", "1000000"
	}
	t.Logf("\n%s", run(t, ours(t), bin, cycles, messages))
}
