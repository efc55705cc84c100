//go:build linux && cgo

package cface

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// TestPeakMemory measures what one large message needs beyond the data that its
// sender has, in both libraries (fault B18): nothing at the sender, once its size at
// the receiver, however it was made. What Go needs besides is far below slack.
func TestPeakMemory(t *testing.T) {
	const mib, slack = 100, 20 << 10 // KiB
	env := ours(t)
	bin := compile(t, "testdata/peak/peak.c", true)
	for _, way := range []string{"data", "size", "constant", "parts"} {
		t.Run(way, func(t *testing.T) {
			peak := func(env []string, name string) (sender, receiver int) {
				out := run(t, env, bin, way, fmt.Sprint(mib), "ipc://"+filepath.Join(dir, name))
				if n, err := fmt.Sscanf(out, "receiver %d\nsender %d\n", &receiver, &sender); n != 2 {
					t.Fatalf("%q: %v", out, err)
				}
				return sender, receiver
			}
			theirSender, theirReceiver := peak(os.Environ(), "theirs")
			sender, receiver := peak(env, "ours")
			t.Logf("sender %d KiB (libzmq %d), receiver %d KiB (libzmq %d)", sender, theirSender, receiver, theirReceiver)
			if sender > theirSender+slack {
				t.Errorf("the sender needs %d KiB more than it had; libzmq %d", sender, theirSender)
			}
			if receiver > theirReceiver+slack {
				t.Errorf("the receiver needs %d KiB more than it had; libzmq %d", receiver, theirReceiver)
			}
		})
	}
}
