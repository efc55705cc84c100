package pebbe_test

import (
	"testing"

	"github.com/zeroth-mq/zmq/test/dropin"
)

// TestCalls makes the calls of every scenario on both libraries.
func TestCalls(t *testing.T) { dropin.Calls(t, original, replaced, known) }
