package gozeromq_test

import (
	"testing"

	"github.com/zeroth-mq/zmq/test/dropin"
)

// TestCalls makes the calls of every scenario on both libraries.
func TestCalls(t *testing.T) {
	if n := dropin.Calls(t, original, replaced, different); n < 400 && !t.Failed() {
		t.Errorf("only %d calls", n)
	}
}
