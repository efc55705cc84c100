package pgm

import (
	"testing"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }
