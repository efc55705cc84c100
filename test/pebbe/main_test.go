// Package pebbe_test compares package zmq4 with github.com/pebbe/zmq4 over libzmq:
// what both return to the same calls, what each exports, and what programs that
// others wrote do with either.
package pebbe_test

import (
	"testing"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }
