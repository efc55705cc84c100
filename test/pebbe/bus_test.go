package pebbe_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/test/dropin"
)

// TestBus has a program that others wrote for github.com/pebbe/zmq4, the message
// bus of EdgeX, do its work with that module and with its replacement. Nothing
// in it was changed.
func TestBus(t *testing.T) {
	want := sorted(dropin.Run(t, original.Compile(t, "./bus")))
	if !strings.Contains(want, `goal: 20 messages, the last "goal 19"`) {
		t.Errorf("over libzmq: %s", want)
	}
	if got := sorted(dropin.Run(t, replaced.Compile(t, "./bus"))); got != want {
		t.Errorf("replaced:\n%s\nover libzmq:\n%s", got, want)
	}
}

// sorted puts the lines of a text in order: two goroutines wrote them.
func sorted(text string) string {
	return strings.Join(slices.Sorted(strings.Lines(text)), "")
}
