package chaos

import (
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

var (
	scale = flag.Int("scale", 1, "how many times more to do of everything")
	seed  = flag.Uint64("seed", 1, "of all that is random")
)

func TestMain(m *testing.M) {
	if role := roles[os.Getenv(roleEnv)]; role != nil {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		os.Exit(role(ctx))
	}
	Child()
	// Where ipc://* makes its directories; else it would be the current one.
	os.Setenv("TMPDIR", os.TempDir())
	testutil.Main(m)
}

// roles are what copies of this test can be, beside those of the suite.
var roles = make(map[string]func(context.Context) int)

// limit bounds a test that hangs.
const limit = 60 * time.Second

func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), limit*time.Duration(*scale))
	t.Cleanup(cancel)
	return ctx
}

func socket(t *testing.T, k zmq.Type, options ...zmq.Option) *zmq.Socket {
	t.Helper()
	s, err := zmq.New(k, append([]zmq.Option{zmq.ReconnectInterval.Of(2 * time.Millisecond), zmq.Linger.Of(0)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func bind(t *testing.T, s *zmq.Socket) string {
	t.Helper()
	addr, err := s.Bind("tcp://127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	return addr[len("tcp://"):]
}

func connect(t *testing.T, s *zmq.Socket, addr string) {
	t.Helper()
	if err := s.Connect("tcp://" + addr); err != nil {
		t.Fatal(err)
	}
}

// await polls for what no call waits for.
func await(t *testing.T, ctx context.Context, what string, cond func() bool) {
	t.Helper()
	for !cond() {
		if ctx.Err() != nil {
			t.Fatalf("never came about: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// through is a relay for a test.
func through(t *testing.T, target string, most int) *relay {
	t.Helper()
	r, err := newRelay("tcp", "127.0.0.1:0", target, most, rand.New(rand.NewPCG(*seed, 7)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.close)
	return r
}
